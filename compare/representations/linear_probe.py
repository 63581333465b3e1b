"""Linear read-out: how well a linear classifier tells the class from a layer

Cross-validated accuracy of a regularised linear classifier trained on one layer's activity. Neurons are standardised on
the training folds; the classifier is ridge regression onto one-hot classes with a fixed strength, solved in closed form
(no tuning, no chance). Compare it with the same read-out of the untrained network and of shuffled labels.
Source: Alain & Bengio 2017, ICLR workshop, arXiv:1610.01644; Hoerl & Kennard 1970, Technometrics 12:55 (ridge).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compare.representations._kernels import features

__all__ = ["LinearProbe"]


@dataclass(frozen=True)
class LinearProbe:
    """Accuracy of a linear read-out, a fraction.

    Attributes:
        folds: parts of the cross-validation, each with every class in its share.
        ridge: penalty on the squared weights, per neuron: the kernel's mean variance is 1, so 1 shrinks moderately.
    """

    folds: int = 5
    ridge: float = 1.0

    name: ClassVar[str] = "linear_probe"

    def __call__(self, a: np.ndarray, y: np.ndarray | None = None) -> float:
        """a (sample, neuron), y (sample,) of class labels -> accuracy.

        Raises:
            ValueError: no labels, one class only, or a class with fewer samples than folds.
        """
        x = features(a)
        labels = self._checked(y, len(x))
        classes, index = np.unique(labels, return_inverse=True)
        fold = self._folds(index)
        correct = 0
        for held_out in range(self.folds):
            test = fold == held_out
            score = self._scores(x[~test], index[~test], x[test], len(classes))
            correct += int((score.argmax(axis=1) == index[test]).sum())
        return correct / len(x)

    def _checked(self, y: np.ndarray | None, n: int) -> np.ndarray:
        if y is None or len(y) != n:
            raise ValueError(
                f"linear_probe needs a label per sample: {n} samples, {0 if y is None else len(y)} labels."
            )
        counts = np.unique(y, return_counts=True)[1]
        if len(counts) < 2 or counts.min() < self.folds:
            raise ValueError(
                f"linear_probe needs two classes with at least {self.folds} samples each; "
                f"{len(counts)} classes were given, the smallest with {counts.min()}."
            )
        return np.asarray(y)

    def _folds(self, index: np.ndarray) -> np.ndarray:
        """Deals each class's samples to the folds in turn, as they come: the same split for every layer."""
        fold = np.empty(len(index), dtype=int)
        for label in range(index.max() + 1):
            members = np.flatnonzero(index == label)
            fold[members] = (np.arange(len(members)) + label) % self.folds
        return fold

    def _scores(self, x: np.ndarray, index: np.ndarray, held_out: np.ndarray, classes: int) -> np.ndarray:
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1.0), 0.0) / np.sqrt(x.shape[1])
        train, test = (x - mean) * scale, (held_out - mean) * scale
        target = np.eye(classes)[index]
        share = target.mean(axis=0)
        # The dual form: as many equations as samples, however many neurons.
        dual = np.linalg.solve(train @ train.T + self.ridge * np.eye(len(train)), target - share)
        return test @ (train.T @ dual) + share
