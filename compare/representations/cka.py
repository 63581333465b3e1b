"""Linear CKA, unbiased: how alike two layers group the samples

CKA(A, B) = HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)), K = A A', L = B B', with the unbiased estimator

    HSIC(K, L) = [tr(K L) + 1'K1 1'L1 / ((n-1)(n-2)) - 2/(n-2) 1'K L 1] / (n (n-3)),   diagonals zeroed.

The biased estimator is near 1 for any two wide layers (see biased_cka); this one is 0 on average for unrelated layers,
and so may be negative. Sources: Song et al. 2012, J. Mach. Learn. Res. 13:1393 (the estimator); Kornblith et al. 2019,
ICML, arXiv:1905.00414 (CKA); Murphy et al. 2024, arXiv:2405.01012 (why the bias matters).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compare.representations._kernels import alignment, alignments, u_centred

__all__ = ["CKA"]


@dataclass(frozen=True)
class CKA:
    """Unbiased linear CKA; 1 for the same geometry, 0 on average for unrelated layers, NaN for a silent one."""

    name: ClassVar[str] = "cka"
    invariant_to: ClassVar[frozenset[str]] = frozenset({"rotation", "scale", "translation", "permutation"})
    is_metric: ClassVar[bool] = False

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float:
        """a (sample, neuron), b (sample, other neuron) of the same samples -> the similarity."""
        return alignment(u_centred(a), u_centred(b))

    def matrix(self, representations: Sequence[np.ndarray]) -> np.ndarray:
        """Every pair at once, (representation, representation): each kernel is built once."""
        return alignments(representations, u_centred)
