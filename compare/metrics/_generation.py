"""The measures of generated samples side by side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compare.metrics._frechet import frechet_distance
from compare.metrics._neighbours import coverage, density

__all__ = ["generation_measures"]


def generation_measures(
    data: np.ndarray, made: np.ndarray, features: Callable[[np.ndarray], np.ndarray], k: int = 5
) -> dict[str, float]:
    """Gives "frechet_distance" (lower is better), "density" and "coverage" (higher), of made samples against data.

    Give as many made samples as data, and beside the learner's figures those of training samples (the
    best that can be had: ann.TrainingSamples) and of ann.PixelGaussian (what a learner must beat).

    Args:
        data: samples that no learner was trained on, (sample, *shape).
        made: samples that were made, (sample, *shape).
        features: of samples, (sample, feature): compare.metrics.fixed_features(X, y).
        k: which neighbour counts as near, for density and coverage.
    """
    real, fake = features(data), features(made)
    return {
        "frechet_distance": frechet_distance(real, fake),
        "density": density(real, fake, k),
        "coverage": coverage(real, fake, k),
    }
