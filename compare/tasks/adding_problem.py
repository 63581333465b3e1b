"""Adding problem: the sum of the two marked numbers of a long sequence

Two numbers, anywhere in the sequence, must be found, kept and added; all others are there to mislead. The standard
test of whether an error reaches far back in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, generator_of, refuse_sizes, sizes_of

__all__ = ["AddingProblem"]


@dataclass(frozen=True)
class AddingProblem:
    """What is the sum? Sequences (time, feature): a number, uniform in [0, 1], and a marker, 1 at two steps, else 0.

    The first marked step is uniform in the first half, the second in the rest. The target is the plain sum, in [0, 2]:
    not divided, not shifted, so that errors can be compared with the literature's. (Hochreiter & Schmidhuber drew
    numbers from [-1, 1], marked the ends of the sequence too, and asked for 0.5 + sum / 4; this is the form of Le et
    al. and Arjovsky et al.)

    Facts.chance of a value is the mean squared error of the best constant answer, in the target's units squared: here
    the answer is 1 and the error the variance of the sum of two uniform numbers, 2 / 12. It is no share of right
    answers: a figure that draws chance as an accuracy cannot show it.

    Attributes:
        steps: T, length of a sequence.
        train, validation, test: how many sequences.
    """

    steps: int = 100
    train: int = 5000
    validation: int = 500
    test: int = 1000

    name: ClassVar[str] = "adding_problem"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Adding problem"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Hochreiter & Schmidhuber 1997, Neural Comput. 9:1735, experiment 4; as in Le, Jaitly & Hinton 2015, "
        "arXiv:1504.00941",
        authors="Hochreiter, S. and Schmidhuber, J.",
        title="Long Short-Term Memory",
        journal="Neural Computation",
        year=1997,
        doi="10.1162/neco.1997.9.8.1735",
    )

    def __post_init__(self) -> None:
        if self.steps < 2:
            raise ValueError(f"steps = {self.steps}: write at least 2, one for each marked number.")
        refuse_sizes(self, 2, "so that they vary")

    def facts(self) -> Facts:
        """What is known before loading; chance is the mean squared error of always answering 1."""
        return Facts("value", ("time", "feature"), (self.steps, 2), None, chance=1 / 6, examples=sizes_of(self))

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, 2) in [0, 1], y (sample,) float32 in [0, 2]."""
        return generated(self, self._sequences)

    def _sequences(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        generator, half, every = generator_of(self.name, part), self.steps // 2, np.arange(n)
        X = np.zeros((n, self.steps, 2), dtype=np.float32)
        X[:, :, 0] = generator.random((n, self.steps))
        first, second = generator.integers(0, half, n), generator.integers(half, self.steps, n)
        X[every, first, 1] = X[every, second, 1] = 1.0
        return X, X[every, first, 0] + X[every, second, 0]
