"""A study goes on after the user's own file has changed: with new runs, and a sentence that says so."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from compare.errors import EnvironmentFault
from compare.execute import load_split
from compare.experiment import Experiment
from compare.run import run
from compare.store import Study

PLUGIN = Path(__file__).parent / "odd_learners.py"


def test_changed_data_make_new_runs_with_a_sentence_and_old_ones_come_back_with_the_old_data(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    table, folder = tmp_path / "own.csv", tmp_path / "study"
    old = "x,y\n" + "".join(f"{n / 100},{n % 2}\n" for n in range(100))

    def study() -> Study:
        own = {"type": "csv_file", "file": str(table)}
        learners = {"nearest_mean": {"type": "nearest_mean"}}
        given = {"seeds": 1, "inputs": ["clean"], "plugins": [PLUGIN]}
        return run(Experiment(question="Which?", tasks=[own], learners=learners, **given), folder, fidelity=False)

    table.write_text(old)
    first = study().runs()[0]
    caplog.clear()
    table.write_text(old.replace("0.5,0", "0.5,1"))
    with caplog.at_level(logging.WARNING):
        changed = study()
    assert "The data of task 'csv_file' have changed since" in caplog.text
    second = changed.runs()[0]
    assert len(changed.index) == 1
    assert second.key != first.key
    assert second.facts["checksum"] != first.facts["checksum"]
    assert changed.plan["tasks"][0]["checksum"] == second.facts["checksum"]

    table.write_text(old)
    written = (first.folder / "run.json").stat().st_mtime_ns
    assert study().runs()[0].key == first.key
    assert (first.folder / "run.json").stat().st_mtime_ns == written, "it was run again"


def test_a_worker_refuses_data_that_are_not_those_of_the_plan(tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text("x,y\n" + "".join(f"{n / 100},{n % 2}\n" for n in range(100)))
    spec = json.dumps({"type": "csv_file", "file": str(table)})
    with pytest.raises(EnvironmentFault, match="were changed while the study ran"):
        load_split(spec, 0, "0" * 64)
    assert len(load_split(spec, 0).train[1]) == 60
