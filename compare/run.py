"""Carries out an experiment: worker processes do the runs, this process alone writes the store.

    run(experiment, "studies/digits", jobs=2)

The same call again continues where it stopped, whatever stopped it: a run that is in the store is not done again. A
failed run stays as it is until `retry_errors`. Results do not depend on `jobs`: every run has one thread, its chance
comes from the study's seed, and workers share nothing.
"""

from __future__ import annotations

import json
import logging
import queue
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compare import errors
from compare._certification import Certification
from compare._lock import study_lock
from compare._pool import Message, Worker
from compare._writing import Record, create_study, pack, remove_leftovers, write_plan, write_run, write_stimuli
from compare.errors import StoreError, UsageError
from compare.provenance import provenance, versions
from compare.specs import digest
from compare.store import Study, read_run, write_index
from compare.toml_text import toml_text

if TYPE_CHECKING:
    from compare.experiment import Experiment

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """What `progress` is told.

    Attributes:
        kind: "planned" (once, before the first run), "started", "seen" (a learner has seen more examples), "done",
            "refused", "failed", "certifying" and "certified" (a definition's fidelity), "finished" (once, at the end).
        run: key, label, task, input, seed of the run concerned; key and definition of a certificate; else empty.
        examples, of: examples seen so far and in the end (None where unknown).
        message: why a run was refused or failed, or what came of a certificate.
        counts: how many runs are "planned", were "kept" from an earlier start, have ended "done", "refused", "failed"
            now, are "running", "waiting".
    """

    kind: str
    run: dict[str, Any]
    examples: int
    of: int | None
    message: str
    counts: dict[str, int]


Progress = Callable[[Event], None]


def run(
    experiment: Experiment,
    folder: str | Path,
    *,
    jobs: int = 1,
    force: bool = False,
    retry_errors: bool = False,
    fidelity: bool = True,
    progress: Progress | None = None,
) -> Study:
    """Run what is not in the store yet, and open the study.

    Args:
        experiment: what to run.
        folder: the study's folder; made if it does not exist.
        jobs: runs at a time, a process each.
        force: run everything again.
        retry_errors: run again what failed.
        fidelity: certify the neuron models and rules that the learners simulate, see `compare.certify`.
        progress: called with an Event in this thread.

    Raises:
        UsageError: jobs is not a positive number.
        StoreError: another process runs this study, or the folder holds something else, or the data has changed.
        DataMissing, EnvironmentFault: the data or the GPU is not here, the folder cannot be written.
        KeyboardInterrupt: after Ctrl-C, with what is kept and how to continue. Finished runs are in the store.
    """
    if jobs < 1:
        raise UsageError(f"jobs = {jobs} cannot run anything. Give 1 or more.")
    folder = Path(folder)
    _check_is_ours(folder)
    with study_lock(folder):
        for name in remove_leftovers(folder):
            log.info("removed %s, left by a stopped process", name)
        tell = progress or (lambda event: None)
        return _Session(experiment, folder, jobs, force, retry_errors, fidelity, tell).carry_out()


@dataclass
class _Session:
    """One call of `run`, from reading the store to the last run."""

    experiment: Experiment
    folder: Path
    jobs: int
    force: bool
    retry_errors: bool
    fidelity: bool
    progress: Progress
    plan: dict[str, Any] = field(init=False)
    certification: Certification = field(init=False)
    waiting: deque[dict[str, Any]] = field(init=False)  # runs, as jobs
    unasked: deque[dict[str, Any]] = field(default_factory=deque)  # jobs of the certificate
    running: dict[Worker, dict[str, Any]] = field(default_factory=dict)
    idle: list[Worker] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    inbox: queue.Queue[Message] = field(default_factory=queue.Queue)

    def carry_out(self) -> Study:
        self._write_plan()
        self.waiting = deque(self._jobs())
        self.ended["kept"] = len(self.plan["runs"]) - len(self.waiting)
        self.certification = Certification(self.folder, self.plan)
        if self.fidelity and (self.waiting or not self.certification.is_whole):
            self.unasked.append(self.certification.first_job() | self._common())
        self._tell("planned")
        try:
            if self.waiting:
                self._prepare_tasks()
            self._work()
        except KeyboardInterrupt:
            self._stop_workers()
            remove_leftovers(self.folder)
            raise KeyboardInterrupt(self._how_to_continue()) from None
        finally:
            self._stop_workers()
            write_index(self.folder)
        self._tell("finished")
        return Study(self.folder)

    # What there is to do

    def _write_plan(self) -> None:
        earlier = _read_json(self.folder / "provenance.json")
        facts = provenance(earlier)
        self.plan = self.experiment.as_plan_dict()
        self.plan["command"] = facts["starts"][-1]["command"]
        known = {task["name"]: task for task in _read_json(self.folder / "plan.json").get("tasks", [])}
        for task in self.plan["tasks"]:
            begun = known.get(task["name"], {})
            same = begun.get("spec") == task["spec"]
            changed = same and begun.get("fingerprint") != task.get("fingerprint")
            task["checksum"] = begun.get("checksum") if same and not changed else None
            if changed and "fingerprint" in begun:
                log.warning(_new_data(task, begun, self.folder))
        create_study(self.folder, plan=self.plan, toml=self.experiment.to_toml(), provenance=facts)

    def _jobs(self) -> list[dict[str, Any]]:
        """A job for each run that is to be done, in the plan's order; two labels of one key are one job."""
        given = {learner["label"]: learner["given"] for learner in self.plan["learners"]}
        jobs = {}
        for planned in self.experiment.plan():
            job = planned.to_dict()
            if job["key"] not in jobs and self._is_to_do(self.folder / "runs" / job["key"]):
                job |= {"kind": "run", "given": given[job["label"]], **self._common()}
                jobs[job["key"]] = job | {"config": _config(job)}
        return list(jobs.values())

    def _common(self) -> dict[str, Any]:
        plugins = [{"path": p["path"], "sha256": p["sha256"]} for p in self.plan["plugins"]]
        return {"encoding": self.plan["encoding"], "device": self.plan["device"], "plugins": plugins}

    def _is_to_do(self, folder: Path) -> bool:
        if self.force or not folder.exists():
            return True
        try:
            status = read_run(folder)["status"]
        except StoreError as error:
            log.warning("%s It is run again.", error)
            return True
        return status == "failed" and self.retry_errors

    # Tasks

    def _prepare_tasks(self) -> None:
        """Load every task once, in one worker, before anything is spent on runs."""
        worker = Worker(self.inbox)
        self.idle.append(worker)
        for task in self.plan["tasks"]:
            about = {"task": task["name"], "task_spec": task["spec"], "fingerprint": task.get("fingerprint")}
            worker.give({"kind": "task", **about, **self._common()})
            self._keep_task(task, self._answer())
        worker.job = None
        write_plan(self.folder, self.plan)

    def _answer(self) -> Message:
        message = self._next()
        if message.kind in ("stop", "gone"):
            kind = getattr(errors, message.content.get("error", ""), errors.EnvironmentFault)
            raise kind(message.content["message"])
        return message

    def _keep_task(self, task: dict[str, Any], message: Message) -> None:
        checksum = message.content["checksum"]
        if task["checksum"] not in (None, checksum) and not self.force:
            raise StoreError(
                f"The data of task {task['name']!r} has changed since {self.folder} was begun: checksum "
                f"{checksum[:12]}, was {task['checksum'][:12]}. Bring the old data back, or give another folder, "
                "or use --force."
            )
        task["checksum"] = checksum
        write_stimuli(
            self.folder, task["name"], {**task, "encoding": self.plan["encoding"]}, message.files["stimuli.nc"]
        )

    # Runs

    def _work(self) -> None:
        while self.waiting or self.unasked or self.running:
            self._hand_out()
            message = self._next()
            job = self.running.get(message.worker)
            if job is None:
                self.idle = [worker for worker in self.idle if worker is not message.worker]  # died while idle
            elif message.kind == "seen":
                self._tell("seen", job, message.content["examples"], message.content["of"])
            elif message.kind == "cells":
                self.certification.take(job, message.content)
            else:
                self._end(message)

    def _hand_out(self) -> None:
        while (self.waiting or self.unasked) and len(self.running) < self.jobs:
            worker = self.idle.pop() if self.idle else Worker(self.inbox)
            job = (self.waiting or self.unasked).popleft()
            self.running[worker] = job
            worker.give(job)
            if job["kind"] != "definitions":
                self._tell("started" if job["kind"] == "run" else "certifying", job)

    def _end(self, message: Message) -> None:
        """A worker is done with its job, has met a fault of the environment ("stop"), or is "gone"."""
        job = self.running.pop(message.worker)
        if message.kind == "gone":
            message.worker.stop()
        else:
            self.idle.append(message.worker)
        fault = message.content["message"] if message.kind in ("stop", "gone") else ""
        if job["kind"] == "run":
            self._end_run(job, pack(_failed(job, fault)) if fault else message.files)
        elif job["kind"] == "fidelity":
            self._tell("certified", job, message=self.certification.end(job, fault))
        elif fault:
            self.certification.leave(fault)
        else:
            self.unasked.extend(new | self._common() for new in self.certification.jobs(message.content))

    def _end_run(self, job: dict[str, Any], files: dict[str, bytes]) -> None:
        write_run(self.folder, job["key"], files)
        facts = json.loads(files["run.json"])
        self.ended[facts["status"]] += 1
        self._tell(facts["status"], job, facts["examples_seen"], message=facts["message"])

    def _next(self) -> Message:
        while True:
            try:
                return self.inbox.get(timeout=1)  # with a timeout, Ctrl-C gets through on Windows too
            except queue.Empty:
                continue

    def _stop_workers(self) -> None:
        for worker in [*self.running, *self.idle]:
            worker.stop()
        self.running.clear()
        self.idle.clear()

    def _how_to_continue(self) -> str:
        kept = sum(self.ended[status] for status in ("kept", "done", "refused", "failed"))
        return (
            f"Stopped. {kept} of {len(self.plan['runs'])} runs are kept in {self.folder}; the same command continues."
        )

    def _tell(
        self, kind: str, job: dict[str, Any] | None = None, examples: int = 0, of: int | None = None, message: str = ""
    ) -> None:
        counts = {name: self.ended[name] for name in ("kept", "done", "refused", "failed")}
        running = sum(one["kind"] == "run" for one in self.running.values())
        counts |= {"planned": len(self.plan["runs"]), "running": running, "waiting": len(self.waiting)}
        self.progress(Event(kind, _concerned(job) if job else {}, examples, of, message, counts))


def _new_data(task: dict[str, Any], begun: dict[str, Any], folder: Path) -> str:
    found = str(task.get("fingerprint"))
    return (
        f"The data of task {task['name']!r} have changed since {folder} was begun: fingerprint {found[:12]}, was "
        f"{begun['fingerprint'][:12]}. Its runs are done anew; those on the earlier data are kept and count again if "
        "these come back."
    )


def _concerned(job: dict[str, Any]) -> dict[str, Any]:
    if job["kind"] == "fidelity":
        return {"key": digest(job["definition"]["spec"]), "definition": job["definition"]["name"]}
    return {name: job[name] for name in ("key", "label", "task", "input", "seed")}


def _failed(job: dict[str, Any], message: str) -> Record:
    """The record of a run whose worker could not make one."""
    names = ("key", "label", "task", "input", "seed", "task_spec", "learner_spec", "given", "encoder_spec")
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    facts = {name: job.get(name) for name in names} | {
        "status": "failed", "message": message, "traceback": "", "description": None,
        "times": {"fit_s": None, "predict_s": None, "total_s": None}, "peak_memory_mb": None, "examples_seen": 0,
        "flags": [], "versions": versions(), "started": None, "finished": now,
    }  # fmt: skip
    return Record(facts, config=job["config"], log=f"ERROR {message}\n")


def _config(job: dict[str, Any]) -> str:
    """The run as TOML, every default filled in."""
    names = ("label", "task", "input", "seed", "device", "observe")
    specs = {"task": job["task_spec"], "learner": job["learner_spec"], "encoder": job["encoder_spec"]}
    return toml_text({**{name: job[name] for name in names}, "spec": {n: s for n, s in specs.items() if s is not None}})


def _check_is_ours(folder: Path) -> None:
    """Refuse a folder that holds other things, before anything is written into it."""
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder} is a file. Give a folder for the study.")
    ours = {"plan.json", "runs", ".lock", "tasks", "reports", "study.toml", "provenance.json"}
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if names and not names & ours:
        raise StoreError(f"{folder} is not empty and holds no study. Give an empty or a new folder.")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
