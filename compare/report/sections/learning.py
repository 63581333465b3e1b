"""Section 6: how fast answers become better with the examples seen."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Cell, Figure, Section, Table
from compare.report.figures import examples_to_criterion, learning_curves
from compare.report.figures.scale import Scale
from compare.report.figures.style import slug
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import columns, count, decimal, frame_table, gap, listed, small, span, words
from compare.report.sections._material import Material
from compare.report.sections._score_table import RECONSTRUCTION
from compare.scores import Score


def section(material: Material) -> Section:
    blocks: list[Block] = []
    for task in material.tasks:
        blocks += [_curves(material, task, name) for name in material.inputs]
        if material.target(task) == "none" and material.watched(task).metric != RECONSTRUCTION.metric:
            blocks += [_curves(material, task, name, RECONSTRUCTION) for name in material.inputs]
        blocks += _criterion(material, task)
    what = "Accuracy" if material.judged_by_accuracy else "Scores"
    blocks.append(Callout("gap", f"{what} by the size of the training set: -, not measured in this study."))
    return Section("learning", "6", "Learning", tuple(blocks))


def _curves(material: Material, task: str, name: str, other: Score | None = None) -> Block:
    scale = Scale.of(other) if other else material.watched_scale(task)
    curves, chance = material.curves(task, name, other.metric if other else None), None
    if not other:
        chance = material.chance_in(task, material.watched(task))
    of = "" if material.target(task) != "none" else f" of the {scale.title}"
    if curves.empty:
        return Callout(
            "gap", f"Learning curves{of} on {literal(task)}, {name} input: -, no run was observed while it learned."
        )
    table = _summary.by(curves, ["learner", "examples_seen"]).rename(
        columns={"examples_seen": "examples seen", "mean": scale.title}
    )
    table = material.in_order(table, "examples seen")
    flat = [str(label) for label, part in table.groupby("learner", sort=False) if part["examples seen"].nunique() < 2]
    caption = Caption(
        f"{scale.name} on the validation set of {literal(task)}, {name} input, against the number of training examples"
        f" seen so far (= presentations, repeats counted; logarithmic, linear near 0). Mean and {_summary.INTERVAL}"
        f" (band; n = {span(table['n'])} seeds){_dotted(scale, chance)}. Observed at set numbers of examples; lines"
        " between are a guide for the eye."
        + (f" Lower is better{f'; in {scale.unit_in_words}' if scale.unit else ''}." if scale.better == "lower" else "")
        + (f" Observed once only: {literal(', '.join(flat))}." if flat else ""),
        "One epoch is one pass over the training set; the axis counts samples, so batch sizes do not matter.",
        "Each example is one presentation; networks without plasticity do not move along the axis.",
    )
    anchor = f"{'reconstruction' if other else 'learning'}-curves{material.tag(task)}-{slug(name)}"
    title = f"Learning curves{of}, {name} input{material.on(task)}"
    final = table.groupby("learner", sort=False)[scale.title].last()
    alt = "; ".join(
        f"{label} {f'{100 * value:.0f} %' if scale.is_share else scale.text(value)}" for label, value in final.items()
    )
    known = [*table[scale.title], *([] if chance is None else [chance])]
    return Figure(
        f"fig-{anchor}",
        title,
        learning_curves.draw(table, material.looks, chance, scale),
        f"{f'Mean {scale.title}' if scale.is_share else scale.name} at the last observation: {alt}.",
        caption,
        frame_table(f"tab-{anchor}", title, table, caption, undefined="needs two seeds"),
        learning_curves.CODE.format(csv=f"data/fig-{anchor}.csv", value=scale.title, spacing=scale.spacing(known)),
    )


def _dotted(scale: Scale, chance: float | None) -> str:
    """What the dotted line is, where there is one."""
    if chance is None:
        return ""
    return "; the dotted line is " + ("chance" if scale.is_share else "the error of the best constant answer")


def _criterion(material: Material, task: str) -> list[Block]:
    name = material.verdict_input
    runs, stick = _summary.examples_to(material, task, name), _summary.yardstick(material, task, name)
    if runs.empty or stick is None:
        return [Callout("gap", f"Examples to criterion{material.on(task)}: -, {_why_none(material, task, name)}.")]
    levels = list(dict.fromkeys(runs["level"]))
    caption = Caption(
        f"Training examples seen before {_criterion_said(material, task, name, stick)}"
        " Read off at the observed points, so each value is an upper bound. Each mark is a seed;"
        " a run that never got there is an arrow at its last observation (censored, not dropped). n ="
        f" {span(runs.groupby(['learner', 'level'])['seed'].count())} seeds; the tick is the median.",
        "Sample efficiency at a common yardstick, not at each learner's own plateau.",
        "Trials to criterion; an arrow is a network that did not reach it in the trials it had.",
    )
    anchor, tag = f"tab-criterion-runs{material.tag(task)}", material.tag(task)
    censored = runs.groupby("learner", sort=False)["reached"].apply(lambda r: int((~r).sum()))
    alt = ", ".join(f"{label} {n}" for label, n in censored.items() if n) or "none"
    figure = Figure(
        f"fig-criterion{tag}",
        f"Examples to criterion{material.on(task)}",
        examples_to_criterion.draw(runs, material.looks, levels),
        f"Examples seen until {listed([f'{100 * share:.0f}' for share in _summary.LEVELS])} % of the"
        f" {'ceiling' if stick.start is None else 'way'}. Runs that did not get to a level: {alt}.",
        caption,
        frame_table(anchor, f"Examples to criterion of every run{material.on(task)}", runs, caption),
        examples_to_criterion.CODE.format(csv=f"data/fig-criterion{tag}.csv"),
    )
    return [figure, _criterion_table(material, task, runs, levels)]


def _why_none(material: Material, task: str, name: str) -> str:
    curves = material.curves(task, name)
    if curves.empty or curves.groupby(["learner", "seed"])["examples_seen"].nunique().max() < 2:
        return "no run has a curve of two or more observations"
    constant = material.chance_in(task, material.watched(task)) is not None
    if not constant and not (curves["examples_seen"] == 0).any():
        return "no run was observed before it learned"
    where = "that of the best constant answer" if constant else "the usual one before learning"
    return f"no learner ended with a {material.watched_scale(task).title} below {where}, so there is no way to measure"


def _criterion_said(material: Material, task: str, name: str, stick: _summary.Yardstick) -> str:
    """What was reached, and what its levels are."""
    scale, on = material.watched_scale(task), f"{literal(task)} ({name} input)"
    if stick.start is None:
        return (
            f"validation {scale.title} on {on} first reached 50, 75 and 90 % of the ceiling,"
            f" {decimal(100 * stick.best, 1)} %, which is the best learner's mean validation {scale.title} at the end"
            " of its training."
        )
    start = "the median over learners of the error before learning" if stick.untrained else "that of the best constant"
    levels = listed([small(stick.level(share)) for share in _summary.LEVELS])
    return (
        f"validation {scale.title} on {on} had first come 50, 75 and 90 % of the way down from {start},"
        f" {scale.text(stick.start)}, to the best learner's mean at the end of its training, {scale.text(stick.best)}:"
        f" to {levels} {scale.unit}."
    )


def _criterion_table(material: Material, task: str, runs: pd.DataFrame, levels: list[str]) -> Table:
    heads = columns("learner", *levels, numeric=levels)
    rows = tuple(
        (words(label), *(criterion_cell(runs, label, level) for level in levels)) for label in material.serving(task)
    )
    caption = Caption(
        f"Median over seeds of the examples seen before each level was reached, {material.verdict_input} input, with"
        " the range over seeds and how many of the n finished seeds reached it. “>” stands before the last observation"
        " where half of the runs or more never got there.",
        "Medians, since censored runs have no mean.",
        "Read “8 of 10” as: 8 of 10 networks reached the criterion.",
    )
    return Table(
        f"tab-criterion{material.tag(task)}", f"Examples to criterion{material.on(task)}", heads, rows, caption
    )


def criterion_cell(runs: pd.DataFrame, label: str, level: str, *, spread: bool = True) -> Cell:
    """Median examples, range and how many runs reached the level; a gap for a learner without a curve."""
    part = runs[(runs["learner"] == label) & (runs["level"] == level)]
    if part.empty:
        return gap("has no such learning curve")
    reached = part["reached"].to_numpy(bool)
    examples = part["examples"].to_numpy(float)
    share = f"{reached.sum()} of {len(part)}"
    median = float(np.median(np.where(reached, examples, np.inf)))
    if not np.isfinite(median):
        return Cell(f"> {count(examples.max()).text} ({share})", np.inf)
    low, high = examples[reached].min(), examples[reached].max()
    around = "" if low == high or not spread else f", {count(low).text} to {count(high).text}"
    return Cell(f"{count(median).text} ({share}{around})", median)
