"""How far reconstructed samples lie from the samples."""

from __future__ import annotations

import numpy as np

__all__ = ["reconstruction_error"]


def reconstruction_error(X: np.ndarray, found: np.ndarray) -> float:
    """Root of the mean squared difference over all values, in the samples' unit of measure.

    Args:
        X: samples (sample, *shape).
        found: what became of them on the way through a code, in the same shape.

    Raises:
        ValueError: if the shapes differ or there is nothing to compare.
    """
    X, found = np.asarray(X, np.float64), np.asarray(found, np.float64)
    if X.shape != found.shape or not X.size:
        raise ValueError(
            f"The samples have the shape {X.shape}, their reconstruction {found.shape}; expected the same."
        )
    return float(np.sqrt(np.mean((X - found) ** 2)))
