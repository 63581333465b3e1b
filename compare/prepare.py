"""Looks at a task before its runs: the data is here, its checksum, and examples with their spikes for the report."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xarray as xr

from compare import seeds
from compare._writing import dataset_bytes
from compare.contract import Facts
from compare.errors import EnvironmentFault
from compare.execute import load_plugins, load_split
from compare.specs import build
from compare.usable import check_split

EXAMPLES = 6  # of a task without classes


def prepare_task(job: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Load a task once.

    Args:
        job: task, task_spec, fingerprint (None for most tasks), encoding, device, plugins.

    Returns:
        {kind: "prepared", task, checksum} and the file "stimuli.nc".

    Raises:
        DataMissing: the data is not on this machine.
        EnvironmentFault: the study asks for a GPU and torch sees none, or the data are not usable.
    """
    _check_device(job["device"])
    load_plugins(job)
    facts = build(job["task_spec"], "task").facts()
    task_spec = json.dumps(job["task_spec"], sort_keys=True)
    split = load_split(task_spec, seeds.child(0, "data"), job.get("fingerprint"))
    check_split(facts, split)
    stimuli = stimuli_of(*split.probe, facts=facts, encoding=job["encoding"])
    return {"kind": "prepared", "task": job["task"], "checksum": split.checksum}, {"stimuli.nc": dataset_bytes(stimuli)}


def stimuli_of(X: np.ndarray, y: np.ndarray, *, facts: Facts, encoding: dict[str, Any]) -> xr.Dataset:
    """The first example of each class and its spikes: stimulus, label, raster (class_, time, neuron), times in s.

    Where a sample has no class, the first examples; `label` is then their target, (class_, step) if each step has one.
    """
    labels = range(facts.classes or 0) if y.ndim == 1 else ()
    chosen = [i for i in (_first(y, label) for label in labels) if i is not None] or list(range(min(EXAMPLES, len(X))))
    steps = ("step",) if facts.target.endswith("per step") else ()
    behind = ("value_",) if y.ndim > 1 + len(steps) else ()
    encoder = build(encoding, "encoder", random_state=seeds.child(0, "encoder"))
    raster = encoder.frames(X[chosen], encoder.steps)
    axes = tuple(
        "sample_time" if axis == "time" else axis for axis in facts.axes
    )  # a sequence's steps are not its spikes'
    return xr.Dataset(
        {
            "stimulus": (("class_", *axes), X[chosen], {"quantity": "intensity", "units": ""}),
            "label": (("class_", *steps, *behind), y[chosen], {"quantity": "target", "units": ""}),
            "raster": (("class_", "time", "neuron"), raster, {"quantity": "spikes", "units": "1"}),
        },
        coords={"time": ("time", np.arange(encoder.steps) * encoder.dt_s, {"quantity": "time", "units": "s"})},
    )


def _first(y: np.ndarray, label: int) -> int | None:
    found = np.flatnonzero(y == label)
    return int(found[0]) if len(found) else None


def _check_device(device: str) -> None:
    if device == "cpu":
        return  # importing torch takes seconds
    from ann.device import choose

    try:
        choose(device)
    except RuntimeError as error:
        raise EnvironmentFault(f"{error} Continue with -s device=cpu.") from error
