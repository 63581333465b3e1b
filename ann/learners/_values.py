"""What learners share that answer with values, for a sample or at every step of a sequence."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import column_or_1d, validate_data

from ann.losses import ValueLoss

__all__ = ["AnswersValues"]


class AnswersValues(RegressorMixin):
    """Targets are numbers. Goes before the learner.

    The network learns them with mean 0 and standard deviation 1 over the training samples, so that one learning rate
    serves any scale; answers are in the targets' own unit of measure.

    Attributes:
        target_mean_, target_scale_: (value,) or numbers, of the training samples.
    """

    loss: str = "mse"
    serves: ClassVar[str] = "value"
    _purpose: ClassVar[str] = "predicts values"
    _axes: ClassVar[int] = 1  # of the targets, before that of the values

    def _checked_targets(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(self, X, y, allow_nd=True, dtype=np.float32, y_numeric=True, multi_output=True)
        y = np.asarray(y, np.float64)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        self._flat_ = y.ndim == 1
        self.target_mean_, scale = y.mean(0), y.std(0)
        self.target_scale_ = np.where(scale > 0, scale, 1.0)
        return X, self._known_targets(y)

    def _known_targets(self, y: Any) -> np.ndarray:
        values = np.asarray(y, np.float64)
        if self._flat_ and values.ndim == self._axes + 1 and values.shape[-1] == 1:
            values = values[..., 0]
        wanted = () if self._flat_ else (self._outputs(),)
        if values.ndim < self._axes or values.shape[self._axes :] != wanted:
            names = ", ".join(("sample", "time")[: self._axes] + tuple(map(str, wanted)))
            raise ValueError(f"y has the shape {values.shape}; expected ({names}), as the first targets had.")
        if not np.isfinite(values).all():
            raise ValueError("y holds NaN or infinite values. Remove or replace them.")
        values = (values - self.target_mean_) / self.target_scale_
        return (values[..., None] if self._flat_ else values).astype(np.float32)

    def _outputs(self) -> int:
        return int(np.size(self.target_mean_))

    def _loss(self) -> ValueLoss:
        return ValueLoss(self.loss)

    def _readout_text(self) -> str:
        return "the output layer's values"

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The values, in the shape of the training targets: (sample,) or (sample, value)."""
        answers = self._answers(X).numpy()  # type: ignore[attr-defined]
        answers = answers[:, 0] if self._flat_ else answers
        return answers * self.target_scale_ + self.target_mean_
