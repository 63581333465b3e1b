"""The baseline of generation: every value drawn by itself, from its own Gaussian."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["PixelGaussian"]


class PixelGaussian:
    """x_i from N(m_i, s_i²), with the mean and deviation of value i over the data; nothing ties two values together.

    What is drawn outside the data's own range is set to its nearest end, so that an image stays one.
    """

    def fit(self, X: np.ndarray, y: Any = None) -> PixelGaussian:
        """Learn from samples (sample, *shape).

        Raises:
            ValueError: without samples.
        """
        X = np.asarray(X, np.float64)
        if not len(X):
            raise ValueError("X has no samples. Give at least one.")
        self.mean_, self.deviation_ = X.mean(0), X.std(0)
        self.range_ = float(X.min()), float(X.max())
        return self

    def sample(self, n: int, *, random_state: int | np.random.RandomState | None = None) -> np.ndarray:
        """New samples (n, *shape), float32.

        Args:
            n: how many.
            random_state: a seed, or None for a fresh one.

        Raises:
            ValueError: before `fit`.
        """
        if not hasattr(self, "mean_"):
            raise ValueError("This PixelGaussian has seen no data. Call fit(X) first.")
        from sklearn.utils import check_random_state

        noise = check_random_state(random_state).standard_normal((n, *self.mean_.shape))
        return np.clip(self.mean_ + self.deviation_ * noise, *self.range_).astype(np.float32)
