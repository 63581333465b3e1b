"""Section 1: what may be said, the numbers on one page, and what they do not show."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Cell, Figure, Items, Paragraph, Section, Table
from compare.report.figures import pareto
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import (
    NOT_MEASURED,
    columns,
    count,
    frame_table,
    gap,
    listed,
    scored,
    significant,
    span,
    words,
)
from compare.report.sections._contrasts import contrasts_of
from compare.report.sections._material import Material
from compare.report.sections.learning import criterion_cell
from compare.statistics import Verdict

SENTENCES = 5
MISSING = ("modelled energy", "robustness", "forgetting", "locality")


def section(material: Material) -> Section:
    blocks: list[Block] = []
    for task in material.tasks:
        blocks += _said(material, task)
    blocks += [_scorecard(material, task) for task in material.tasks]  # wide tables together share pages on paper
    blocks += [_pareto(material, task) for task in material.tasks]
    blocks += [Paragraph("**What this does not show**"), Items(tuple(_not_shown(material)))]
    return Section("verdict", "1", "Verdict", tuple(blocks))


def summary(material: Material) -> str:
    """One sentence for the head of the page: the first verdict, with its task where there are several."""
    judged = ((task, contrasts_of(material, task)) for task in material.tasks)
    task, found = next(((task, some) for task, some in judged if some), ("", []))
    if not found:
        return "Values are shown; the experiment names no contrasts, so nothing is judged."
    where = f"On {literal(task)}, {material.verdict_input} input. " if len(material.tasks) > 1 else ""
    return where + literal(found[0].sentence)


def _said(material: Material, task: str) -> list[Block]:
    found = contrasts_of(material, task)
    if not found and material.plan.get("contrasts"):
        return [
            Callout("gap", f"Verdict{material.on(task)}: -, no contrast is between two learners that serve this task.")
        ]
    if not found:
        return [
            Callout(
                "gap",
                f"Verdict{material.on(task)}: -, the experiment names no contrasts, so nothing is judged. Values are"
                " shown below.",
            )
        ]
    lead = f"**{literal(task)}, {material.verdict_input} input.** " if len(material.tasks) > 1 else ""
    shown: list[Block] = [Callout("verdict", lead + literal(v.sentence)) for v in found[:SENTENCES]]
    if len(found) > SENTENCES:
        shown.append(
            Paragraph(f"{len(found) - SENTENCES} more contrasts are in [](#tab-verdicts{material.tag(task)}).")
        )
    flips = [v for v in found if np.isfinite(v.p_sign_flip)]
    if flips:
        shown += [
            Paragraph("Sensitivity, from a test that assumes no distribution:"),
            Items(tuple(_flip(v) for v in flips[:SENTENCES])),
        ]
    return shown


def _flip(verdict: Verdict) -> str:
    return f"{literal(verdict.a)} and {literal(verdict.b)}: {literal(verdict.sensitivity)}"


def _scorecard(material: Material, task: str) -> Table:
    name = material.verdict_input
    others = [other for other in material.inputs if other != name]
    runs, stick = _summary.examples_to(material, task, name), _summary.yardstick(material, task, name)
    last = stick.name(_summary.LEVELS[-1]) if stick else ""
    scale, metric = material.scale(task), material.score(task).metric
    accuracies = {one: _summary.by(material.values(metric, task, one), ["learner"]) for one in material.inputs}
    operations = _summary.by(material.values("operations_effective", task, name), ["learner"])
    spikes = _summary.by(material.values("spikes_per_sample", task, name), ["learner"])
    rows = []
    for label in material.serving(task):
        spiking = spikes[spikes["learner"] == label]
        n = len(material.runs(task, name, label))
        rows.append(
            (
                words(label),
                count(n),
                *(_accuracy(material, task, label, one, accuracies[one]) for one in material.inputs),
                criterion_cell(runs, label, last, spread=False),
                _mean(operations[operations["learner"] == label], NOT_MEASURED),
                _mean(spiking, "does not spike"),
                *(gap("not measured") for _ in MISSING),
            )
        )
    heads = columns(
        "learner",
        "n",
        *((f"{scale.title}, {one}", scale.unit) for one in material.inputs),
        "examples to 90 %",
        "effective operations per sample",
        "spikes per sample",
        *MISSING,
        numeric=(
            "n",
            *(f"{scale.title}, {one}" for one in material.inputs),
            "examples to 90 %",
            "effective operations per sample",
            "spikes per sample",
        ),
    )
    caption = Caption(
        f"Every learner on {literal(task)}: test {scale.described} on the {listed([name, *others])} input, median of"
        f" the training examples seen until {last or '90 % of the ceiling'} was reached (runs that reached it; see"
        " [](#learning)), operations counted for one sample, and spikes of the hidden"
        f" neurons. In brackets after a mean: {_summary.INTERVAL}. n is the number of finished seeds on the {name}"
        f" input. “-” names what is missing and why; {listed(MISSING)} were not measured in this study.",
        "A scorecard, not a ranking: columns are not weighed against each other.",
        "Operations are synaptic events and state updates, counted; they are not energy.",
    )
    return Table(
        f"tab-scorecard{material.tag(task)}", f"Scorecard{material.on(task)}", heads, tuple(rows), caption, "wide"
    )


def _accuracy(material: Material, task: str, label: str, name: str, table: pd.DataFrame) -> Cell:
    part = table[table["learner"] == label]
    if part.empty:
        made = material.target(task) == "none" and material.runs(task, name, label)
        return gap("makes no samples" if made else literal(material.unfinished(label, task, name)))
    row = part.iloc[0]
    return scored(row["mean"], row["low"], row["high"], material.scale(task))


def _mean(part: pd.DataFrame, why: str) -> Cell:
    """Mean and interval to three significant digits; a mean without spread stands alone."""
    if part.empty:
        return gap(why)
    mean, low, high = (float(part.iloc[0][key]) for key in ("mean", "low", "high"))
    shown = significant(mean)
    if np.isfinite(low) and high - low > 1e-9 * abs(mean):
        shown += f" ({significant(low)} to {significant(high)})"
    return Cell(shown, mean)


def _pareto(material: Material, task: str) -> Block:
    name, scale = material.verdict_input, material.scale(task)
    against = f"{scale.name} against operations{material.on(task)}"
    scores = _summary.by(material.values(material.score(task).metric, task, name), ["learner"])
    scores = scores.rename(columns={"mean": scale.title})
    operations = _summary.by(material.values("operations_effective", task, name), ["learner"])
    points = scores.merge(operations[["learner", "mean"]].rename(columns={"mean": "operations"}), on="learner")
    points = points[points["operations"] > 0]
    if points.empty:
        return Callout("gap", f"{against}: -, no finished run has counted operations.")
    if scale.better == "neither":
        return Callout("gap", f"{against}: -, neither end of this score is better.")
    points = material.in_order(points)[["learner", "operations", scale.title, "low", "high", "n"]]
    front = list(pareto.pareto_front(points, scale)["learner"])
    points["pareto"] = points["learner"].isin(front)
    without = [label for label in material.serving(task) if label not in set(points["learner"])]
    first = scale.begins(points[scale.title], points["low"])
    caption = Caption(
        f"Test {scale.title if scale.is_share else scale.described} on {literal(task)}, {name} input,"
        " against the effective operations for one sample (those whose"
        f" input is not zero; counted, logarithmic axis). Mean and {_summary.INTERVAL} (vertical line; n ="
        f" {span(points['n'])} seeds). The grey line joins the learners that no other beats on both, by their means"
        " alone. Open marks are controls."
        + (f" The {scale.title} axis begins at {scale.text(first)}, not at 0." if first else "")
        + (f" Without a point: {literal(listed(without))}." if without else ""),
        "A MAC and an AC count as one operation each here; they do not cost the same, see [](#cost).",
        "An accumulate is one synaptic event; operations of different kinds of network are counts, not joules.",
    )
    anchor = f"tab-pareto{material.tag(task)}"
    return Figure(
        f"fig-pareto{material.tag(task)}",
        against,
        pareto.draw(points, material.looks, scale),
        f"On the Pareto line, from few operations to many: {', '.join(front)}.",
        caption,
        frame_table(anchor, against, points, caption, undefined="needs two seeds"),
        pareto.CODE.format(
            csv=f"data/fig-pareto{material.tag(task)}.csv",
            value=scale.title,
            spacing=scale.spacing(points[scale.title]),
        ),
    )


def _not_shown(material: Material) -> Sequence[str]:
    names = listed([literal(task) for task in material.tasks])
    index = material.study.index
    index = index[index["status"] != "refused"]  # what a learner does not serve was never to be had
    lost = int((index["status"] != "done").sum())
    said = [
        (
            "Which learner is best when tuned: learners ran at the settings in [](#tab-settings), without equal tuning"
            " budgets."
        ),
        (
            f"Other data: {'one task' if len(material.tasks) == 1 else f'{len(material.tasks)} tasks'} ({names}) with"
            " one test set each; intervals are over seeds."
        ),
        "Energy, robustness to noise, forgetting and decision time: not measured in this study.",
        "Other sizes: each learner ran at one size; what was matched is in [](#fairness).",
        "Brains: the biological learners are models of single mechanisms, on a task made for machines.",
    ]
    if lost:
        said.append(
            f"{lost} of {len(index)} runs that no learner refused gave no result; they are in [](#limits) and in no"
            " mean."
        )
    if len(material.seeds) < 10:
        said.append(f"Small differences: {len(material.seeds)} seeds, 10 are advised.")
    return said
