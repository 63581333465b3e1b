"""A skeleton used as a user uses it: written, and run with the experiment of its own first lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from compare.catalogue import KINDS
from compare.scores import score_in
from compare.store import Study

pytestmark = pytest.mark.slow


def command(*words: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "compare", *words], capture_output=True, text=True, check=False, timeout=600,
        env=environment, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def write_experiment(skeleton: Path) -> None:
    """EXPERIMENT.toml beside the skeleton, taken from its docstring as a user does."""
    lines = skeleton.read_text(encoding="utf-8").split('"""')[1].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("An EXPERIMENT.toml that uses it"))
    text = "\n".join(line.removeprefix("    ") for line in lines[start + 1 :])
    (skeleton.parent / "EXPERIMENT.toml").write_text(text)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "measure"])
def test_a_skeletons_own_experiment_runs_and_every_learner_of_it_has_the_metric(kind: str, tmp_path: Path) -> None:
    command("new", kind, f"my_{kind}", folder=tmp_path)
    write_experiment(tmp_path / f"my_{kind}.py")
    words = ("EXPERIMENT.toml", "--plugin", f"my_{kind}.py", "--seeds", "1", "--no-fidelity", "--out", "study")
    command("run", *words, folder=tmp_path)
    study = Study(tmp_path / "study")
    assert {run.status for run in study.runs(None)} == {"done"}
    score = score_in(study.plan, study.plan["tasks"][0]["name"])
    found = study.metrics
    found = found[(found["metric"] == score.metric) & (found["split"] == "test")]
    assert sorted(found["learner"]) == sorted(learner["label"] for learner in study.plan["learners"])
    # two classes or ten: every one of these learners is far better than guessing, kappa and accuracy alike, but for
    # the control whose network is untrained
    trained = found[found["learner"] != "untrained"]
    assert trained["value"].min() > (0.7 if kind == "task" else 0.3)


def test_a_measures_skeleton_compares_the_layers_of_a_finished_study(synthetic_study: Study, tmp_path: Path) -> None:
    command("new", "measure", "my_measure", folder=tmp_path)
    done = subprocess.run(
        [sys.executable, "my_measure.py", str(synthetic_study.path.resolve())], capture_output=True, text=True,
        check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    values = [float(line.rpartition(":")[2]) for line in done.stdout.splitlines()]
    assert values
    assert all(0.0 <= value <= 1.0 for value in values)
