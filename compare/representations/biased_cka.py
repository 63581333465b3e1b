"""Linear CKA as first published: biased, near 1 for any two wide layers

CKA(A, B) = |A'B|_F^2 / (|A'A|_F |B'B|_F) after centring each neuron. For n samples of independent normal activity of p
and q neurons it is not 0 but about 1 / sqrt((1 + n/p) (1 + n/q)): .909 for n = 100, p = q = 1000. Show that beside it,
or use `cka`. Source: Kornblith, Norouzi, Lee & Hinton 2019, ICML, arXiv:1905.00414.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import numpy as np

from compare.representations._kernels import alignment, alignments, centred

__all__ = ["BiasedCKA"]


@dataclass(frozen=True)
class BiasedCKA:
    """Biased linear CKA, in [0, 1]; NaN for a layer without variance."""

    name: ClassVar[str] = "biased_cka"
    invariant_to: ClassVar[frozenset[str]] = frozenset({"rotation", "scale", "translation", "permutation"})
    is_metric: ClassVar[bool] = False

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float:
        """a (sample, neuron), b (sample, other neuron) of the same samples -> the similarity."""
        return alignment(centred(a), centred(b))

    def matrix(self, representations: Sequence[np.ndarray]) -> np.ndarray:
        """Every pair at once, (representation, representation)."""
        return alignments(representations, centred)

    @staticmethod
    def null(samples: int, p: int, q: int) -> float:
        """What unrelated normal activity gives: n samples of p and of q neurons."""
        return 1 / sqrt((1 + samples / p) * (1 + samples / q))
