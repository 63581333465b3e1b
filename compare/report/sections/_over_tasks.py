"""All tasks in one number for each learner, where the tasks' scores have a chance and an ideal value."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Cell, Figure, Table
from compare.report.figures import performance_profile
from compare.report.inline import literal
from compare.report.sections._cells import columns, count, frame_table, gap, listed, with_interval, words
from compare.report.sections._material import Material
from compare.statistics import normalised, over_tasks
from compare.statistics import performance_profile as profile_of
from compare.statistics.over_tasks import RESAMPLES, SEED

TITLE, LEVELS, LEAST = "Interquartile mean over tasks", 101, -1.0  # a profile goes no further below chance
TOO_FEW = "needs two tasks"
NARROW = (
    " Few seeds make percentile intervals too narrow: in simulations of five tasks those of 3, 5 and 10 seeds held the"
    " true value in 83, 90 and 92 % of the cases."
)
Scores = dict[str, np.ndarray]  # task -> normalised scores of the finished seeds


def over_tasks_blocks(material: Material) -> list[Block]:
    """A table of interquartile means, and a profile for each set of tasks that learners have in common."""
    ideals = {task: ends for task in material.tasks if (ends := _ends(material, task)) is not None}
    scores = {label: _scores(material, label, ideals) for label in material.labels}
    sets = {label: tuple(found) for label, found in scores.items() if len(found) > 1 and all(map(len, found.values()))}
    if not sets:
        return [Callout("gap", f"Interquartile mean and performance profile over tasks: -, {_why(material, ideals)}.")]
    figures = [
        _figure(material, place, tasks, {label: scores[label] for label, mine in sets.items() if mine == tasks})
        for place, tasks in enumerate(dict.fromkeys(sets.values()), start=1)
    ]
    return [_table(material, scores, ideals, len(figures)), *figures]


def _ends(material: Material, task: str) -> tuple[float, float] | None:
    """Chance and ideal of a task's score; None where one is unknown or nothing lies between."""
    chance, scale = material.chance_in(task, material.score(task)), material.scale(task)
    ideal = {"higher": 1.0 if scale.is_share else None, "lower": 0.0, "neither": None}[scale.better]
    return None if chance is None or ideal is None or chance == ideal else (chance, ideal)


def _scores(material: Material, label: str, ideals: dict[str, tuple[float, float]]) -> Scores:
    """The tasks that a learner serves; an empty array where it has finished none of them."""
    found = {}
    for task, (chance, ideal) in ideals.items():
        if label in material.serving(task):
            values = material.values(material.score(task).metric, task, material.verdict_input)
            mine = values.loc[values["learner"] == label, "value"].to_numpy(float)
            found[task] = normalised(mine[np.isfinite(mine)], chance, ideal)
    return found


def _why(material: Material, ideals: dict[str, tuple[float, float]]) -> str:
    if len(material.tasks) < 2:
        return TOO_FEW
    if len(ideals) < 2:
        return f"{TOO_FEW} whose score has a chance and an ideal value"
    return "no learner has finished runs on two tasks whose score has a chance and an ideal value"


def _table(material: Material, scores: dict[str, Scores], ideals: dict[str, tuple[float, float]], sets: int) -> Table:
    heads = columns("learner", "tasks", "n", (TITLE.lower(), ""), numeric=("n", TITLE.lower()))
    without = [task for task in material.tasks if task not in ideals]
    ends = literal("; ".join(_scale(material, task, *both) for task, both in ideals.items()))
    caption = Caption(
        f"Test scores on the {material.verdict_input} input, normalised for each task to 0 at chance and 1 at the ideal"
        f" score ({ends}), and of all runs of a learner the mean of the middle half. In brackets the 95 % percentile"
        f" interval of a stratified bootstrap: seeds drawn anew within each task, {RESAMPLES:,} times, generator seeded"
        f" with {SEED}; none where a task has one finished seed. n is the number of runs, all seeds of all its"
        f" tasks.{NARROW}"
        + (f" Left out, without chance or ideal: {literal(listed(without))}." if without else "")
        + (" Learners of different tasks are not comparable." if sets > 1 else ""),
        "As rliable's IQM, without a human reference: chance and the ideal take the places of random and human scores.",
        "Tasks are fixed, seeds are drawn: it says nothing of tasks that are not in the study.",
    )
    rows = tuple(_row(label, scores[label]) for label in material.labels)
    return Table("tab-interquartile-mean", TITLE, heads, rows, caption)


def _scale(material: Material, task: str, chance: float, ideal: float) -> str:
    scale = material.scale(task)
    return f"{task}: {scale.title}, {scale.text(chance)} to {scale.text(ideal)}"


def _row(label: str, scores: Scores) -> tuple[Cell, ...]:
    tasks = words(listed(list(scores))) if scores else gap("none of these")
    runs, unfinished = sum(map(len, scores.values())), [task for task, values in scores.items() if not len(values)]
    if len(scores) < 2 or unfinished:
        why = TOO_FEW if len(scores) < 2 else f"no finished run on {literal(listed(unfinished))}"
        return words(label), tasks, count(runs), gap(why)
    found = over_tasks(list(scores.values()))
    return words(label), tasks, count(runs), with_interval(found.mean, found.low, found.high, digits=3)


def _figure(material: Material, place: int, tasks: Sequence[str], scores: dict[str, Scores]) -> Figure:
    least = min(values.min() for of in scores.values() for values in of.values())
    levels = np.linspace(max(min(0.0, np.floor(10 * least) / 10), LEAST), 1.0, LEVELS)
    parts = []
    for label, of in scores.items():
        found = profile_of(list(of.values()), levels)
        table = {"learner": label, "normalised score": levels, "share of runs above": found.share}
        parts.append(pd.DataFrame({**table, "low": found.low, "high": found.high}))
    frame = pd.concat(parts, ignore_index=True)
    n = sorted({sum(map(len, of.values())) for of in scores.values()})
    caption = Caption(
        f"For each level τ the share of a learner's runs on {literal(listed(list(tasks)))} whose normalised score lies"
        f" above it, every task with equal weight; scores as in [](#tab-interquartile-mean). A curve further up and to"
        " the right is better; where two cross, which is ahead depends on the level. The band is the pointwise 95 %"
        f" percentile interval of the same stratified bootstrap ({RESAMPLES:,} draws, generator seeded with {SEED});"
        f" n = {' or '.join(map(str, n))} runs for each learner.{NARROW}",
        "The area under a curve from 0 to 1 is the mean score where no run lies outside.",
        "As a survival curve over networks: at each level, how many still stand.",
    )
    anchor = "profile" + (f"-{place}" if place > 1 else "")
    title = "Performance profile" + (f", {listed(list(tasks))}" if place > 1 else "")
    middle = {label: np.mean([(values > 0.5).mean() for values in of.values()]) for label, of in scores.items()}
    alt = "; ".join(f"{label} {100 * share:.0f} %" for label, share in middle.items())
    return Figure(
        f"fig-{anchor}",
        title,
        performance_profile.draw(frame, material.looks),
        f"Share of runs with a normalised score above one half: {alt}.",
        caption,
        frame_table(f"tab-{anchor}", title, frame, caption, undefined="needs two seeds of every task"),
        performance_profile.CODE.format(csv=f"data/fig-{anchor}.csv"),
    )
