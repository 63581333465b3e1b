"""The command line as a user types it: tiny experiments, from the file to the report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from compare.store import Study

TEXT = """question = "Does a hidden layer help?"
seeds = 2
tasks = [{ type = "xor", train = 60, validation = 20, test = 40 }]
contrasts = [["MLP", "logistic"]]
observe = [0, 60]

[learners."MLP"]
type = "classifier"
epochs = 2
model = { type = "mlp", hidden = [5] }

[learners.logistic]
type = "classifier"
epochs = 2
model = "logistic"
"""
NEVER_ENDS = '''"""A learner that trains until it is stopped."""
import time

from sklearn.base import BaseEstimator, ClassifierMixin


class Forever(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        time.sleep(600)

    def predict(self, X):
        return X
'''
FAILS = '''"""A learner that fails with seed 1."""
import ann


class Fragile(ann.Classifier):
    """Fails with one seed."""

    name = "fragile"

    def fit(self, X, y, *, validation=None, observer=None):
        if X.min() >= 0 and self.encoder is not None:
            raise RuntimeError("the spikes were too much")
        return super().fit(X, y, validation=validation, observer=observer)
'''

POINTS = '''"""A task whose data are spoilt."""
from dataclasses import dataclass

import numpy as np

from compare import Facts, Split
from ann import Source


@dataclass(frozen=True)
class Points:
    fault: str = "nan"

    name = "points"
    version = 1
    title = "Points"
    source = Source("made up")
    licence = "none"

    def facts(self):
        return Facts("class", ("feature",), (2,), 2, 0.5, {"train": 20, "validation": 20, "test": 20})

    def load(self, seed):
        X, y = np.full((20, 2), 0.5, np.float32), np.arange(20) % 2
        if self.fault == "nan":
            X[3, 1] = np.nan
        else:
            y[:] = 1
        return Split((X, y), (X, y), (X, y), (X, y), "0")
'''


def neurocontrast(*words: str | Path, folder: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Types a command in a folder, and checks its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "compare", *map(str, words)],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300, env=_environment(),
    )  # fmt: skip
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]), "COLUMNS": "200"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an experiment that has been run once."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "tiny.toml").write_text(TEXT)
    done = neurocontrast("run", "tiny.toml", "--jobs", "2", folder=folder)
    (folder / "first.txt").write_text(done.stdout + done.stderr)
    return folder


def test_a_run_tells_its_progress_its_result_and_how_to_get_the_report(place: Path) -> None:
    said = (place / "first.txt").read_text()
    assert "8 runs: 8 to do" in said
    assert "[8/8] done" in said
    assert "accuracy on xor" in said
    assert "Verdict" not in said
    assert "2 seeds: values are shown, no ranking (3 needed, 10 advised)" in said
    assert f"Report: neurocontrast report {Path('studies/tiny')}" in said
    assert (Study(place / "studies" / "tiny").index["status"] == "done").all()


def test_the_same_command_again_does_nothing_twice(place: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (place / "studies" / "tiny" / "runs").rglob("*")}
    done = neurocontrast("run", "tiny.toml", folder=place)
    assert "8 runs: 8 kept from before, 0 to do" in done.stderr
    assert before == {path: path.stat().st_mtime_ns for path in (place / "studies" / "tiny" / "runs").rglob("*")}


def test_show_and_list_say_what_is_there(place: Path) -> None:
    done = neurocontrast("show", "studies/tiny", folder=place)
    assert "8 done of 8 runs" in done.stdout
    key = Study(place / "studies" / "tiny").runs()[0].key
    assert "accuracy" in neurocontrast("show", "studies/tiny", key[:12], folder=place).stdout
    assert "backprop" in neurocontrast("list", "rules", folder=place).stdout


def test_a_report_is_written_as_html_and_pdf(place: Path) -> None:
    pytest.importorskip("compare.report.build", reason="the report's sections are not built yet")
    done = neurocontrast("report", "studies/tiny", "--out", "report", folder=place)
    assert "report.html" in done.stdout
    assert (place / "report" / "report.html").read_text().lstrip().lower().startswith("<!doctype html>")
    assert (place / "report" / "report.pdf").read_bytes().startswith(b"%PDF")


def test_more_seeds_run_only_the_new_ones(place: Path) -> None:
    done = neurocontrast("run", "tiny.toml", "--seeds", "3", "--out", "studies/tiny", folder=place)
    assert "12 runs: 8 kept from before, 4 to do" in done.stderr
    assert "Verdict on xor: Untuned defaults: " in done.stdout
    assert "3 seeds: small differences cannot be told apart" in done.stdout


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TEXT.replace('model = "logistic"', 'model = "cnn"'))
    done = neurocontrast("run", "tiny.toml", "--dry-run", "--seeds", "1", folder=tmp_path)
    assert "4 runs, 4 of them to do" in done.stdout
    assert "refused: " in done.stdout, "a convolution needs an image"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.toml"]


def test_events_come_as_json_and_a_change_reaches_the_learner(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TEXT)
    done = neurocontrast(
        "run", "tiny.toml", "--json", "--seeds", "1", "-s", "MLP.epochs=3", "-s", 'inputs=["clean"]', folder=tmp_path
    )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["kind"] == "planned"
    assert events[-1]["kind"] == "finished"
    assert events[-1]["counts"]["done"] == 2
    run = Study(tmp_path / "studies" / "tiny").runs(label="MLP")[0]
    assert run.facts["learner_spec"]["epochs"] == 3
    assert run.facts["examples_seen"] == 3 * 60


def test_a_failed_run_stops_no_other_and_the_exit_code_is_1(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TEXT.replace('type = "classifier"', 'type = "fragile"', 1))
    (tmp_path / "fragile.py").write_text(FAILS)
    done = neurocontrast("run", "tiny.toml", "--seeds", "1", "--plugin", "fragile.py", folder=tmp_path, code=1)
    assert "failed: MLP, 1 runs: RuntimeError: the spikes were too much" in done.stderr
    assert "--retry-errors" in done.stderr
    study = Study(tmp_path / "studies" / "tiny")
    assert sorted(study.index["status"]) == ["done", "done", "done", "failed"]
    assert study.plan["plugins"][0]["text"] == FAILS
    (tmp_path / "fragile.py").unlink()
    assert "the spikes were too much" in neurocontrast("show", "studies/tiny", folder=tmp_path).stdout


def test_ctrl_c_ends_with_130_and_the_same_command_continues(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(
        TEXT.replace("[learners.logistic]\ntype = \"classifier\"\nepochs = 2\nmodel = \"logistic\"",
                     "[learners.logistic]\ntype = \"forever\"")
    )  # fmt: skip
    (tmp_path / "forever.py").write_text(NEVER_ENDS)
    command = ["run", "tiny.toml", "--seeds", "1", "-s", 'inputs=["clean"]', "--plugin", "forever.py"]
    process = subprocess.Popen(
        [sys.executable, "-m", "compare", *command], cwd=tmp_path, env=_environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        runs = tmp_path / "studies" / "tiny" / "runs"
        patience = time.monotonic() + 280
        while not (runs.is_dir() and any(runs.glob("[!.]*"))) and time.monotonic() < patience:
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert "1 of 2 runs are kept in" in said
    assert "the same command continues" in said
    assert "Traceback" not in said
    (tmp_path / "hurried.toml").write_text(TEXT)
    hurried = ["run", "hurried.toml", "--seeds", "1", "-s", 'inputs=["clean"]', "--out", "studies/tiny"]
    done = neurocontrast(*hurried, folder=tmp_path)
    assert "2 runs: 1 kept from before, 1 to do" in done.stderr


def test_a_mistake_is_one_message_with_its_line_and_code_3(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text(TEXT.replace("epochs", "epoch", 1))
    done = neurocontrast("run", "broken.toml", folder=tmp_path, code=3)
    assert done.stderr.startswith('Error: broken.toml:9  [learners.MLP] has no "epoch". Did you mean "epochs"?')


def test_absent_data_ends_with_4_and_says_where_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(
        TEXT.replace('[{ type = "xor", train = 60, validation = 20, test = 40 }]', '["mnist"]')
    )
    (tmp_path / "data").mkdir()
    nobody = "http://127.0.0.1:9"  # the port where nobody answers
    offline = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "https_proxy": nobody, "http_proxy": nobody}
    done = subprocess.run(
        [sys.executable, "-m", "compare", "run", "tiny.toml", "--data", "data"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300, env={**_environment(), **offline},
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert "mnist" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def test_a_gpu_that_is_not_there_ends_with_4_and_says_how_to_continue(tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    (tmp_path / "tiny.toml").write_text(TEXT)
    done = neurocontrast("run", "tiny.toml", "-s", "device=cuda", folder=tmp_path, code=4)
    assert "-s device=cpu" in done.stderr


def test_a_folder_that_cannot_be_written_ends_with_4(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/no-study-here")  # root may write anywhere but in the kernel's own folder
    else:
        target = tmp_path / "closed" / "study"
        target.parent.mkdir(mode=0o500)
    (tmp_path / "tiny.toml").write_text(TEXT)
    done = neurocontrast("run", "tiny.toml", "--out", target, folder=tmp_path, code=4)
    assert "Cannot write" in done.stderr


@pytest.mark.parametrize(
    ("fault", "message"),
    [("nan", "1 of 40 values are NaN"), ("one class", "all 20 labels are 1; two classes are needed")],
)
def test_spoilt_data_end_with_4_before_anything_is_learned(tmp_path: Path, fault: str, message: str) -> None:
    (tmp_path / "points.py").write_text(POINTS)
    text = TEXT.replace(
        '{ type = "xor", train = 60, validation = 20, test = 40 }', f'{{ type = "points", fault = "{fault}" }}'
    )
    (tmp_path / "spoilt.toml").write_text(text)
    done = neurocontrast("run", "spoilt.toml", "--plugin", "points.py", folder=tmp_path, code=4)
    assert message in " ".join(done.stderr.split())
    assert not list((tmp_path / "studies").glob("spoilt/runs/*"))
