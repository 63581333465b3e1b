"""Density and coverage: whether made samples lie among the data, and whether they reach all of them.

Around each of N data points lies the ball that reaches its k-th nearest other data point. Density is how many balls a
made sample lies in, over k, the mean over samples; it may exceed 1. Coverage is the share of balls that hold at least
one made sample. Source: Naeem, Oh, Uh, Choi & Yoo 2020, Proc. ICML 119:7176, arXiv:2002.09797, equations 3 and 4.
"""

from __future__ import annotations

import numpy as np

__all__ = ["coverage", "density", "expected_coverage"]


def density(data: np.ndarray, made: np.ndarray, k: int = 5) -> float:
    """1 where the made samples are distributed as the data, less where they lie outside of them.

    Args:
        data: features (sample, feature), more than k samples.
        made: features of the made samples.
        k: which neighbour the balls reach.

    Raises:
        ValueError: if they are no features of the same kind, or too few for k neighbours.
    """
    return float(_inside(data, made, k).sum() / (k * len(made)))


def coverage(data: np.ndarray, made: np.ndarray, k: int = 5) -> float:
    """Share of the data that have a made sample as near as their k-th neighbour, 0 to 1. The rest as in `density`."""
    return float(_inside(data, made, k).any(1).mean())


def expected_coverage(data: int, made: int, k: int = 5) -> float:
    """What coverage is on average where both are drawn alike: 1 - (N-1)...(N-k) / ((M+N-1)...(M+N-k)).

    Args:
        data, made: numbers of samples N and M.
        k: as in `coverage`.
    """
    steps = np.arange(1, k + 1)
    return float(1 - np.prod((data - steps) / (made + data - steps)))


def _inside(data: np.ndarray, made: np.ndarray, k: int) -> np.ndarray:
    """(data, made): whether a made sample lies in a data point's ball."""
    from scipy.spatial.distance import cdist

    data, made = np.asarray(data, np.float64), np.asarray(made, np.float64)
    if data.ndim != 2 or made.ndim != 2 or data.shape[1] != made.shape[1] or not len(made):
        raise ValueError(
            f"The features have the shapes {data.shape} and {made.shape}; expected (sample, feature) twice."
        )
    if not 1 <= k < len(data):
        raise ValueError(f"k = {k}, but {len(data)} data points have 1 to {len(data) - 1} neighbours.")
    reach = np.partition(cdist(data, data), k, axis=1)[:, k]  # at 0 each point meets itself
    return cdist(data, made) <= reach[:, None]
