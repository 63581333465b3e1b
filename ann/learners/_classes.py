"""What learners share that tell classes apart, for a sample or at every step of a sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d, validate_data

from ann import chance
from ann.learners._over_time import answers_over_time, reads_in_time
from ann.losses import ClassLoss

__all__ = ["AnswersClasses"]


class AnswersClasses(ClassifierMixin):
    """Targets are labels; the network has an output for each class, and the largest decides. Goes before the learner.

    Attributes:
        classes_: the labels, sorted.
    """

    loss: str = "cross_entropy"
    class_weight: Any = None
    serves: ClassVar[str] = "class"
    _purpose: ClassVar[str] = "tells classes apart"

    def _checked_targets(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(self, X, y, allow_nd=True, dtype=np.float32)
        check_classification_targets(y)
        return X, self._labelled(y)

    def _labelled(self, y: np.ndarray) -> np.ndarray:
        """The targets, once the labels are known: those in y, or those that were announced."""
        coming = getattr(self, "_coming_", None)
        self.classes_ = np.unique(y if coming is None else coming)
        self._class_factors_ = self._factors(np.asarray(y).reshape(-1))
        return self._known_targets(y)

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Any:
        """As in NetworkLearner; the first call must say which labels there will be.

        Args:
            X: samples, (sample, *shape).
            y: their labels, (sample,), or (sample, time) where each step has one.
            classes: all labels that will ever come; in later calls the same or None.

        Raises:
            ValueError: the first call names no classes, or a later one others; a label is none of them; class_weight is
                "balanced", for which all samples must be known; or as `fit`.
        """
        begun = self._begun  # type: ignore[attr-defined]
        self._check_announced(classes, begun)
        self._coming_ = None if begun else classes
        try:
            return super().partial_fit(X, y)  # type: ignore[misc]
        finally:
            del self._coming_

    def _check_announced(self, classes: Any, begun: bool) -> None:
        if begun and classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"classes = {np.unique(classes)[:10].tolist()}, but they were {self.classes_[:10].tolist()} before. "
                "The network has an output for each of those: name the same or none, or start with a new learner."
            )
        if not begun and classes is None:
            raise ValueError("The first call of partial_fit must name all labels to come: classes = [0, 1, ...].")
        if not begun and isinstance(self.class_weight, str):
            raise ValueError(
                f"class_weight = {self.class_weight!r} is measured on all samples, and partial_fit sees the first of "
                "them only. Give a number for each class: {label: 2.0}."
            )

    def _factors(self, y: np.ndarray) -> np.ndarray | None:
        """The weight of each class, in the order of `classes_`."""
        given = self.class_weight
        if given is None:
            return None
        if not isinstance(given, Mapping) and given != "balanced":
            raise ValueError(
                f'class_weight = {given!r}; expected None, "balanced" or a number for each class: {{label: 2.0}}.'
            )
        for label, factor in dict(given if isinstance(given, Mapping) else {}).items():
            if not isinstance(factor, (int, float, np.number)) or not 0 < factor < np.inf:
                raise ValueError(
                    f"class_weight of {label!r} is {factor!r}, but it must be a number greater than 0. Leave a class "
                    "that does not count out of X and y."
                )
        return compute_class_weight(given, classes=self.classes_, y=y)

    def _more_targets(self, X: Any, y: Any) -> np.ndarray:
        return self._known_targets(column_or_1d(y))

    def _known_targets(self, y: Any) -> np.ndarray:
        y = np.asarray(y)
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            raise ValueError(
                f"The labels {unknown[:5].tolist()} are not among those learned, {self.classes_[:10].tolist()}."
            )
        return np.searchsorted(self.classes_, y).astype(np.int64)

    def _outputs(self) -> int:
        return len(self.classes_)

    def _loss(self) -> ClassLoss:
        factors = getattr(self, "_class_factors_", None)
        if factors is None:
            return ClassLoss(self.loss)
        place = self._reading_.device  # type: ignore[attr-defined]
        return ClassLoss(self.loss, torch.tensor(factors, dtype=torch.float32, device=place))

    def _plain_loss(self) -> ClassLoss:
        return ClassLoss(self.loss)

    def _readout_text(self) -> str:
        return ClassLoss(self.loss).text()

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """The classes' probabilities, (sample, class), in the order of `classes_`; see ann.losses.ClassLoss."""
        return ClassLoss(self.loss).probability(self._answers(X)).numpy()  # type: ignore[attr-defined]

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The most probable label of each sample, (sample,)."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(-1)]

    @available_if(lambda self: reads_in_time(getattr(self, "model", None)))
    def scores_over_time(self, X: np.ndarray) -> np.ndarray:
        """The probabilities if the sample ended after each time step: float32 (sample, time, class).

        The last are those of `predict_proba`. Of networks that read spikes, bin by bin, or sequences, point by point.
        """
        X, own = self._checked(X), ClassLoss(self.loss)  # type: ignore[attr-defined]
        rule, network, state = self._rule_, self.network_, self._rule_state_  # type: ignore[attr-defined]
        with chance.deterministic(), torch.no_grad():
            batches = self._batches(X)  # type: ignore[attr-defined]
            found = [own.probability(answers_over_time(rule, network, x, state).double()).float() for x in batches]
            return torch.cat(found).cpu().numpy()
