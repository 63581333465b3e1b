"""Provenance: what a reader needs to repeat a study, and nothing that is nobody's business."""

from __future__ import annotations

import json

import numpy as np
import pytest

from compare.provenance import command_line, provenance, versions


def test_it_names_machine_versions_commit_and_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/somewhere/bin/neurocontrast", "run", "my file.toml"])
    facts = provenance()
    assert facts["commands"] == ["neurocontrast run 'my file.toml'"]
    assert facts["versions"]["numpy"] == np.__version__
    assert f"numpy=={np.__version__}" in facts["lock"]
    assert set(facts["git"]) == {"commit", "dirty"}
    assert facts["processor"]
    json.dumps(facts)


def test_earlier_starts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    first = provenance(command="neurocontrast run a.toml")
    again = provenance(first, command="neurocontrast run a.toml --seeds 20")
    assert again["created"] == first["created"]
    assert again["commands"] == ["neurocontrast run a.toml", "neurocontrast run a.toml --seeds 20"]
    assert len(provenance(again, command="neurocontrast run a.toml")["starts"]) == 3


def test_no_environment_variable_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "swordfish-4711")
    assert "swordfish" not in json.dumps(provenance())


def test_the_programs_folder_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/home/somebody/project/script.py", "x"])
    assert command_line() == "python script.py x"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["/usr/bin/neurocontrast", "run", "my file.toml"], "neurocontrast run 'my file.toml'"),
        (["/home/somebody/project/compare/__main__.py", "run", "a.toml"], "python -m compare run a.toml"),
        (["experiments/my_neuron.py"], "python experiments/my_neuron.py"),
    ],
)
def test_the_command_can_be_pasted_into_a_shell(monkeypatch: pytest.MonkeyPatch, words: list[str], line: str) -> None:
    monkeypatch.setattr("sys.argv", words)
    assert command_line() == line


def test_a_package_that_is_not_installed_is_left_out() -> None:
    assert set(versions(("numpy", "no-such-package"))) == {"python", "numpy"}
