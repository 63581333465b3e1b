"""Control of generation: the training samples themselves, drawn again"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ann.learners._controls_of_samples import ControlOfSamples
from ann.source import Source


class TrainingSamples(ControlOfSamples):
    """Draws from the training samples with replacement: the bootstrap (Efron 1979), and no generator.

    What it draws is real and not new, so its distance from the test samples is what chance leaves of two draws from the
    same data: about the best that can be had. A measure on which a generator is as good says nothing of copying.

    Attributes:
        samples_: all that it was shown, (sample, *shape).

    Source: Efron 1979, doi:10.1214/aos/1176344552.
    """

    name: ClassVar[str] = "training_samples"
    _rule: ClassVar[dict[str, str]] = {
        "name": "bootstrap",
        "equation": "x = X[i], i uniform",
        "text": "Keeps the training samples and draws from them with replacement.",
    }
    _readout: ClassVar[str] = "a training sample; as a reconstruction, the nearest one"
    _source: ClassVar[Source] = Source(
        "Efron 1979, Ann. Stat. 7:1",
        "Efron, B.",
        "Bootstrap methods: another look at the jackknife",
        "The Annals of Statistics",
        1979,
        "10.1214/aos/1176344552",
    )

    def _keep(self, X: np.ndarray) -> None:
        self.samples_ = X.copy()

    def _drawn(self, n: int, source: np.random.Generator) -> np.ndarray:
        return self.samples_[source.integers(len(self.samples_), size=n)]

    def _parameters(self) -> int:
        return self.samples_.size

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The nearest training sample of each, (sample, *shape): its place among them is the code."""
        from sklearn.metrics import pairwise_distances_argmin

        X = self._checked(X)
        rows = (x.reshape(len(x), -1).astype(np.float64) for x in (X, self.samples_))
        return self.samples_[pairwise_distances_argmin(*rows)]
