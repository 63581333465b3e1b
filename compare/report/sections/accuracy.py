"""Section 5: how good the answers are, each task judged by its own score."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure, Section
from compare.report.figures import accuracy_dots, paired_differences
from compare.report.figures.scale import Scale
from compare.report.figures.style import Look
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._answered_values import value_block
from compare.report.sections._by_step import step_block
from compare.report.sections._cells import frame_table, listed, span
from compare.report.sections._classification import class_blocks
from compare.report.sections._contrasts import (
    NO_MARGIN,
    contrasts_of,
    differences_of,
    intervals_of,
    margin_of,
    verdict_table,
)
from compare.report.sections._made_samples import sheet_block
from compare.report.sections._material import Material
from compare.report.sections._over_tasks import over_tasks_blocks
from compare.report.sections._score_table import RECONSTRUCTION, score_table
from compare.scores import Score


def section(material: Material) -> Section:
    blocks: list[Block] = []
    for task in material.tasks:
        blocks += [_dots(material, task), *_paired(material, task), score_table(material, task)]
        blocks += _looked_at(material, task)
    blocks += over_tasks_blocks(material)
    return Section("accuracy", "5", "Accuracy" if material.judged_by_accuracy else "Answers", tuple(blocks))


def _looked_at(material: Material, task: str) -> list[Block]:
    """What the score sums up, by the kind of target."""
    target, blocks = material.target(task), []
    if target == "none":
        if material.score(task) != RECONSTRUCTION and not material.values(RECONSTRUCTION.metric, task).empty:
            blocks.append(_dots(material, task, RECONSTRUCTION))
        return [*blocks, sheet_block(material, task)]
    if target.startswith("class"):
        blocks += class_blocks(material, task)
    else:
        blocks.append(value_block(material, task))
    return [*blocks, step_block(material, task)] if target.endswith("per step") else blocks


def _dots(material: Material, task: str, other: Score | None = None) -> Block:
    score = other or material.score(task)
    scale = Scale.of(score) if other else material.scale(task)
    values = material.values(score.metric, task).rename(columns={"value": scale.title})
    if values.empty:
        return Callout("gap", f"{scale.name} on {literal(task)}: -, {_why_none(material, task)}.")
    summary = _summary.by(values, ["learner", "input"], scale.title)
    drawn = "Each dot is one seed; the" if summary["n"].max() <= accuracy_dots.SEEDS_SHOWN else "The"
    chance = material.chance_in(task, score)
    first = scale.begins(values[scale.title], summary["low"])
    looks = material.serving_looks(task)
    if material.target(task) == "none":  # whoever makes no samples, or gives none back, has no such score
        without = set(material.study.index.query("status == 'done'")["label"]) - set(values["learner"])
        looks = {label: look for label, look in looks.items() if label not in without}
    caption = Caption(
        f"{scale.name} on the test set of {literal(task)}{_in_unit(scale)}. {drawn} black tick is the mean and"
        f" the line its {_summary.INTERVAL} (n = {span(summary['n'])} seeds, independent networks)"
        f"{_chance_line(material, task, scale, chance, first) if chance is not None else ''}. The"
        " test set is the same for all, so the intervals say nothing of other test sets."
        + (f" The axis begins at {scale.text(first)}, not at 0." if first else "")
        + _spacing(scale, [*values[scale.title], *([] if chance is None else [chance])])
        + _not_drawn(material, material.serving(task), looks),
        "Seeds change the initial weights, the order of samples and the encoding noise; the test set is fixed.",
        "A seed is one network raised anew, as one animal; dots are networks, not stimuli.",
    )
    what = "reconstruction" if other else "accuracy"
    anchor, title = f"tab-{what}-seeds{material.tag(task)}", f"{scale.name} of every seed{material.on(task)}"
    return Figure(
        f"fig-{what}{material.tag(task)}",
        title,
        accuracy_dots.draw(values, summary, looks, material.inputs, chance, scale),
        f"Dots for {len(looks)} learners and {len(material.inputs)} inputs on {task}.{_head(material, summary, scale)}",
        caption,
        frame_table(anchor, title, values, caption),
        accuracy_dots.CODE.format(
            csv=f"data/fig-{what}{material.tag(task)}.csv",
            value=scale.title,
            spacing=scale.spacing(values[scale.title]),
        ),
    )


def _why_none(material: Material, task: str) -> str:
    """Why no run of a task has the number."""
    made = material.target(task) == "none" and material.runs(task)
    return "no learner of this study makes samples" if made else "no run has finished"


def _in_unit(scale: Scale) -> str:
    said = [f"in {scale.unit_in_words}" if scale.unit else "", scale.preference]
    return "".join(f", {words}" for words in said if words)


def _chance_line(material: Material, task: str, scale: Scale, chance: float, first: float) -> str:
    if chance < first:
        return f"; {scale.chance}, {scale.text(chance)}, lies to the left of the axis"
    if not material.target(task).startswith("value"):
        return "; the dashed line is chance"
    return "; the dashed line is the error of the best constant, the answer that looks at no sample"


def _spacing(scale: Scale, values: list[float]) -> str:
    return " Logarithmic axis." if scale.spacing(values) == "log" else ""


def _not_drawn(material: Material, serving: Collection[str], looks: dict[str, Look]) -> str:
    without = [label for label in serving if label not in looks]
    said = f" Not drawn, because they have no such score: {literal(listed(without))}." if without else ""
    return said + (" Learners that refuse the task are in [](#limits)." if len(serving) < len(material.labels) else "")


def _head(material: Material, summary: pd.DataFrame, scale: Scale) -> str:
    """The best learner, for the words that stand for the picture."""
    best = summary[summary["input"] == material.verdict_input].sort_values("mean", ascending=scale.better == "lower")
    if best.empty or scale.better == "neither":
        return ""
    word = "Lowest" if scale.better == "lower" else "Highest"
    return f" {word} on {material.verdict_input} input: {best.iloc[0]['learner']}, {scale.text(best.iloc[0]['mean'])}."


def _paired(material: Material, task: str) -> list[Block]:
    found = contrasts_of(material, task)
    if not found:
        why = (
            "both learners of every contrast would have to serve this task"
            if material.plan.get("contrasts")
            else "the experiment names no contrasts"
        )
        return [Callout("gap", f"Paired differences{material.on(task)}: -, {why}.")]
    seeds, intervals = differences_of(material, task, found), intervals_of(found)
    blocks: list[Block] = []
    if seeds.empty:
        blocks.append(
            Callout("gap", f"Paired differences{material.on(task)}: -, no seed was finished by both learners.")
        )
    else:
        blocks.append(_paired_figure(material, task, seeds, intervals))
    return [*blocks, verdict_table(material, task, found)]


def _paired_figure(material: Material, task: str, seeds: pd.DataFrame, intervals: pd.DataFrame) -> Figure:
    n, scale = seeds.groupby("contrast")["seed"].count(), material.scale(task)
    unit, margin = "percentage points" if scale.is_share else scale.unit, margin_of(material, task)
    caption = Caption(
        f"Difference in test {scale.title} on {literal(task)} between two learners with the same seed,"
        f" {material.verdict_input} input{f', in {unit}' if unit else ''}"
        + ("; below 0 the first of the two is better" if scale.better == "lower" else "")
        + ". Dots are seeds, the black tick is the mean, the line"
        " the 95 % paired t interval after Holm's correction over the contrasts, which were named beforehand"
        + (f"; the band is the margin of {margin} declared to matter." if margin else f". {NO_MARGIN}")
        + f" n = {span(n)} pairs of seeds.",
        "A pair shares its data and, on encoded input, its spikes; the variance of both cancels.",
        "As a within-subject design: the same stimuli and the same noise for both, one value for each pair.",
    )
    anchor = f"tab-paired-seeds{material.tag(task)}"
    shown = "+.1f" if scale.is_share else "+.3g"
    alt = "; ".join(f"{r.contrast}: {scale.factor * r.mean:{shown}} {scale.points}" for r in intervals.itertuples())
    return Figure(
        f"fig-paired{material.tag(task)}",
        f"Paired differences{material.on(task)}",
        paired_differences.draw(seeds, intervals, material.margin(task), scale),
        f"Mean differences. {alt}.",
        caption,
        frame_table(anchor, f"Difference of every pair{material.on(task)}", seeds, caption),
        paired_differences.CODE.format(csv=f"data/fig-paired{material.tag(task)}.csv", value=scale.title),
    )
