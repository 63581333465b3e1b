"""Kernels of a representation, centred so that their inner products are HSIC."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

NO_VARIANCE = 1e-12  # a centred kernel this small beside the raw one is rounding


def features(a: np.ndarray) -> np.ndarray:
    """(sample, ...) -> (sample, neuron) float64.

    Raises:
        ValueError: fewer than four samples, or NaN.
    """
    matrix = np.asarray(a, dtype=np.float64)
    if matrix.ndim < 2 or len(matrix) < 4:
        raise ValueError(f"a representation has the shape {matrix.shape}; expected 4 samples or more of neurons.")
    if not np.isfinite(matrix).all():
        raise ValueError("a representation holds NaN or infinity; the network's activity must be finite.")
    return matrix.reshape(len(matrix), -1)


def centred(a: np.ndarray) -> np.ndarray:
    """H K H of the linear kernel, (sample, sample). Inner products of two are (n-1)^2 times the biased HSIC."""
    x = features(a)
    x = x - x.mean(axis=0)
    return _nothing_if_rounding(x @ x.T, features(a))


def u_centred(a: np.ndarray) -> np.ndarray:
    """The linear kernel, diagonal zeroed and U-centred, (sample, sample).

    Inner products of two are n (n-3) times the unbiased HSIC of Song et al. 2012 (Szekely & Rizzo 2014, Ann. Stat.
    42:2382, DOI 10.1214/14-AOS1255); this form needs one pass over each kernel, not one over each pair.
    """
    x = features(a)
    n = len(x)
    x = x - x.mean(axis=0)  # changes no result, but keeps large means from swallowing the digits
    k = x @ x.T
    np.fill_diagonal(k, 0.0)
    column = k.sum(axis=0)
    k += column.sum() / ((n - 1) * (n - 2)) - (column[:, None] + column[None, :]) / (n - 2)
    np.fill_diagonal(k, 0.0)
    return _nothing_if_rounding(k, features(a))


def alignment(k: np.ndarray, m: np.ndarray) -> float:
    """Cosine of two kernels; NaN where one has no variance."""
    size = np.sqrt(np.vdot(k, k) * np.vdot(m, m))
    return float(np.vdot(k, m) / size) if size > 0 else float("nan")


def alignments(representations: Sequence[np.ndarray], kernel: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """`alignment` of every pair, (representation, representation), by one matrix product."""
    flat = np.stack([kernel(a).ravel() for a in representations])
    size = np.linalg.norm(flat, axis=1)
    with np.errstate(invalid="ignore"):
        flat /= np.where(size > 0, size, np.nan)[:, None]
    result = flat @ flat.T
    np.fill_diagonal(result, np.where(size > 0, 1.0, np.nan))
    return result


def _nothing_if_rounding(k: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Zeros instead of a kernel that only holds rounding: silent neurons, or the same activity for all samples."""
    return k if np.abs(k).max() > NO_VARIANCE * max(float(np.einsum("ij,ij->i", x, x).max()), 1e-300) else k * 0.0
