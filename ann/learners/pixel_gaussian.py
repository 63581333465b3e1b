"""Control of generation: every value is drawn by itself, from its own Gaussian"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ann.learners._controls_of_samples import ControlOfSamples
from ann.source import Source


class PixelGaussian(ControlOfSamples):
    """x_i from N(m_i, s_i²), with the mean and deviation of value i over the data; nothing ties two values together.

    What is drawn outside the data's own range is set to its nearest end, so that an image stays one. A generator that
    comes no nearer to the data has learned nothing of how values belong together.

    Attributes:
        mean_, deviation_: m and s, (*shape).  range_: the lowest and the highest value of the data.

    Example:
        >>> import numpy as np
        >>> learner = PixelGaussian().fit(np.array([[0.0, 1.0], [1.0, 1.0]]))
        >>> learner.mean_.tolist(), learner.deviation_.tolist(), learner.sample(3, random_state=0).shape
        ([0.5, 1.0], [0.5, 0.0], (3, 2))

    Source: Fisher 1922, doi:10.1098/rsta.1922.0009 (maximum likelihood).
    """

    name: ClassVar[str] = "pixel_gaussian"
    _rule: ClassVar[dict[str, str]] = {
        "name": "maximum_likelihood",
        "equation": "m = mean of x;  s² = mean of (x - m)²",
        "text": "Mean and deviation of each value by itself, in one look at the samples.",
    }
    _readout: ClassVar[str] = "every value drawn by itself; as a reconstruction, the mean sample"
    _source: ClassVar[Source] = Source(
        "Fisher 1922, Phil. Trans. R. Soc. A 222:309",
        "Fisher, R. A.",
        "On the mathematical foundations of theoretical statistics",
        "Philosophical Transactions of the Royal Society A",
        1922,
        "10.1098/rsta.1922.0009",
    )

    def _keep(self, X: np.ndarray) -> None:
        self.mean_, self.deviation_ = X.mean(0, dtype=np.float64), X.std(0, dtype=np.float64)
        self.range_ = float(X.min()), float(X.max())

    def _drawn(self, n: int, source: np.random.Generator) -> np.ndarray:
        noise = source.standard_normal((n, *self.mean_.shape))
        return np.clip(self.mean_ + self.deviation_ * noise, *self.range_)

    def _parameters(self) -> int:
        return 2 * self.mean_.size

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The mean sample for each, (sample, *shape): the best reconstruction through a code that says nothing."""
        X = self._checked(X)
        return np.broadcast_to(self.mean_, X.shape).copy()
