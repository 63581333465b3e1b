"""A part becomes JSON with every default filled in, and the JSON becomes the same part again."""

from __future__ import annotations

import json
import runpy
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ann
import bio
from bio.neurons.lif import LIF
from compare import catalogue
from compare._parameters import REQUIRED, parameters_of
from compare.catalogue import KINDS, entries, load_plugin
from compare.errors import ConfigurationError
from compare.specs import build, components, digest, resolve, spec_of, trim, versions

OWN = '''
from dataclasses import dataclass
from typing import ClassVar

from sklearn.neighbors import KNeighborsClassifier

import ann


class Neighbours(KNeighborsClassifier):
    """My estimator."""

    def __init__(self, n_neighbors: int = 5) -> None:
        super().__init__(n_neighbors=n_neighbors)


@dataclass(frozen=True)
class Wide(ann.MLP):
    """A recipe of my own."""

    name: ClassVar[str] = "wide"


made = Neighbours(3), ann.Classifier(Wide(hidden=(7,)))
'''


@pytest.fixture(autouse=True)
def _no_plugins_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_plugins", {})


PARTS: list[tuple[Any, str]] = [
    (ann.MLP(hidden=(7, 3)), "model"),
    (ann.CNN(), "model"),
    (ann.Backprop(learning_rate=0.5), "rule"),
    (ann.Classifier(ann.MLP(), ann.Backprop(), epochs=3), "learner"),
    (ann.PCAClassifier(9), "learner"),
    (ann.ShuffledLabels(ann.Classifier(ann.Logistic())), "learner"),
    (bio.DiehlCook(neurons=9, passes=0, readout="linear"), "learner"),
    (bio.SpikingMLP(LIF, hidden=(8,), steps=30), "model"),
]


@pytest.mark.parametrize(("part", "kind"), PARTS, ids=lambda value: getattr(value, "name", str(value)))
def test_a_spec_survives_json_and_gives_the_same_part(part: Any, kind: str) -> None:
    spec = spec_of(part)
    again = build(json.loads(json.dumps(spec)), kind)
    assert type(again) is type(part)
    assert spec_of(again) == spec
    if kind != "learner":
        assert again == part


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("learner", "neuron", "plasticity")])
def test_every_part_that_needs_no_argument_can_be_named_by_a_string(kind: str) -> None:
    for entry in entries(kind):
        if not any(one.default is REQUIRED for one in parameters_of(entry.load()).values()):
            assert build(resolve(entry.name, kind), kind).name == entry.name


def test_a_part_that_needs_an_argument_says_so_when_it_is_named_by_a_string() -> None:
    with pytest.raises(ConfigurationError, match=r'lacks "rule", which local needs'):
        resolve("local", "rule")


def test_what_the_study_sets_is_in_no_spec_and_reaches_the_learners_inside() -> None:
    spec = spec_of(ann.ShuffledLabels(ann.Classifier(ann.Logistic())))
    assert not {"encoder", "random_state", "device"} & {*spec, *spec["learner"]}
    encoder = bio.encoders.Poisson(random_state=4)
    learner = build(spec, "learner", encoder=encoder, random_state=3, device="cpu")
    assert (learner.random_state, learner.learner.random_state) == (3, 3)
    assert (learner.learner.encoder, learner.learner.device) == (encoder, "cpu")


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ({"type": "mlp"}, {"type": "mlp", "hidden": [100]}),
        ({"type": "mlp", "hidden": (100,)}, {"type": "mlp", "hidden": [100.0]}),
    ],
)
def test_a_default_and_its_omission_and_a_list_and_a_tuple_are_the_same(given: Any, same: Any) -> None:
    assert resolve(given, "model") == resolve(same, "model")


def test_quantities_are_canonical() -> None:
    assert resolve({"type": "poisson", "duration": "100*ms"}, "encoder")["duration"] == "100 ms"


def test_one_and_one_point_zero_have_the_same_digest() -> None:
    assert digest({"a": 1, "b": [2.0]}) == digest({"b": [2], "a": 1.0})
    assert digest({"a": 1}) != digest({"a": True})


def test_a_neuron_models_citation_does_not_change_its_digest_but_its_equations_do() -> None:
    cited = replace(LIF, source=ann.Source("Somebody 1999"))
    other = replace(LIF, parameters={**LIF.parameters, "tau_m": "11 ms"})
    assert digest(spec_of(cited)) == digest(spec_of(LIF)) != digest(spec_of(other))


def test_a_neuron_models_spec_holds_all_of_it() -> None:
    mine = replace(LIF, name="only_here")
    assert build(json.loads(json.dumps(spec_of(mine))), "neuron") == mine


def test_a_table_may_change_a_catalogue_neurons_parameters() -> None:
    name = next(iter(LIF.parameters))
    unit = LIF.parameters[name].split()[1]
    spec = resolve({"type": "lif", name: f"3*{unit}"}, "neuron")
    assert spec["parameters"] == {**LIF.parameters, name: f"3 {unit}"}
    assert spec["equations"] == LIF.equations


def test_versions_name_every_component() -> None:
    spec = spec_of(ann.ShuffledLabels(ann.Classifier(ann.MLP(), ann.Backprop())))
    assert set(versions(spec, "learner")) == {
        "learner shuffled_labels", "learner classifier", "model mlp", "rule backprop",
    }  # fmt: skip


def test_a_new_version_of_a_component_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_of(ann.Backprop())
    before = versions(spec, "rule")
    monkeypatch.setattr(ann.Backprop, "version", 99)
    assert before != versions(spec, "rule")


def test_trim_keeps_what_differs_from_the_defaults() -> None:
    assert trim(spec_of(ann.Classifier(ann.MLP(hidden=(3,)), epochs=2)), "learner") == {
        "type": "classifier", "model": {"type": "mlp", "hidden": [3]}, "epochs": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"type": "mlp", "hiden": [3]}, "model", r'\[model\] has no "hiden". Did you mean "hidden"\?'),
        ({"type": "mlp", "hidden": ["x"]}, "model", r'hidden\[0\] = "x" is not a whole number'),
        ({"type": "mlp", "hidden": 1.5}, "model", "hidden = 1.5 is not a list"),
        ({"type": "backprop", "learning_rate": "fast"}, "rule", 'learning_rate = "fast" is not a number'),
        ({"type": "backprop", "optimiser": "adm"}, "rule", "optimiser = \"adm\" is not one of 'adam' or 'sgd'"),
        ({"type": "poisson", "duration": 350}, "encoder", 'duration = 350 has no unit. Write "350 ms"'),
        ({"type": "poisson", "duration": "-50 mV"}, "encoder", "is a voltage; a time is needed"),
        ({"type": "poisson", "random_state": 1}, "encoder", "sets random_state. The study sets it from seeds"),
        ({"type": "poisson", "max_rate": "5000 Hz"}, "encoder", "expects 5 spikes a step"),
        ({"type": "digits", "size": 9}, "task", "size = 9 is not one of 8 or 28"),
        ({"hidden": [3]}, "model", r'\[model\] has no "type"'),
        ({"type": "classifier"}, "learner", r'lacks "model", which classifier needs'),
        ({"type": "classifier", "model": "mlp", "device": "cpu"}, "learner", "sets device. The study sets it"),
        ({"type": "lif", "bta": 1}, "neuron", r'\[neuron\] has no "bta"'),
        ({"type": "lif", "tau_m": 20}, "neuron", r'tau_m = 20 has no unit. Write "20 ms"'),
        (ann.MLP, "model", "is a class. Give an object"),
        (ann.MLP(), "rule", "is not a learning rule"),
        (3, "encoder", "rule = 3 is not an encoder"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(given: Any, kind: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        resolve(given, kind, "rule")


def test_an_objects_random_state_is_refused_because_the_study_sets_it() -> None:
    with pytest.raises(ConfigurationError, match="sets random_state"):
        spec_of(ann.Classifier(ann.MLP(), random_state=3))


def test_what_cannot_be_written_down_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no part of a comparison"):
        spec_of(object())


def test_classes_of_a_users_script_are_read_again_from_its_file(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(OWN)
    specs = _specs_made_by(script)
    assert specs[0] == {"type": "neighbours", "n_neighbors": 3}
    catalogue._plugins.clear()  # as in a worker process
    load_plugin(script)
    assert build(specs[0], "learner").n_neighbors == 3
    assert build(specs[1], "learner").model.hidden == (7,)
    plugins = [entry.plugin for entry in components(specs[1], "learner") if entry.plugin]
    assert [plugin.path.name for plugin in plugins] == ["script.py"]
    assert plugins[0].sha256 in versions(specs[1], "learner")["model wide"]


def _specs_made_by(script: Path) -> list[dict[str, Any]]:
    """Runs a script as `python script.py` does, whose module is then called __main__."""
    before = sys.modules["__main__"]
    module = type(sys)("__main__")
    module.__file__ = str(script)
    sys.modules["__main__"] = module
    try:
        made = runpy.run_path(str(script), run_name="__main__")
        sys.modules["__main__"].__dict__.update(made, __file__=str(script))
        return [spec_of(part) for part in made["made"]]
    finally:
        sys.modules["__main__"] = before


def test_a_class_of_no_file_is_refused_with_the_remedy() -> None:
    space: dict[str, Any] = {"__name__": "nowhere"}
    exec("import ann\nclass Mine(ann.Classifier):\n    name = 'mine'\n", space)
    with pytest.raises(ConfigurationError, match=r"defined where there is no file.*\.py file of its own"):
        spec_of(space["Mine"](ann.MLP()))


def test_a_class_inside_a_function_is_refused() -> None:
    class Inner(ann.MLP):
        name = "inner"

    with pytest.raises(ConfigurationError, match="inside a function"):
        spec_of(Inner())


def test_a_class_of_a_package_without_entry_point_is_refused() -> None:
    from sklearn.neighbors import KNeighborsClassifier

    with pytest.raises(ConfigurationError, match=r'belongs to the package "sklearn.*subclass it in a file'):
        spec_of(KNeighborsClassifier())
