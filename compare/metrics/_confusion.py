"""The confusion matrix: which class was taken for which."""

from __future__ import annotations

import numpy as np

from compare.contract import Evidence


def confusion_matrix(y: np.ndarray, prediction: np.ndarray, classes: int | None = None) -> np.ndarray:
    """Counts of (true class, predicted class).

    Args:
        y: (sample,) class indices from 0.
        prediction: (sample,) class indices from 0.
        classes: how many there are; None for as many as occur.

    Returns:
        (class, class) int64: rows are true classes, columns predicted ones.

    Raises:
        ValueError: lengths differ, or an index lies outside.
    """
    y, prediction = np.asarray(y, dtype=np.int64), np.asarray(prediction, dtype=np.int64)
    if y.shape != prediction.shape:
        raise ValueError(f"y has the shape {y.shape}, the prediction {prediction.shape}; expected the same.")
    indices = np.concatenate([y, prediction])
    highest = int(indices.max(initial=-1))
    count = highest + 1 if classes is None else classes
    if highest >= count or indices.min(initial=0) < 0:
        raise ValueError(f"class indices reach from {indices.min()} to {highest}; expected 0 to {count - 1}.")
    return np.bincount(y * count + prediction, minlength=count * count).reshape(count, count)


def class_counts(evidence: Evidence) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each class that occurs in labels or predictions: how often told right, how often told, how often true."""
    matrix = confusion_matrix(np.asarray(evidence.y), np.asarray(evidence.prediction))
    correct, called, present = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    occurs = called + present > 0
    return correct[occurs], called[occurs], present[occurs]


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, 0 where whole is 0."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
