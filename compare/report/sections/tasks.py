"""Section 3: the tasks, their data and what the encoder makes of it."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

from compare.report.document import Block, Caption, Cell, Section, Table
from compare.report.figures.scale import Scale
from compare.report.inline import literal
from compare.report.sections._cells import columns, count, decimal, gap, listed, small, words
from compare.report.sections._example_stimuli import example_stimuli_block
from compare.report.sections._material import Material
from compare.scores import score_of

KINDS = {"none": "samples, no target"}


def section(material: Material) -> Section:
    blocks: list[Block] = [_facts(material)]
    for task in material.tasks:
        blocks.append(example_stimuli_block(material, task))
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
