"""Small made-up studies that differ from the complete one in a single way."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from synthetic_study import LEARNERS, _provenance, _toml, _write_task, synthetic_plan, synthetic_record

from compare.store import Record, Study, create_study, pack, write_index, write_run

FEW = ("MLP", "STDP (Diehl & Cook)", "shuffled labels")


def write_study(
    folder: Path,
    *,
    seeds: int = 3,
    labels: Collection[str] = FEW,
    tasks: Collection[str] = ("digits",),
    change_plan: Callable[[dict[str, Any]], None] = lambda plan: None,
    change: Callable[[Record], Record | None] = lambda record: record,
    stimuli: bool = True,
) -> Study:
    """A study of some of the made-up learners.

    Args:
        tasks: every run is written once for each; all hold the same data.
        change_plan: edits the plan in place.
        change: edits a run, or returns None to leave it out.
        stimuli: whether the main task's example stimuli are kept.
    """
    plan = synthetic_plan(seeds)
    plan["learners"] = [learner for learner in plan["learners"] if learner["label"] in labels]
    plan["contrasts"] = [pair for pair in plan["contrasts"] if set(pair) <= set(labels)]
    plan["tasks"] = [{**plan["tasks"][0], "name": name, "title": f"Task {name}"} for name in tasks]
    plan["runs"] = [
        {**run, "task": task, "key": f"{place:x}{run['key']}"}
        for place, task in enumerate(tasks)
        for run in plan["runs"]
        if run["label"] in labels
    ]
    change_plan(plan)
    create_study(folder, plan=plan, toml=_toml(seeds), provenance=_provenance())
    if stimuli:
        _write_task(folder)
    by_label = {learner.label: learner for learner in LEARNERS}
    for planned in plan["runs"]:
        record = synthetic_record(planned, by_label[planned["label"]], seeds)
        if record.metrics is not None:
            record.metrics = record.metrics.assign(task=planned["task"])
        changed = change(record)
        if changed is not None:
            write_run(folder, planned["key"], pack(changed))
    write_index(folder)
    return Study(folder)
