"""Holm's correction over a family of tests, and the intervals that go with it.

Of m tests the one with the j-th smallest p is judged at alpha / (m - j + 1), and the first that fails stops all later
ones (Holm 1979, Scand. J. Stat. 6:65). The chance of one false rejection among m stays below alpha.

The interval of a test is drawn at the level at which it was judged: 1 - alpha / (m - j + 1), and from the first failure
on all at the level of that failure (Holm on the range: Serlin 1993, J. Exp. Educ. 61:350,
DOI 10.1080/00220973.1993.10806596). So an interval excludes 0 exactly when Holm rejects, and a false exclusion among
the m has a chance below alpha. Each interval alone covers at least 1 - alpha. They are not simultaneous for the size of
what was rejected: those after step-down tests cannot be both two-sided and bounded away from 0 (Guilbaud 2008, Biom. J.
50:678, DOI 10.1002/bimj.200710449). Who needs all sizes at once takes 1 - alpha / m for each (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Holm:
    """One family's answer, in the order of the p values that were given.

    Attributes:
        adjusted: Holm-adjusted p, NaN where p was NaN.
        alpha: the level at which each was judged.
        rejected: whether each was rejected.
    """

    adjusted: np.ndarray
    alpha: np.ndarray
    rejected: np.ndarray


def holm(p: Sequence[float] | np.ndarray, alpha: float = 0.05) -> Holm:
    """Adjusted p values, levels and rejections. A NaN stands for a test that could not be done and is left out."""
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")
    order = order[np.isfinite(values[order])]
    left = np.arange(len(order), 0, -1)
    adjusted, level = np.full(len(values), np.nan), np.full(len(values), alpha)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * left), 1.0)
    passed = np.logical_and.accumulate(values[order] <= alpha / left)
    judged_at = np.where(passed, alpha / left, alpha / left[min(int(passed.sum()), len(left) - 1)] if len(left) else 1)
    level[order] = judged_at
    rejected = np.zeros(len(values), dtype=bool)
    rejected[order] = passed
    return Holm(adjusted, level, rejected)
