"""One run, carried out in a worker process: build, fit, measure, and pack the record. Writes no file.

A learner that refuses the task and one that fails leave a record too, with a sentence that says why.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import logging
import random
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np

from compare import _measure, _memory, seeds
from compare._captured_log import captured_log
from compare._judging import Judge
from compare._observe import Curve, copies
from compare._writing import Record, pack
from compare.catalogue import load_plugin
from compare.contract import Split
from compare.errors import ConfigurationError
from compare.planning import check_unchanged
from compare.provenance import versions
from compare.specs import build

Tell = Callable[[int, "int | None"], None]
log = logging.getLogger(__name__)


def execute(job: dict[str, Any], tell: Tell) -> dict[str, bytes]:
    """Carry out one run and give the files of its folder.

    Args:
        job: key, label, task, input, seed, task_spec, learner_spec, given, encoder_spec (None for the clean input),
            encoding (the study's encoder), observe, device, plugins, config, fingerprint (of data of the user's own).
        tell: called with (examples seen, of how many if known) while the learner trains.
    """
    record = Record(_identity(job), config=job.get("config", ""))
    began, started = time.perf_counter(), datetime.now(UTC)
    _memory.reset_peak()
    with captured_log() as lines:
        try:
            _carry_out(job, record, tell)
        except Exception as error:
            log.error("%s: %s", type(error).__name__, error)
            message = f"{type(error).__name__}: {error}"
            record.facts |= {"status": "failed", "message": message, "traceback": traceback.format_exc()}
    record.facts["times"]["total_s"] = time.perf_counter() - began
    record.facts.setdefault("peak_memory_mb", _memory.peak_mb())
    record.facts |= {
        "versions": versions(),
        "started": started.isoformat(timespec="milliseconds"),
        "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    record.log = "".join(f"{line}\n" for line in lines)
    return _packed(record)


def _identity(job: dict[str, Any]) -> dict[str, Any]:
    names = ("key", "label", "task", "input", "seed", "task_spec", "learner_spec", "given", "encoder_spec")
    return {name: job.get(name) for name in names} | {
        "status": "done", "message": "", "traceback": "", "description": None,
        "times": {"fit_s": None, "predict_s": None, "total_s": None}, "examples_seen": 0, "flags": [],
    }  # fmt: skip


def _packed(record: Record) -> dict[str, bytes]:
    """The files; a record that cannot be written as files, for a fault of a foreign learner's, is a failure."""
    try:
        return pack(record)
    except Exception as error:
        message = f"Its results cannot be stored: {type(error).__name__}: {error}"
        failure = {"status": "failed", "message": message, "traceback": traceback.format_exc(), "description": None}
        return pack(Record({**record.facts, **failure}, config=record.config, log=record.log))


def _carry_out(job: dict[str, Any], record: Record, tell: Tell) -> None:
    load_plugins(job)
    _seed_global_chance(seeds.child(job["seed"], "learner"))
    task = build(job["task_spec"], "task")
    facts = task.facts()
    encoder = _encoder(job)
    learner = _learner(job, encoder)
    _settle_torch()
    sentence = learner.refuses(facts) if hasattr(learner, "refuses") else None
    if facts.target == "none" and encoder is not None and not takes(learner, "encoder"):
        sentence = sentence or "Samples are judged by their values, so they are learned from values: the clean input."
    if sentence:
        log.info("refused: %s", sentence)
        record.facts |= {"status": "refused", "message": sentence}
        return
    task_spec, seed = json.dumps(job["task_spec"], sort_keys=True), seeds.child(job["seed"], "data")
    split = load_split(task_spec, seed, job.get("fingerprint"))
    record.facts["checksum"] = split.checksum
    reads = "clean values"
    if encoder is not None and not takes(learner, "encoder"):
        split, reads = _counted(split, encoder), "counts of the study's spikes, the same in every pass"
    judge = Judge(facts, job["task_spec"], job["seed"])
    curve = _fit(job, learner, split, judge, record, tell)
    _measure_all(job, learner, split, judge, curve, record, reads)


def _encoder(job: dict[str, Any]) -> Any:
    if job.get("encoder_spec") is None:
        return None
    return build(job["encoder_spec"], "encoder", random_state=seeds.child(job["seed"], "encoder"))


def _learner(job: dict[str, Any], encoder: Any) -> Any:
    study = {"encoder": encoder, "random_state": seeds.child(job["seed"], "learner"), "device": job["device"]}
    return build(job["learner_spec"], "learner", **study)


def takes(learner: Any, name: str) -> bool:
    """Whether the estimator, or one inside it, has this constructor parameter."""
    names = learner.get_params(deep=True) if hasattr(learner, "get_params") else {}
    return any(parameter.split("__")[-1] == name for parameter in names)


def load_split(task_spec: str, seed: int, fingerprint: str | None = None) -> Split:
    """A task's data, from its spec as JSON and its seed.

    Raises:
        DataMissing: it is not on this machine.
        EnvironmentFault: its files are not those of the fingerprint that was planned.
    """
    return _loaded(task_spec, seed, fingerprint)


@lru_cache(maxsize=2)  # runs come seed by seed, so the next run mostly wants the same data
def _loaded(task_spec: str, seed: int, fingerprint: str | None) -> Split:
    task = build(json.loads(task_spec), "task")
    split = task.load(seed)
    check_unchanged(task, fingerprint)  # afterwards, so that a change while it was read is seen too
    for part in (split.train, split.validation, split.test, split.probe):
        for array in part:
            array.setflags(write=False)  # all runs of this process share it
    return split


def load_plugins(job: dict[str, Any]) -> None:
    """Load the user's plugin files, which must be as they were when the study was planned."""
    for plugin in job.get("plugins", []):
        found = load_plugin(plugin["path"])
        if found.sha256 != plugin["sha256"]:
            raise ConfigurationError(
                f"The plugin {plugin['path']} was changed while the study ran. Start the study again."
            )


def _seed_global_chance(seed: int) -> None:
    """Our learners use no global generator, but a foreign one may: it must not depend on which runs came before."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the old interface is what such a learner uses


def _settle_torch() -> None:
    """One thread and deterministic algorithms, since other thread counts give other sums; if torch is there at all."""
    torch = sys.modules.get("torch")
    if torch is None:
        return
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False


def _counted(split: Split, encoder: Any) -> Split:
    """The same data as counts of the encoder's spikes, for an estimator that knows no encoder."""
    parts = {name: getattr(split, name) for name in ("train", "validation", "test", "probe")}
    return dataclasses.replace(split, **{name: (encoder.counts(X), y) for name, (X, y) in parts.items()})


def _fit(job: dict[str, Any], learner: Any, split: Split, judge: Judge, record: Record, tell: Tell) -> Curve:
    """Train under observation; the record learns how far it came even if it fails."""
    curve = Curve(job["observe"], split, judge.validation, tell, _examples(learner, split))
    known = inspect.signature(learner.fit).parameters
    shown = {which: getattr(split, which) for which in ("train", "validation")}
    if not judge.teaches:
        shown = {which: (X, None) for which, (X, _) in shown.items()}
    offered = {"validation": shown["validation"], "observer": curve}
    began = time.perf_counter()
    try:
        learner.fit(*shown["train"], **{name: value for name, value in offered.items() if name in known})
    finally:
        record.facts["times"]["fit_s"] = time.perf_counter() - began - curve.spent_s
        record.facts["examples_seen"] = curve.seen
    if "observer" not in known:
        record.facts["examples_seen"] = len(split.train[1])
    log.info("fit: %d examples", record.facts["examples_seen"])
    return curve


def _examples(learner: Any, split: Split) -> int | None:
    """How many examples training will show, None where the learner's parameters do not tell."""
    parameters = learner.get_params(deep=True) if hasattr(learner, "get_params") else {}
    passes = [value for name, value in parameters.items() if name.split("__")[-1] in ("epochs", "passes")]
    return passes[0] * len(split.train[1]) if passes and isinstance(passes[0], int) else None


def _measure_all(
    job: dict[str, Any], learner: Any, split: Split, judge: Judge, curve: Curve, record: Record, reads: str
) -> None:
    began = time.perf_counter()
    answers = judge.answers(learner, split.test[0], _measure.predict)
    record.facts["times"]["predict_s"] = time.perf_counter() - began
    record.facts["peak_memory_mb"] = _memory.peak_mb()  # of learning and answering, not of the measuring below
    seen = record.facts["examples_seen"]
    curve.measure(learner, seen)
    spikes = _measure.spikes_of(learner, split.probe[0])
    record.arrays = _measure.arrays_of(learner, split, judge.facts, answers, curve, spikes)
    record.operations = _measure.operations_of(learner, split.probe[0])
    duration_s = _duration_s(job, learner)
    record.spikes = _measure.spike_table(spikes, duration_s)
    weights = {"initial": curve.initial_weights, "final": copies(learner, "weights")}
    record.weights = {f"{when}/{name}": array for when, found in weights.items() for name, array in found.items()}
    record.facts["description"] = _measure.describe(learner, judge.facts, reads)
    record.facts["flags"] = ["silent"] if _measure.silent(spikes) else []
    evidence = judge.evidence(
        split.test, answers, operations=record.operations if len(record.operations) else None, spikes=spikes or None,
        description=record.facts["description"], duration_s=duration_s if spikes else None,
    )  # fmt: skip
    rows, refusals = _measure.metrics_of(evidence)
    record.facts["metric_refusals"] = refusals | curve.refusals
    table = [("test", seen, *row) for row in rows] + curve.rows
    record.metrics = _measure.metric_table(job, table)
    log.info("predict: %d examples", len(split.test[0]))


def _duration_s(job: dict[str, Any], learner: Any) -> float:
    """How long a sample is presented, in seconds: the learner's own word, else the study's encoding."""
    own = getattr(learner, "duration_s", None)
    return float(own if own is not None else build(job["encoding"], "encoder", random_state=0).duration_s)
