"""Section 6: how fast accuracy grows with the examples seen."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Cell, Figure, Section, Table
from compare.report.figures import examples_to_criterion, learning_curves
from compare.report.figures.style import slug
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import columns, count, decimal, frame_table, gap, span, words
from compare.report.sections._material import Material


def section(material: Material) -> Section:
    blocks: list[Block] = []
    for task in material.tasks:
        blocks += [_curves(material, task, name) for name in material.inputs]
        blocks += _criterion(material, task)
    blocks.append(Callout("gap", "Accuracy by the size of the training set: -, not measured in this study."))
    return Section("learning", "6", "Learning", tuple(blocks))


def _curves(material: Material, task: str, name: str) -> Block:
    curves = material.curves(task, name)
    if curves.empty:
        return Callout(
            "gap", f"Learning curves on {literal(task)}, {name} input: -, no run was observed while it learned."
        )
    table = _summary.by(curves, ["learner", "examples_seen"]).rename(
        columns={"examples_seen": "examples seen", "mean": "accuracy"}
    )
    table = material.in_order(table, "examples seen")
    flat = [str(label) for label, part in table.groupby("learner", sort=False) if part["examples seen"].nunique() < 2]
    caption = Caption(
        f"Accuracy on the validation set of {literal(task)}, {name} input, against the number of training examples seen"
        f" so far (= presentations, repeats counted; logarithmic, linear near 0). Mean and {_summary.INTERVAL} (band; n"
        f" = {span(table['n'])} seeds); the dotted line is chance. Observed at set numbers of examples; lines between"
        " are a guide for the eye." + (f" Observed once only: {literal(', '.join(flat))}." if flat else ""),
        "One epoch is one pass over the training set; the axis counts samples, so batch sizes do not matter.",
        "Each example is one presentation; networks without plasticity do not move along the axis.",
    )
    tag = f"{material.tag(task)}-{slug(name)}"
    anchor = f"tab-learning-curves{tag}"
    final = table.groupby("learner", sort=False)["accuracy"].last()
    alt = "; ".join(f"{label} {100 * value:.0f} %" for label, value in final.items())
    return Figure(
        f"fig-learning-curves{tag}",
        f"Learning curves, {name} input{material.on(task)}",
        learning_curves.draw(table, material.looks, material.chance(task)),
        f"Mean accuracy at the last observation: {alt}.",
        caption,
        frame_table(
            anchor, f"Learning curves, {name} input{material.on(task)}", table, caption, undefined="needs two seeds"
        ),
        learning_curves.CODE.format(csv=f"data/fig-learning-curves{tag}.csv"),
    )


def _criterion(material: Material, task: str) -> list[Block]:
    name = material.verdict_input
    runs, top = _summary.examples_to(material, task, name), _summary.ceiling(material, task, name)
    if runs.empty or top is None:
        return [
            Callout(
                "gap", f"Examples to criterion{material.on(task)}: -, no run has a curve of two or more observations."
            )
        ]
    levels = list(dict.fromkeys(runs["level"]))
    caption = Caption(
        f"Training examples seen before validation accuracy on {literal(task)} ({name} input) first reached 50, 75 and"
        f" 90 % of the ceiling, {decimal(100 * top, 1)} %, which is the best learner's mean validation accuracy at the"
        " end of its training. Read off at the observed points, so each value is an upper bound. Each mark is a seed;"
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
        f"Examples seen until 50, 75 and 90 % of the ceiling. Runs that did not get to a level: {alt}.",
        caption,
        frame_table(anchor, f"Examples to criterion of every run{material.on(task)}", runs, caption),
        examples_to_criterion.CODE.format(csv=f"data/fig-criterion{tag}.csv"),
    )
    return [figure, _criterion_table(material, task, runs, levels)]


def _criterion_table(material: Material, task: str, runs: pd.DataFrame, levels: list[str]) -> Table:
    heads = columns("learner", *levels, numeric=levels)
    rows = tuple((words(label), *(criterion_cell(runs, label, level) for level in levels)) for label in material.labels)
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
        return gap("has no learning curve")
    reached = part["reached"].to_numpy(bool)
    examples = part["examples"].to_numpy(float)
    share = f"{reached.sum()} of {len(part)}"
    median = float(np.median(np.where(reached, examples, np.inf)))
    if not np.isfinite(median):
        return Cell(f"> {count(examples.max()).text} ({share})", np.inf)
    low, high = examples[reached].min(), examples[reached].max()
    around = "" if low == high or not spread else f", {count(low).text} to {count(high).text}"
    return Cell(f"{count(median).text} ({share}{around})", median)
