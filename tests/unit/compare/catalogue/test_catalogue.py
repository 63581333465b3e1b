"""Parts are found by name, and what is not found is said with a way out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from compare import catalogue
from compare.catalogue import KINDS, entries, find, load_plugin
from compare.errors import ConfigurationError

RULE = '''"""My parts."""
from dataclasses import dataclass
from typing import ClassVar

from ann import Backprop


@dataclass(frozen=True)
class MyRule(Backprop):
    """A rule of my own."""

    boost: float = 2.0
    name: ClassVar[str] = "my_rule"


_hidden = MyRule
'''


@pytest.fixture(autouse=True)
def _no_plugins_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_plugins", {})


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "my_rule.py"
    path.write_text(RULE)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_of_a_folder_is_a_part_with_a_title(kind: str) -> None:
    found = entries(kind)
    files = [
        path.stem
        for folder in KINDS[kind].folders
        for path in (Path(catalogue.__file__).parent.parent / folder).glob("*.py")
        if not path.name.startswith("_")
    ]
    assert sorted(files) == sorted(entry.name for entry in found)
    assert found, f"there is no {kind}"
    assert all(entry.title for entry in found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_loads_and_bears_the_name_of_its_file(kind: str) -> None:
    for entry in entries(kind):
        assert catalogue.part_name(entry.load()) == entry.name


def test_the_catalogue_is_read_without_importing_a_part() -> None:
    code = (
        "import sys; from compare.catalogue import KINDS, entries; [entries(k) for k in KINDS]; "
        "print([m for m in sys.modules if m.startswith(('ann.rules.', 'bio.neurons.', 'compare.metrics.'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_misspelt_name_is_answered_with_the_nearest_one_and_where_to_look() -> None:
    with pytest.raises(ConfigurationError) as caught:
        find("rule", "bakprop")
    assert str(caught.value) == (
        'rule = "bakprop" is not a learning rule. Did you mean "backprop"?  See: neurocontrast list rules'
    )


def test_a_name_like_no_other_gets_no_guess() -> None:
    with pytest.raises(ConfigurationError, match=r'rule = "qqq" is not a learning rule\.  See'):
        find("rule", "qqq")


def test_a_plugin_file_adds_its_own_parts_and_not_those_it_imports(plugin: Path) -> None:
    loaded = load_plugin(plugin)
    mine = [entry for entry in entries("rule") if entry.plugin is not None]
    assert [(entry.name, entry.title, entry.origin) for entry in mine] == [
        ("my_rule", "A rule of my own", "my_rule.py")
    ]
    assert find("rule", "my_rule").load()().boost == 2.0
    assert loaded.text == RULE


def test_loading_the_same_plugin_again_gives_the_same_classes(plugin: Path) -> None:
    load_plugin(plugin)
    first = find("rule", "my_rule").load()
    load_plugin(plugin)
    assert find("rule", "my_rule").load() is first


def test_a_changed_plugin_has_another_digest_and_replaces_the_old_one(plugin: Path) -> None:
    before = load_plugin(plugin)
    plugin.write_text(RULE.replace("2.0", "3.0"))
    after = load_plugin(plugin)
    assert before.sha256 != after.sha256
    assert find("rule", "my_rule").load()().boost == 3.0


def test_a_plugin_that_takes_one_of_our_names_is_refused_when_that_name_is_used(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(RULE.replace('"my_rule"', '"backprop"'))
    load_plugin(path)
    with pytest.raises(ConfigurationError, match=r"more than one learning rule .*Rename one"):
        find("rule", "backprop")


def test_a_neuron_model_in_a_plugin_is_a_part(tmp_path: Path) -> None:
    path = tmp_path / "my_neuron.py"
    path.write_text(
        '"""Integrators."""\nfrom dataclasses import replace\nfrom bio.neurons.lif import LIF\n'
        'MY_LIF = replace(LIF, name="my_lif")\n'
    )
    load_plugin(path)
    entry = find("neuron", "my_lif")
    assert entry.title == "Integrators"
    assert entry.load().name == "my_lif"
    assert len([e for e in entries("neuron") if e.plugin]) == 1, "the imported LIF is not the plugin's"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(:\n", "is not Python that can be read"),
        ("import no_such_module\n", "does not load: ModuleNotFoundError"),
        ("x = 1\n", "holds no part"),
    ],
)
def test_a_plugin_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        load_plugin(path)


def test_an_absent_plugin_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        load_plugin(tmp_path / "none.py")


def test_an_installed_package_adds_parts_through_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "their_parts.py").write_text(RULE)
    info = tmp_path / "their_parts-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-parts\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[neurocontrast.plugins]\nany = their_parts\n")
    monkeypatch.syspath_prepend(tmp_path)
    catalogue._installed.cache_clear()
    try:
        entry = find("rule", "my_rule")
        assert (entry.origin, entry.load()().boost) == ("their-parts", 2.0)
    finally:
        catalogue._installed.cache_clear()
