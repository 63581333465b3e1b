"""kill -9 at any moment loses no finished run, leaves nobody writing, and the same command completes the study."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from records import comparable

from compare.store import Study

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes under /proc")

EXPERIMENT = """
question = "Does a kill lose anything?"
tasks = ["xor"]
seeds = 5
[learners.MLP]
type = "classifier"
epochs = 4
model = { type = "mlp", hidden = [8] }
[learners."frozen hidden layer"]
type = "classifier"
epochs = 4
model = { type = "mlp", hidden = [8] }
rule = "frozen_hidden"
"""
RUNS = 20

# The command line as a user starts it, with a disk so slow that a good part of the time goes into writing.
COMMAND = """
import sys, time
from compare import _writing
from compare.cli import main
real = _writing._write_flushed
def slow(path, content):
    real(path, content)
    time.sleep(0.01)
_writing._write_flushed = slow
sys.exit(main())
"""


@dataclass
class Bench:
    """A folder with the experiment, and how the command runs in it when nothing disturbs it."""

    folder: Path
    seconds: float
    records: dict[str, object]

    def start(self, study: Path) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-c",
            COMMAND,
            "run",
            str(self.folder / "e.toml"),
            "--out",
            str(study),
            "--jobs",
            "2",
        ]
        # a session of its own, so that the whole group can be killed without the test
        return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("kill")
    (folder / "e.toml").write_text(EXPERIMENT)
    found = Bench(folder, 0.0, {})
    began = time.monotonic()
    process = found.start(folder / "undisturbed")
    assert (process.wait(), process.stderr.read()[-2000:] if process.returncode else b"") == (0, b"")  # type: ignore[union-attr]
    found.seconds = time.monotonic() - began
    study = Study(folder / "undisturbed")
    assert study.index.status.tolist() == ["done"] * RUNS
    found.records = comparable(study)
    return found


@dataclass
class After:
    """What was there right after the kill."""

    finished: dict[str, tuple[int, int]]
    leftovers: list[str]
    workers: list[int]


def kill_when(bench: Bench, study: Path, moment: Callable[[float], bool], group: bool) -> After | None:
    """Start the command, kill -9 the parent alone or its whole group at the moment, and watch what follows.

    None if it was finished before the moment came; the bench then knows that the machine has become quicker.
    """
    process, began = bench.start(study), time.monotonic()
    while process.poll() is None and not moment(time.monotonic() - began):
        time.sleep(0.002)
    if process.poll() is not None:
        bench.seconds = time.monotonic() - began
        return None
    workers = children_of(process.pid)
    (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
    process.wait()
    listing = snapshot(study)
    leftovers = [path.name for path in study.rglob(".writing-*")]
    wait_until_ended(workers)
    time.sleep(0.5)
    assert snapshot(study) == listing, "somebody wrote after the kill"
    return After(finished_in(study), leftovers, workers)


def check_completes(bench: Bench, study: Path, after: After) -> None:
    """The same command completes, repeats nothing, and leaves what an undisturbed one leaves."""
    process = bench.start(study)
    _, said = process.communicate(timeout=20 * bench.seconds + 60)
    assert process.returncode == 0, said[-2000:]
    now = finished_in(study)
    assert {key: now[key] for key in after.finished} == after.finished, "a finished run was written again"
    assert comparable(Study(study)) == bench.records
    assert list(study.rglob(".writing-*")) == []


def finished_in(study: Path) -> dict[str, tuple[int, int]]:
    """Key -> inode and time of its folder's run.json."""
    stats = {path.parent.name: path.stat() for path in study.glob("runs/[!.]*/run.json")}
    return {key: (stat.st_ino, stat.st_mtime_ns) for key, stat in stats.items()}


def snapshot(study: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in study.rglob("*")}


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # ended by itself
        return []


def wait_until_ended(processes: list[int]) -> None:
    """An orphan must end soon. A process that nobody has waited for yet (Z) has ended."""
    deadline = time.monotonic() + 20  # generous: a busy machine may take seconds to end a process
    while any(is_alive(pid) for pid in processes):
        assert time.monotonic() < deadline, f"workers {processes} outlived their parent"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def writing_run(study: Path, after_runs: int) -> Callable[[float], bool]:
    """The moment when a run is being written and some are finished already."""
    return lambda _: len(finished_in(study)) >= after_runs and any(study.glob("runs/.writing-*/*"))


@pytest.mark.parametrize("group", [False, True], ids=["parent alone", "whole group"])
def test_a_kill_during_a_write_loses_nothing_that_was_finished(bench: Bench, tmp_path: Path, group: bool) -> None:
    study, after = kill_during_a_write(bench, tmp_path, group)
    assert len(after.workers) == 2
    assert 5 <= len(after.finished) < RUNS
    check_completes(bench, study, after)


def test_several_kills_in_a_row_lose_nothing(bench: Bench, tmp_path: Path) -> None:
    study, finished = tmp_path / "study", {}
    for runs, group in ((2, True), (10, False)):
        after = kill_when(bench, study, writing_run(study, runs), group)
        assert after is not None
        assert finished.items() <= after.finished.items(), "the second start repeated a run"
        finished = after.finished
        assert runs <= len(finished) < RUNS
    check_completes(bench, study, after)


@pytest.mark.slow
@pytest.mark.parametrize("group", [False, True], ids=["parent alone", "whole group"])
def test_kills_at_ten_quantiles_of_the_time_lose_nothing(bench: Bench, tmp_path: Path, group: bool) -> None:
    for tenth in range(10):
        study, after = kill_at(bench, tmp_path, (tenth + 0.5) / 10, group)
        check_completes(bench, study, after)


def kill_during_a_write(bench: Bench, folder: Path, group: bool) -> tuple[Path, After]:
    """A write lasts a tenth of a second here; a machine that stalls just then may let it end first."""
    for attempt in range(5):
        study = folder / f"study{attempt}"
        after = kill_when(bench, study, writing_run(study, after_runs=5), group)
        if after is not None and any(name.startswith(".writing-") for name in after.leftovers):
            return study, after
    raise AssertionError("five times no kill hit a write")


def at_share(bench: Bench, share: float) -> Callable[[float], bool]:
    moment = share * bench.seconds
    return lambda seconds: seconds >= moment


def kill_at(bench: Bench, folder: Path, share: float, group: bool) -> tuple[Path, After]:
    """Kill at this share of an undisturbed run's wall time. Other work on the machine may make that time another."""
    for attempt in range(5):
        study = folder / f"study{share:.2f}-{attempt}"
        after = kill_when(bench, study, at_share(bench, share), group)
        if after is not None:
            return study, after
    raise AssertionError(f"five times the command was finished before {share:.0%} of its time")
