"""The files that a user is told to run, and the examples of the README."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from bio import NeuronModel
from compare import Experiment
from compare.definitions import find_definitions
from compare.specs import build

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "experiments").glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_experiment_can_be_planned_and_nothing_in_it_is_refused(path: Path) -> None:
    experiment = Experiment.from_toml(path)
    runs = experiment.plan()
    assert len({run.key for run in runs}) == len(runs) > 0
    assert experiment.refusals() == {}


def test_the_demo_has_ten_seeds_both_inputs_and_at_least_eight_learners() -> None:
    demo = Experiment.from_toml(ROOT / "experiments" / "digits.toml")
    assert len(list(demo.seeds)) == 10  # type: ignore[arg-type]
    assert list(demo.inputs) == ["encoded", "clean"]
    assert len(demo.learners) >= 8


def test_the_example_of_ones_own_neuron_has_that_neuron_certified_in_each_of_its_forms() -> None:
    names = runpy.run_path(str(ROOT / "experiments" / "my_neuron.py"))
    found = find_definitions({"learners": names["comparison"]().learner_specs, "device": "cpu"})
    assert found["left_out"] == []
    used = {one["name"]: one["learners"] for one in found["definitions"]}
    assert used == {
        "my_lif": ["my neuron, surrogate gradient"],
        "my_lif + I_synapse + theta + timer": ["my neuron, STDP", "my neuron, untrained"],
        "diehl_cook_inhibitory": ["my neuron, STDP", "my neuron, untrained"],
        "diehl_cook_stdp": ["my neuron, STDP"],
    }
    (mine,) = [one["spec"] for one in found["definitions"] if one["name"] == "my_lif"]
    assert build(mine, "neuron") == names["MY_LIF"]


def test_the_readmes_neuron_model_passes_the_check_of_its_units() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if "NeuronModel(" in block]
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    model = names["MY_LIF"]
    assert isinstance(model, NeuronModel)
    model.check()


def test_the_readmes_comparison_is_a_valid_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if "Experiment(" in block]
    planned = []
    monkeypatch.setattr(Experiment, "run", lambda self, folder, jobs=1: planned.extend(self.plan()))
    monkeypatch.setattr("compare.report.write.Report.__init__", lambda self, study: None)
    monkeypatch.setattr("compare.report.write.Report.write", lambda self, folder: {})
    exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})
    assert len(planned) == 3 * 2 * 10
