"""Section 5: how good the predictions are."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Cell, Figure, Section, Table
from compare.report.figures import accuracy_dots, calibration, confusion, paired_differences
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import (
    columns,
    count,
    decimal,
    frame_table,
    gap,
    span,
    with_interval,
    words,
)
from compare.report.sections._contrasts import contrasts_of, differences_of, intervals_of, verdict_table
from compare.report.sections._material import Material

SCORES = ("accuracy", "precision", "recall", "f1")
BINS = 10
LEAST_IN_A_BIN = 10


def section(material: Material) -> Section:
    blocks: list[Block] = []
    for task in material.tasks:
        blocks += [_dots(material, task), *_paired(material, task), _scores(material, task)]
        blocks += [_confusion(material, task), _calibration(material, task)]
    blocks.append(_across(material))
    return Section("accuracy", "5", "Accuracy", tuple(blocks))


def _dots(material: Material, task: str) -> Block:
    values = material.values("accuracy", task).rename(columns={"value": "accuracy"})
    if values.empty:
        return Callout("gap", f"Accuracy on {literal(task)}: -, no run has finished.")
    summary = _summary.by(values, ["learner", "input"], "accuracy")
    drawn = "Each dot is one seed; the" if summary["n"].max() <= accuracy_dots.SEEDS_SHOWN else "The"
    caption = Caption(
        f"Accuracy on the test set of {literal(task)}, in percent. {drawn} black tick is the mean and the line its"
        f" {_summary.INTERVAL} (n = {span(summary['n'])} seeds, independent networks); the dashed line is chance. The"
        " test set is the same for all, so the intervals say nothing of other test sets.",
        "Seeds change the initial weights, the order of samples and the encoding noise; the test set is fixed.",
        "A seed is one network raised anew, as one animal; dots are networks, not stimuli.",
    )
    best = summary[summary["input"] == material.verdict_input].sort_values("mean", ascending=False)
    head = (
        ""
        if best.empty
        else (
            f" Highest on {material.verdict_input} input: {best.iloc[0]['learner']},"
            f" {100 * best.iloc[0]['mean']:.1f} %."
        )
    )
    anchor = f"tab-accuracy-seeds{material.tag(task)}"
    return Figure(
        f"fig-accuracy{material.tag(task)}",
        f"Accuracy of every seed{material.on(task)}",
        accuracy_dots.draw(values, summary, material.looks, material.inputs, material.chance(task)),
        f"Dots for {len(material.labels)} learners and {len(material.inputs)} inputs on {task}.{head}",
        caption,
        frame_table(anchor, f"Accuracy of every seed{material.on(task)}", values, caption),
        accuracy_dots.CODE.format(csv=f"data/fig-accuracy{material.tag(task)}.csv"),
    )


def _paired(material: Material, task: str) -> list[Block]:
    found = contrasts_of(material, task)
    if not found:
        return [Callout("gap", f"Paired differences{material.on(task)}: -, the experiment names no contrasts.")]
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
    n = seeds.groupby("contrast")["seed"].count()
    caption = Caption(
        f"Difference in test accuracy on {literal(task)} between two learners with the same seed,"
        f" {material.verdict_input} input, in percentage points. Dots are seeds, the black tick is the mean, the line"
        " the 95 % paired t interval after Holm's correction over the contrasts, which were named beforehand; the band"
        f" is the margin of {decimal(100 * material.margin, 1)} points declared to matter. n = {span(n)} pairs of"
        " seeds.",
        "A pair shares its data and, on encoded input, its spikes; the variance of both cancels.",
        "As a within-subject design: the same stimuli and the same noise for both, one value for each pair.",
    )
    anchor = f"tab-paired-seeds{material.tag(task)}"
    alt = "; ".join(f"{row.contrast}: {100 * row.mean:+.1f} points" for row in intervals.itertuples()) + "."
    return Figure(
        f"fig-paired{material.tag(task)}",
        f"Paired differences{material.on(task)}",
        paired_differences.draw(seeds, intervals, material.margin),
        f"Mean differences. {alt}",
        caption,
        frame_table(anchor, f"Difference of every pair{material.on(task)}", seeds, caption),
        paired_differences.CODE.format(csv=f"data/fig-paired{material.tag(task)}.csv"),
    )


def _scores(material: Material, task: str) -> Table:
    table = {name: _summary.by(material.values(name, task), ["learner", "input"]) for name in SCORES}
    rows = [_score_row(material, task, label, name, table) for label in material.labels for name in material.inputs]
    heads = columns("learner", "input", "n", *((score, "%") for score in SCORES), numeric=("n", *SCORES))
    caption = Caption(
        f"Test scores on {literal(task)} in percent: mean over seeds ({_summary.INTERVAL} in brackets; none for n < 2)."
        " Precision, recall and F1 are averaged over classes with equal weight. n is the number of finished runs. A"
        " learner without a finished run keeps its row, with the reason.",
        "Macro averages; a class that was never predicted has precision 0.",
        "Recall of a class is the share of its stimuli that were recognised (the hit rate).",
    )
    return Table(f"tab-accuracy{material.tag(task)}", f"Scores{material.on(task)}", heads, tuple(rows), caption)


def _score_row(
    material: Material, task: str, label: str, name: str, table: dict[str, pd.DataFrame]
) -> tuple[Cell, ...]:
    cells, n = [], 0
    for score in SCORES:
        found = table[score][(table[score]["learner"] == label) & (table[score]["input"] == name)]
        if found.empty:
            cells.append(gap(literal(material.unfinished(label, task, name))))
            continue
        row = found.iloc[0]
        n = int(row["n"]) if score == "accuracy" else n
        cells.append(with_interval(row["mean"], row["low"], row["high"], scale=100))
    return (words(label), words(name), count(n), *cells)


def _predictions(material: Material, task: str) -> dict[str, tuple[np.ndarray, np.ndarray, list[np.ndarray]]]:
    """Learner -> targets, predictions and scores of all finished runs on the verdict's input, seeds joined."""
    found: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray | None]]] = {}
    for run in material.runs(task, material.verdict_input):
        arrays = material.arrays(run)
        if "test_target" in arrays and "test_prediction" in arrays:
            found.setdefault(run.label, []).append(
                (arrays["test_target"], arrays["test_prediction"], arrays.get("test_score"))
            )
    return {
        label: (
            np.concatenate([y for y, _, _ in runs]),
            np.concatenate([p for _, p, _ in runs]),
            [s for _, _, s in runs if s is not None],
        )
        for label, runs in found.items()
    }


def _confusion(material: Material, task: str) -> Block:
    predictions, classes = _predictions(material, task), material.classes(task)
    if not predictions or classes is None:
        return Callout("gap", f"Confusion matrices{material.on(task)}: -, no run kept its predictions.")
    matrices = {}
    for label, (target, prediction, _) in predictions.items():
        counts = np.zeros((classes, classes))
        np.add.at(counts, (target, prediction), 1)
        matrices[label] = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    samples = len(next(iter(predictions.values()))[0])
    names = [str(c) for c in range(classes)]
    caption = Caption(
        f"Of the test samples of {literal(task)} in each true class (row), the share that was given each class"
        f" (column), {material.verdict_input} input; rows sum to 1. Predictions of all finished seeds are pooled (up to"
        f" {samples:,} for each learner); no interval. Learners without a finished run are in [](#limits).",
        "The diagonal is recall by class; a bright column is a class that is predicted too often.",
        "The behavioural confusion matrix: which stimuli the network takes for which.",
    )
    frame = pd.DataFrame(
        [(label, true, *row) for label, matrix in matrices.items() for true, row in zip(names, matrix, strict=True)],
        columns=["learner", "true class", *(f"as {name}" for name in names)],
    )
    anchor = f"tab-confusion{material.tag(task)}"
    worst = {label: max(_off_diagonal(m), key=lambda item: item[2]) for label, m in matrices.items()}
    alt = "; ".join(f"{label}: {i} taken for {j} in {100 * share:.0f} %" for label, (i, j, share) in worst.items())
    return Figure(
        f"fig-confusion{material.tag(task)}",
        f"Confusion matrices{material.on(task)}",
        confusion.draw(matrices, material.looks, names),
        f"Most frequent confusion of each learner. {alt}.",
        caption,
        frame_table(anchor, f"Confusion{material.on(task)}", frame, caption),
        confusion.CODE.format(csv=f"data/fig-confusion{material.tag(task)}.csv"),
    )


def _off_diagonal(matrix: np.ndarray) -> list[tuple[int, int, float]]:
    return [(i, j, float(v)) for (i, j), v in np.ndenumerate(matrix) if i != j]


def _calibration(material: Material, task: str) -> Block:
    rows, without = [], []
    for label, (target, _, scores) in _predictions(material, task).items():
        if not scores or sum(map(len, scores)) != len(target):
            without.append(label)
            continue
        score = np.concatenate(scores)
        confidence, right = score.max(1), score.argmax(1) == target
        place = np.minimum((confidence * BINS).astype(int), BINS - 1)
        for one in np.unique(place):
            inside = place == one
            if inside.sum() < LEAST_IN_A_BIN:
                continue
            rows.append((label, float(confidence[inside].mean()), float(right[inside].mean()), int(inside.sum())))
    if not rows:
        return Callout("gap", f"Calibration{material.on(task)}: -, no run kept class scores.")
    bins = pd.DataFrame(rows, columns=["learner", "confidence", "accuracy", "samples"])
    errors = _calibration_errors(material, task)
    caption = Caption(
        f"Test samples of {literal(task)}, {material.verdict_input} input, sorted into {BINS} bins of equal width by"
        " the learner's largest class score: how often they were right against how sure it was. All finished seeds"
        f" pooled, bins of fewer than {LEAST_IN_A_BIN} samples are left out; no interval. Dashed: perfectly calibrated."
        f" {errors}" + (f" Without scores: {literal(', '.join(without))}." if without else ""),
        "Below the diagonal is overconfident; small bins are noisy, their sizes are in the table.",
        "Scores of a voting network are shares of spikes of the neurons labelled for each class, not probabilities it"
        " was trained for.",
    )
    anchor = f"tab-calibration{material.tag(task)}"
    return Figure(
        f"fig-calibration{material.tag(task)}",
        f"Calibration{material.on(task)}",
        calibration.draw(bins, material.looks),
        f"Share right against confidence for {bins['learner'].nunique()} learners. {errors}".strip(),
        caption,
        frame_table(anchor, f"Calibration{material.on(task)}", bins, caption),
        calibration.CODE.format(csv=f"data/fig-calibration{material.tag(task)}.csv"),
    )


def _calibration_errors(material: Material, task: str) -> str:
    table = _summary.by(
        material.values("expected_calibration_error", task, material.verdict_input), ["learner", "input"]
    )
    if table.empty:
        return ""
    parts = [f"{literal(r.learner)} {decimal(100 * r.mean, 1)}" for r in table.itertuples()]
    return f"Expected calibration error in points, mean over seeds: {', '.join(parts)}."


def _across(material: Material) -> Callout:
    if len(material.tasks) < 2:
        return Callout("gap", "Interquartile mean and performance profile over tasks: -, needs two tasks.")
    return Callout(
        "gap",
        f"Interquartile mean and performance profile over {len(material.tasks)} tasks: -, not computed in this version;"
        " every task stands for itself above.",
    )
