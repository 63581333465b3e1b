"""Which class was taken for which, and how sure a learner was of it."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import calibration, confusion
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import decimal, frame_table
from compare.report.sections._material import Material

BINS = 10
LEAST_IN_A_BIN = 10
EVERY_STEP = " Every step of a sequence counts as a sample."


def class_blocks(material: Material, task: str) -> list[Block]:
    """Confusion matrices and calibration of a task of classes; answers at every step count as so many samples."""
    predictions = _predictions(material, task)
    return [_confusion(material, task, predictions), _calibration(material, task, predictions)]


Predictions = dict[str, tuple[np.ndarray, np.ndarray, list[np.ndarray]]]


def _predictions(material: Material, task: str) -> Predictions:
    """Learner -> targets, predictions and scores of all finished runs on the verdict's input, seeds joined."""
    found: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray | None]]] = {}
    for run in material.runs(task, material.verdict_input):
        arrays = material.arrays(run)
        if "test_target" in arrays and "test_prediction" in arrays:
            score = arrays.get("test_score")
            flat = None if score is None else score.reshape(-1, score.shape[-1])
            found.setdefault(run.label, []).append(
                (arrays["test_target"].ravel(), arrays["test_prediction"].ravel(), flat)
            )
    return {
        label: (
            np.concatenate([y for y, _, _ in runs]),
            np.concatenate([p for _, p, _ in runs]),
            [s for _, _, s in runs if s is not None],
        )
        for label, runs in found.items()
    }


def _confusion(material: Material, task: str, predictions: Predictions) -> Block:
    classes = material.classes(task)
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
        f" {samples:,} for each learner); no interval. Learners without a finished run are in [](#limits)."
        + _steps(material, task),
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


def _calibration(material: Material, task: str, predictions: Predictions) -> Block:
    rows, without = [], []
    for label, (target, _, scores) in predictions.items():
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
        f" {errors}" + (f" Without scores: {literal(', '.join(without))}." if without else "") + _steps(material, task),
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


def _steps(material: Material, task: str) -> str:
    return EVERY_STEP if material.target(task) == "class per step" else ""
