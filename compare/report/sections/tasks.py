"""Section 3: the tasks, their data and what the encoder makes of it."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.errors import StoreError
from compare.report.document import Block, Callout, Caption, Cell, Figure, Section, Table
from compare.report.figures import stimuli
from compare.report.inline import literal
from compare.report.sections._cells import columns, count, decimal, frame_table, gap, words
from compare.report.sections._material import Material


def section(material: Material) -> Section:
    blocks: list[Block] = [_facts(material)]
    for task in material.tasks:
        blocks.append(_examples(material, task))
    return Section("tasks", "3", "Tasks", tuple(blocks))


def _facts(material: Material) -> Table:
    heads = columns(
        "task",
        "kind",
        "input",
        "train",
        "validation",
        "test",
        "classes",
        ("chance", "%"),
        ("best here", "%"),
        "licence",
        "source",
        numeric=("train", "validation", "test", "classes", "chance", "best here"),
    )
    text = (
        "What each task is. Sizes are numbers of samples; the test set is the same for every seed. Chance is the"
        " accuracy of guessing. “Best here” is the highest mean test accuracy in this study on the"
        f" {material.verdict_input} input, with its learner: a ceiling that was reached, not the highest possible."
        " Checksums are in [](#reproduce). No interval."
    )
    caption = Caption(
        text,
        "The test set is used once in each run, after training; learning curves are on the validation set.",
        "One sample is one stimulus; a presentation is one showing of it.",
    )
    rows = tuple(_row(material, task) for task in material.tasks)
    return Table("tab-tasks", "Tasks", heads, rows, caption, "wide")


def _row(material: Material, task: str) -> tuple[Cell, ...]:
    told = material.task_facts[task]
    facts = told.get("facts") or {}
    sizes = facts.get("examples") or {}
    shape = " x ".join(str(n) for n in facts.get("shape") or ())
    source = told.get("source") or {}
    chance = facts.get("chance")
    return (
        words(told.get("title") or task),
        words(facts.get("target") or "unknown"),
        words(f"{shape} ({', '.join(facts.get('axes') or ())})"),
        *(count(sizes.get(part), "not stated") for part in ("train", "validation", "test")),
        count(facts.get("classes"), "not a classification"),
        gap("not stated") if chance is None else Cell(decimal(100 * chance, 1), 100 * chance),
        _best(material, task),
        words(told.get("licence") or "not stated"),
        words(source.get("text") or "not stated" if isinstance(source, dict) else source),
    )


def _best(material: Material, task: str) -> Cell:
    means = material.values("accuracy", task, material.verdict_input).groupby("learner", sort=False)["value"].mean()
    if means.empty:
        return gap("no finished run")
    value = 100 * float(means.max())
    return Cell(f"{decimal(value, 1)} ({literal(str(means.idxmax()))})", value)


def _examples(material: Material, task: str) -> Block:
    try:
        data = material.study.stimuli(task)
        images = _as_images(data["stimulus"].to_numpy())
    except (StoreError, KeyError) as error:
        return Callout("gap", f"Example stimuli{material.on(task)}: -, the study keeps none. {literal(str(error))}")
    labels = [str(label) for label in np.asarray(data["label"])] if "label" in data else _numbered(len(images))
    raster = np.asarray(data["raster"]) if "raster" in data else None
    times_ms = 1000 * np.asarray(data["time"]) if "time" in data else None
    duration = material.duration_ms or (None if times_ms is None else float(times_ms[-1]))
    counts, events, table = None, [], {"class": labels, "mean intensity": images.mean((1, 2))}
    if raster is not None and times_ms is not None:
        table["spikes"] = raster.reshape(len(raster), -1).sum(1, dtype=int)
        events = [(times_ms[steps], neurons) for steps, neurons in (np.nonzero(one) for one in raster)]
        if raster.shape[-1] == images[0].size:
            counts = raster.sum(1, dtype=int).reshape(images.shape)
    encoding = ", ".join(f"{key} {value}" for key, value in (material.plan.get("encoding") or {}).items())
    text = (
        f"One example of each class of {task}: intensity from 0 (white) to 1 (black)"
        + (", the number of spikes of each input neuron in one presentation" if counts is not None else "")
        + (", and every spike, time in ms, one row for each input neuron" if events else "")
        + f". Encoding: {literal(encoding) or 'not stated'}. n = 1 sample for each class; no interval, these are"
        " examples."
    )
    caption = Caption(
        text,
        "Value models read the spike counts (middle row), spiking models the spikes (lowest row): the same draw.",
        "Input neurons fire independently at a rate that follows the intensity; nothing else carries information.",
    )
    behind = frame_table(
        f"tab-stimuli{material.tag(task)}", f"Example stimuli{material.on(task)}", pd.DataFrame(table), caption
    )
    return Figure(
        f"fig-stimuli{material.tag(task)}",
        f"Example stimuli and their spikes{material.on(task)}",
        stimuli.draw(images, counts, events, labels, duration),
        f"{len(images)} example stimuli of {task}, one of each class, with the spikes that encode them.",
        caption,
        behind,
        stimuli.CODE.format(csv=f"data/fig-stimuli{material.tag(task)}.csv"),
    )


def _as_images(values: np.ndarray) -> np.ndarray:
    """(class, height, width): channels are averaged; features form a square where they can, else a row."""
    if values.ndim == 4:
        return values.mean(1)
    flat = values.reshape(len(values), -1)
    side = int(np.sqrt(flat.shape[1]))
    return flat.reshape(len(flat), side, side) if side * side == flat.shape[1] else flat[:, None, :]


def _numbered(n: int) -> list[str]:
    return [str(i) for i in range(n)]
