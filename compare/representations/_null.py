"""What a similarity is worth when the samples are matched by chance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def shuffled(
    measure: Callable[[np.ndarray, np.ndarray], float],
    a: np.ndarray,
    b: np.ndarray,
    *,
    draws: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """The measure with the samples of b shuffled against those of a: (draw,), its null distribution.

    Everything about each layer alone stays (width, silence, dimensions); only the pairing of samples is lost.
    """
    return np.array([measure(a, b[generator.permutation(len(b))]) for _ in range(draws)])
