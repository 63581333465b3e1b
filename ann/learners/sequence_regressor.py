"""A value for every step of a sequence, by any recurrent network"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.metrics import r2_score

from ann.learners._per_step import AnswersEveryStep, same_steps
from ann.learners.regressor import Regressor


class SequenceRegressor(AnswersEveryStep, Regressor):
    """A recurrent model and a rule: values at every step. Sequences with one value for the whole are a Regressor's.

    Args:
        model: a recipe that answers at every step, `ann.GRU(hidden=(64,))`.
        rule: how it learns; None is Backprop(), through time.
        loss, epochs, batch_size, patience, clip_norm, precision, device, random_state: as in
            ann.Regressor; the loss is the mean over all steps.
        encoder: of no use here, since a sequence has its own time; part of every learner's protocol. Give None.

    Example:
        >>> import numpy as np
        >>> from ann import GRU, SequenceRegressor
        >>> X = np.random.default_rng(0).random((200, 8, 1))
        >>> y = np.cumsum(X[:, :, 0], 1)
        >>> SequenceRegressor(GRU((16,)), epochs=60, random_state=0).fit(X, y).score(X, y) > 0.9
        True
    """

    name: ClassVar[str] = "sequence_regressor"
    serves: ClassVar[str] = "value per step"
    _purpose: ClassVar[str] = "predicts values at every step"
    _axes: ClassVar[int] = 2

    def _checked_targets(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        X, y = same_steps(self, X, y)
        values = np.asarray(y, np.float64)
        if values.ndim > 3 or not np.isfinite(values).all():
            raise ValueError(
                f"y has the shape {values.shape}; expected finite values, (sample, time) or with a value axis."
            )
        self._flat_ = values.ndim == 2
        self.target_mean_, scale = values.mean((0, 1)), values.std((0, 1))
        self.target_scale_ = np.where(scale > 0, scale, 1.0)
        return X, self._known_targets(values)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The values, (sample, time) or (sample, time, value), as the training targets."""
        answers = self._answers(X).numpy()
        return (answers[..., 0] if self._flat_ else answers) * self.target_scale_ + self.target_mean_

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Coefficient of determination over all steps, the mean over values."""
        found, y = self.predict(X), np.asarray(y, np.float64)
        rows = (len(y) * y.shape[1], -1)
        weights = None if sample_weight is None else np.repeat(sample_weight, y.shape[1])
        return float(r2_score(y.reshape(rows), found.reshape(rows), sample_weight=weights))
