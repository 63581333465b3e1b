"""The runner: every run leaves a record, none stops the others, and nothing is done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compare._lock import study_lock
from compare.errors import DataMissing, EnvironmentFault, StoreError, UsageError
from compare.experiment import Experiment
from compare.run import Event, run
from compare.store import Study

PLUGIN = Path(__file__).parent / "odd_learners.py"
ODD = ["nearest_mean", "failing", "refusing", "contradicting", "unstorable"]


def experiment(learners: list[str], **changes: Any) -> Experiment:
    """A small question about learners of the plugin file."""
    given: dict[str, Any] = {
        "question": "Which?",
        "tasks": ["xor"],
        "seeds": 1,
        "inputs": ["clean"],
        "plugins": [PLUGIN],
    }
    return Experiment(**{**given, "learners": {name: {"type": name} for name in learners}, **changes})


def files_of(study: Study) -> dict[str, tuple[int, int]]:
    """Key -> inode and time of writing: the same only if the run was left alone."""
    found = {run.key: (run.folder / "run.json").stat() for run in study.runs(None)}
    return {key: (stat.st_ino, stat.st_mtime_ns) for key, stat in found.items()}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, list[Event]]:
    """Two seeds of every odd learner on both inputs, two at a time."""
    events: list[Event] = []
    folder = tmp_path_factory.mktemp("odd") / "study"
    return run(experiment(ODD, seeds=2, inputs=["encoded", "clean"]), folder, jobs=2, progress=events.append), events


@pytest.fixture(scope="module")
def deadly(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Learners that take their process with them, and one that does not, one at a time."""
    learners = ["killed", "nearest_mean", "crashing"]
    return run(experiment(learners), tmp_path_factory.mktemp("deadly") / "study")


def statuses(study: Study) -> dict[str, set[str]]:
    return study.index.groupby("label").status.agg(set).to_dict()


def test_every_run_leaves_a_record_and_none_stops_the_others(odd: tuple[Study, list[Event]]) -> None:
    assert statuses(odd[0]) == {
        "nearest_mean": {"done"}, "failing": {"failed"}, "refusing": {"refused"}, "contradicting": {"done"},
        "unstorable": {"failed"},
    }  # fmt: skip


def test_a_new_worker_takes_over_from_one_that_died(deadly: Study) -> None:
    assert statuses(deadly) == {"killed": {"failed"}, "nearest_mean": {"done"}, "crashing": {"failed"}}


def test_a_failure_keeps_its_message_traceback_and_log(odd: tuple[Study, list[Event]]) -> None:
    failed = odd[0].runs("failed", label="failing")[0]
    assert failed.message == "ArithmeticError: The loss is not finite."
    assert "odd_learners.py" in failed.facts["traceback"]
    assert "ERROR compare.execute: ArithmeticError: The loss is not finite." in failed.log()


def test_a_killed_worker_is_a_failed_run_with_a_sentence(deadly: Study) -> None:
    message = {run.label: run.message for run in deadly.runs("failed")}
    assert message["killed"] == "The worker process was killed by SIGKILL: out of memory, or somebody stopped it."
    assert message["crashing"] == "The worker process ended with exit code 7. Its last words: and so does Python"


def test_a_refusal_keeps_the_learners_sentence(odd: tuple[Study, list[Event]]) -> None:
    assert {run.message for run in odd[0].runs("refused")} == {"It learns nothing with 2 classes."}


def test_a_foreign_estimator_reads_counts_and_is_described_from_outside(odd: tuple[Study, list[Event]]) -> None:
    encoded, clean = (odd[0].runs(label="nearest_mean", input=name)[0] for name in ("encoded", "clean"))
    assert encoded.description["reads"] == "counts of the study's spikes, the same in every pass"
    assert clean.description["reads"] == "clean values"
    assert not np.array_equal(encoded.weights()["final/means"], clean.weights()["final/means"])
    assert encoded.facts["encoder_spec"]["type"] == "poisson"
    assert clean.facts["encoder_spec"] is None


def test_numpys_global_chance_is_the_seeds_and_not_the_orders(odd: tuple[Study, list[Event]]) -> None:
    chance = {(r.input, r.seed): r.weights()["final/chance"] for r in odd[0].runs(label="nearest_mean")}
    np.testing.assert_array_equal(chance["encoded", 0], chance["clean", 0])
    assert not np.array_equal(chance["clean", 0], chance["clean", 1])


def test_warnings_go_to_the_log(odd: tuple[Study, list[Event]]) -> None:
    assert "the means are means" in odd[0].runs(label="nearest_mean")[0].log()


def test_predictions_are_the_learners_own_where_probabilities_contradict_them(odd: tuple[Study, list[Event]]) -> None:
    own, contradicting = (
        odd[0].runs(label=label, input="clean", seed=0)[0].arrays() for label in ("nearest_mean", "contradicting")
    )
    np.testing.assert_array_equal(own.test_prediction, contradicting.test_prediction)
    assert set(contradicting.test_score.values[:, 0]) == {1.0}


def test_test_metrics_and_the_validation_accuracy_are_in_the_table(odd: tuple[Study, list[Event]]) -> None:
    table = odd[0].runs(label="nearest_mean", input="clean", seed=0)[0].metrics()
    arrays = odd[0].runs(label="nearest_mean", input="clean", seed=0)[0].arrays()
    accuracy = table.query("split == 'test' and metric == 'accuracy'").value.item()
    assert accuracy == float((arrays.test_prediction == arrays.test_target).mean())
    assert table.query("split == 'validation'").metric.tolist() == ["accuracy"]


def test_a_run_can_be_rebuilt_from_its_record(odd: tuple[Study, list[Event]]) -> None:
    import tomllib

    run = odd[0].runs(label="nearest_mean", input="encoded", seed=1)[0]
    config = tomllib.loads(run.config())
    assert config["spec"] == {"task": run.facts["task_spec"], "learner": {"type": "nearest_mean"},
                              "encoder": run.facts["encoder_spec"]}  # fmt: skip
    assert (config["seed"], config["input"]) == (1, "encoded")
    assert run.facts["versions"]["numpy"] == np.__version__
    assert run.facts["times"]["total_s"] >= run.facts["times"]["fit_s"] > 0
    assert run.facts["peak_memory_mb"] > 1


def test_progress_tells_what_happens_and_how_much_is_left(odd: tuple[Study, list[Event]]) -> None:
    events = odd[1]
    assert (events[0].kind, events[-1].kind) == ("planned", "finished")
    assert events[0].counts["waiting"] == events[0].counts["planned"] == 20
    last = events[-1].counts
    assert (last["done"], last["refused"], last["failed"]) == (8, 4, 8)
    assert last["running"] == last["waiting"] == 0
    assert max(event.counts["running"] for event in events) == 2
    started = [event.run["key"] for event in events if event.kind == "started"]
    assert sorted(started) == sorted({*started})
    assert len(started) == 20


def test_the_task_is_kept_with_checksum_and_stimuli(odd: tuple[Study, list[Event]]) -> None:
    (task,) = odd[0].plan["tasks"]
    assert task["checksum"] == odd[0].runs(label="nearest_mean")[0].facts["checksum"]
    assert json.loads((odd[0].path / "tasks" / "xor.json").read_text())["checksum"] == task["checksum"]
    stimuli = odd[0].stimuli("xor")
    assert stimuli.label.values.tolist() == [0, 1]
    assert stimuli.raster.dims == ("class_", "time", "neuron")


def test_the_same_call_again_runs_nothing_and_starts_no_worker(
    odd: tuple[Study, list[Event]], monkeypatch: Any
) -> None:
    before, events = files_of(odd[0]), []
    monkeypatch.setattr("compare.run.Worker", None)
    again = run(experiment(ODD, seeds=2, inputs=["encoded", "clean"]), odd[0].path, progress=events.append)
    assert files_of(again) == before
    assert [event.kind for event in events] == ["planned", "finished"]
    assert events[0].counts["kept"] == 20
    assert len(again.provenance["starts"]) == 2


def test_new_seeds_and_learners_run_alone_and_failed_ones_wait_for_retry(tmp_path: Path) -> None:
    first = run(experiment(["nearest_mean", "failing"]), tmp_path / "study")
    before = files_of(first)
    more = experiment(["nearest_mean", "failing", "refusing"], seeds=2, question="And now?", margin=0.05)
    second = run(more, tmp_path / "study")
    after = files_of(second)
    assert len(after) == 6
    assert {key: after[key] for key in before} == before
    assert (second.plan["question"], second.plan["margin"]) == ("And now?", 0.05)
    third = files_of(run(more, tmp_path / "study", retry_errors=True))
    changed = {key for key in third if third[key] != after[key]}
    assert changed == {run.key for run in second.runs("failed")}
    fewer = run(experiment(["nearest_mean"]), tmp_path / "study", force=True)
    assert len(fewer.index) == 1
    assert files_of(fewer)[fewer.index.key[0]] != third[fewer.index.key[0]]


def test_a_damaged_run_is_run_again(tmp_path: Path) -> None:
    study = run(experiment(["nearest_mean"], seeds=2), tmp_path / "study")
    broken, whole = (found.folder for found in study.runs())
    (broken / "arrays.nc").unlink()
    before = files_of(study)
    study = run(experiment(["nearest_mean"], seeds=2), tmp_path / "study")
    assert files_of(study)[whole.name] == before[whole.name]
    assert study.runs()[0].arrays().sizes["test"] > 0


def test_two_processes_cannot_run_one_study(tmp_path: Path) -> None:
    with study_lock(tmp_path), pytest.raises(StoreError, match=rf"being run by process {os.getpid()} on .*Wait until"):
        run(experiment(["nearest_mean"]), tmp_path)


def test_a_lock_that_a_killed_process_left_does_not_block(tmp_path: Path) -> None:
    code = "import os, sys; from compare._lock import study_lock\nwith study_lock(sys.argv[1]): os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)])
    assert done.returncode == -signal.SIGKILL
    with study_lock(tmp_path):
        assert f"process {os.getpid()}" in (tmp_path / ".lock").read_text()


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(StoreError, match="is not empty and holds no study"):
        run(experiment(["nearest_mean"]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(StoreError, match="is a file"):
        run(experiment(["nearest_mean"]), tmp_path / "thesis.tex")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentFault, match="Cannot write to"):
        run(experiment(["nearest_mean"]), tmp_path / "file" / "study")


def test_no_jobs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="jobs = 0 cannot run anything"):
        run(experiment(["nearest_mean"]), tmp_path, jobs=0)


def test_absent_data_stops_everything_before_a_run_is_spent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the discard port: offline
    with pytest.raises(DataMissing):
        run(experiment(["nearest_mean"], tasks=["mnist"]), tmp_path / "study")
    assert list((tmp_path / "study" / "runs").iterdir()) == []


def test_changed_data_is_noticed(tmp_path: Path) -> None:
    study = run(experiment(["nearest_mean"]), tmp_path)
    plan = json.loads((study.path / "plan.json").read_text())
    plan["tasks"][0]["checksum"] = "0" * 64
    (study.path / "plan.json").write_text(json.dumps(plan))
    with pytest.raises(StoreError, match="data of task 'xor' has changed"):
        run(experiment(["nearest_mean"], seeds=2), tmp_path)


def test_ctrl_c_keeps_what_is_finished_ends_the_workers_and_says_how_to_continue(tmp_path: Path) -> None:
    script = tmp_path / "script.py"  # without a guard: a worker must not start the script again
    script.write_text(
        "from compare.experiment import Experiment\n"
        f"Experiment(question='Which?', tasks=['xor'], seeds=1, inputs=['clean'], plugins=[{str(PLUGIN)!r}],\n"
        "    learners={'quick': {'type': 'nearest_mean'}, 'slow': {'type': 'slow'}}).run('study', jobs=1)\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "study" / "runs").glob("[!.]*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    workers = children_of(process.pid)
    assert workers != []
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert "KeyboardInterrupt: Stopped. 1 of 2 runs are kept in study; the same command continues." in said
    assert not any(is_alive(worker) for worker in workers)
    assert Study(tmp_path / "study").index.status.tolist() == ["done", "missing"]


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
