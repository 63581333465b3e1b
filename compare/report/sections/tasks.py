"""Section 3: the tasks, their data and what the encoder makes of it."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from compare.errors import StoreError
from compare.report.document import Block, Callout, Caption, Cell, Figure, Section, Table
from compare.report.figures import stimuli
from compare.report.figures.scale import Scale
from compare.report.inline import literal
from compare.report.sections._cells import columns, count, decimal, frame_table, gap, listed, small, words
from compare.report.sections._material import Material
from compare.report.sections._pictures import as_pictures, runs_in_time
from compare.scores import score_of

KINDS = {"none": "samples, no target"}


def section(material: Material) -> Section:
    blocks: list[Block] = [_facts(material)]
    for task in material.tasks:
        blocks.append(_examples(material, task))
    return Section("tasks", "3", "Tasks", tuple(blocks))


def _facts(material: Material) -> Table:
    shares = all(_chance_scale(material, task).is_share for task in material.tasks)
    shares = shares and all(material.scale(task).is_share for task in material.tasks)
    heads = columns(
        "task",
        "kind",
        "input",
        "train",
        "validation",
        "test",
        "classes",
        ("chance", "%" if shares else ""),
        ("best here", "%" if shares else ""),
        "licence",
        "source",
        numeric=("train", "validation", "test", "classes", "chance", "best here"),
    )
    text = (
        "What each task is. Sizes are numbers of samples; the test set is the same for every seed."
        f"{_chance_said(material)} “Best here” is {_best_said(material)} in this study on the"
        f" {material.verdict_input} input, with its learner: {_bound_said(material)}."
        " Checksums are in [](#reproduce). No interval."
    )
    caption = Caption(
        text,
        "The test set is used once in each run, after training; learning curves are on the validation set.",
        "One sample is one stimulus; a presentation is one showing of it.",
    )
    rows = tuple(_row(material, task, shares) for task in material.tasks)
    return Table("tab-tasks", "Tasks", heads, rows, caption, "wide")


def _row(material: Material, task: str, shares: bool) -> tuple[Cell, ...]:
    told = material.task_facts[task]
    facts = told.get("facts") or {}
    sizes = facts.get("examples") or {}
    shape = " x ".join(str(n) for n in facts.get("shape") or ())
    source = told.get("source") or {}
    return (
        words(told.get("title") or task),
        words(KINDS.get(str(facts.get("target")), facts.get("target") or "unknown")),
        words(f"{shape} ({', '.join(material.axes(task)).replace('_', ' ')})"),
        *(count(sizes.get(part), "not stated") for part in ("train", "validation", "test")),
        count(facts.get("classes"), "not a classification"),
        _chance(material, task, shares),
        _best(material, task, shares),
        words(told.get("licence") or "not stated"),
        words(source.get("text") or "not stated" if isinstance(source, dict) else source),
    )


def _chance_scale(material: Material, task: str) -> Scale:
    """Chance is in the measure of the target's own score, whatever the verdict rests on."""
    return Scale.of(score_of(material.target(task)))


def _chance(material: Material, task: str, shares: bool) -> Cell:
    chance, scale = material.chance(task), _chance_scale(material, task)
    if chance is None:
        return gap("not stated" if material.target(task) != "none" else "no answer to guess")
    return Cell(_number(chance, scale, shares), scale.factor * chance)


def _best(material: Material, task: str, shares: bool) -> Cell:
    scale, metric = material.scale(task), material.score(task).metric
    means = material.values(metric, task, material.verdict_input).groupby("learner", sort=False)["value"].mean()
    if means.empty:
        return gap("no finished run" if not material.runs(task) else f"no run has a {scale.title}")
    if scale.better == "neither":
        return gap("neither end of the score is better")
    best, value = means.idxmin() if scale.better == "lower" else means.idxmax(), scale.best(means)
    return Cell(f"{_number(value, scale, shares)} ({literal(str(best))})", scale.factor * value)


def _number(value: float, scale: Scale, shares: bool) -> str:
    """A score, with its unit where the rows of the table differ in theirs."""
    if shares:
        return decimal(scale.factor * value, 1)
    return f"{decimal(scale.factor * value, 1) if scale.is_share else small(value)} {scale.unit}".rstrip()


def _chance_said(material: Material) -> str:
    kinds = {material.target(task).split()[0] for task in material.tasks}
    said = {
        "class": " Chance is the accuracy of guessing"
        if kinds == {"class"}
        else " of classes the accuracy of guessing",
        "value": " of values the mean squared error of the best constant answer, which lower errors beat",
        "none": " of samples there is none",
    }
    parts = [words for kind, words in said.items() if kind in kinds]
    return (parts[0] if kinds == {"class"} else f" Chance is what looking at no sample gives:{';'.join(parts)}") + "."


def _best_said(material: Material) -> str:
    scales = {material.scale(task) for task in material.tasks}
    if len(scales) == 1 and next(iter(scales)).better == "higher":
        return f"the highest mean test {next(iter(scales)).title}"
    each = dict.fromkeys(
        f"the {'lowest' if scale.better == 'lower' else 'highest'} test {scale.title}, mean over seeds,"
        for scale in (material.scale(task) for task in material.tasks)
    )
    return listed(list(each))


def _bound_said(material: Material) -> str:
    better = {material.scale(task).better for task in material.tasks}
    if better == {"higher"}:
        return "a ceiling that was reached, not the highest possible"
    return "a bound that was reached, not the best possible"


def _examples(material: Material, task: str) -> Block:
    try:
        data = material.study.stimuli(task)
        stimulus, named = data["stimulus"].to_numpy(), material.axes(task)
        images = as_pictures(stimulus, named)
    except (StoreError, KeyError) as error:
        return Callout("gap", f"Example stimuli{material.on(task)}: -, the study keeps none. {literal(str(error))}")
    labels = _labels(material, task, np.asarray(data["label"])) if "label" in data else _numbered(len(images))
    read = "encoded" in material.inputs  # spikes that no learner is given are not shown
    raster = np.asarray(data["raster"]) if read and "raster" in data else None
    times_ms = 1000 * np.asarray(data["time"]) if "time" in data else None
    duration = material.duration_ms or (None if times_ms is None else float(times_ms[-1]))
    counts, events, table = (
        None,
        [],
        {"class" if material.labelled(task) else "target": labels, "mean intensity": images.mean((1, 2))},
    )
    if raster is not None and times_ms is not None:
        table["spikes"] = raster.reshape(len(raster), -1).sum(1, dtype=int)
        events = [(times_ms[steps], neurons) for steps, neurons in (np.nonzero(one) for one in raster)]
        if raster.shape[-1] == images[0].size == stimulus[0].size:
            counts = as_pictures(raster.sum(1, dtype=int).reshape(stimulus.shape), named)
    feature = (named[-1] if named else "feature").replace("_", " ")
    in_time = runs_in_time(stimulus.shape[1:], named)
    encoding = ", ".join(f"{key} {value}" for key, value in (material.plan.get("encoding") or {}).items())
    text = (
        f"{_which(material, task)}: intensity from 0 (white) to 1 (black)"
        + (", the number of spikes of each input neuron in one presentation" if counts is not None else "")
        + (", and every spike, time in ms, one row for each input neuron" if events else "")
        + (f". Encoding: {literal(encoding) or 'not stated'}" if read else "")
        + f". n = 1 sample for each"
        f" {'class' if material.labelled(task) else 'column'}; no interval, these are examples."
        + (f" Time runs from left to right, {feature} 0 is at the bottom." if in_time else "")
    )
    caption = Caption(
        text,
        "Value models read the spike counts (middle row), spiking models the spikes (lowest row): the same draw."
        if read
        else "Learners are given these values; one that spikes makes its own spikes of them, as [](#learners) says.",
        "Input neurons fire independently at a rate that follows the intensity; nothing else carries information."
        if read
        else "The stimuli as they are; no spikes of this study's encoder are in use.",
    )
    with_spikes = " and their spikes" if read else ""
    behind = frame_table(
        f"tab-stimuli{material.tag(task)}", f"Example stimuli{material.on(task)}", pd.DataFrame(table), caption
    )
    return Figure(
        f"fig-stimuli{material.tag(task)}",
        f"Example stimuli{with_spikes}{material.on(task)}",
        stimuli.draw(
            images,
            counts,
            events,
            labels,
            duration,
            None if raster is None else raster.shape[-1],
            feature if in_time else "",
        ),
        f"{len(images)} example stimuli of {task}{', one of each class' if material.labelled(task) else ''}"
        + (", with the spikes that encode them." if read else "."),
        caption,
        behind,
        stimuli.CODE.format(
            csv=f"data/fig-stimuli{material.tag(task)}.csv", name=next(iter(table)), shown=json.dumps(list(table)[1:])
        ),
    )


def _which(material: Material, task: str) -> str:
    if material.labelled(task):
        return f"One example of each class of {task}"
    above = "" if material.target(task).endswith("per step") else ", the target above each"
    return f"The first examples of {task}{above}"


def _labels(material: Material, task: str, targets: np.ndarray) -> list[str]:
    """A class, a value to three digits, or where there are several to an example its number."""
    if material.labelled(task):
        return [str(label) for label in targets]
    return [small(float(value)) for value in targets] if targets.ndim == 1 else _numbered(len(targets))


def _numbered(n: int) -> list[str]:
    return [str(i) for i in range(n)]
