"""A label for every step of a sequence, by any recurrent network"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from ann.learners._per_step import AnswersEveryStep, same_steps
from ann.learners.classifier import Classifier


class SequenceClassifier(AnswersEveryStep, Classifier):
    """A recurrent model and a rule: at every step, the largest output decides. A sequence with one label for the whole
    of it is a Classifier's.

    Args:
        model: a recipe that answers at every step, `ann.GRU(hidden=(64,))`.
        rule: how it learns; None is Backprop(), through time.
        loss, class_weight, epochs, batch_size, patience, clip_norm, precision, device, random_state: as in
            ann.Classifier; the loss is the mean over all steps.
        encoder: of no use here, since a sequence has its own time; part of every learner's protocol. Give None.

    Attributes:
        classes_: the labels, sorted.

    Example:
        >>> import numpy as np
        >>> from ann import GRU, SequenceClassifier
        >>> X = np.random.default_rng(0).integers(0, 2, (200, 8, 1))
        >>> y = (np.cumsum(X[:, :, 0], 1) > 2).astype(int)      # were there more than two so far?
        >>> SequenceClassifier(GRU((16,)), epochs=60, random_state=0).fit(X, y).score(X, y) > 0.9
        True
    """

    name: ClassVar[str] = "sequence_classifier"
    serves: ClassVar[str] = "class per step"
    _purpose: ClassVar[str] = "tells classes apart at every step"

    def _checked_targets(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        X, y = same_steps(self, X, y)
        _check_axes(y)
        check_classification_targets(y.reshape(-1))
        return X, self._labelled(y)

    def _more_targets(self, X: Any, y: Any) -> np.ndarray:
        y = np.asarray(y)
        _check_axes(y)
        return super()._more_targets(X, y)

    def scores_over_time(self, X: np.ndarray) -> np.ndarray:
        """The probabilities at every step, float32 (sample, time, class): as `predict_proba`."""
        return self.predict_proba(X).astype(np.float32)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Share of all steps that are told right."""
        right = (self.predict(X) == np.asarray(y)).mean(1)
        return float(np.average(right, weights=sample_weight))


def _check_axes(y: np.ndarray) -> None:
    if y.ndim != 2:
        raise ValueError(f"y has the shape {y.shape}; expected a label for each step, (sample, time).")
