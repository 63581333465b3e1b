"""Fréchet distance between two clouds of features, each taken as a Gaussian.

d² = |m - n|² + tr(A + B - 2 (A^½ B A^½)^½) with means m, n and covariances A, B: the squared Wasserstein-2 distance of
two Gaussians (Dowson & Landau 1982, J. Multivar. Anal. 12:450, doi:10.1016/0047-259X(82)90077-X). Of features of a
classifier it is what Heusel et al. 2017 (arXiv:1706.08500) call FID; theirs come from Inception, so numbers of another
classifier are comparable among themselves only.
"""

from __future__ import annotations

import numpy as np

__all__ = ["frechet_distance", "frechet_distance_of_gaussians"]


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """d² between the Gaussians of two clouds, in squared units of the features.

    Both means and covariances are estimated, which makes it too large by an amount that falls with the samples: compare
    equal numbers of samples only (Bińkowski et al. 2018, arXiv:1801.01401).

    Args:
        a: features (sample, feature), at least two samples.
        b: the same of the other cloud; may have another number of samples.

    Raises:
        ValueError: if they are no features of the same kind, or too few.
    """
    clouds = [np.asarray(cloud, np.float64) for cloud in (a, b)]
    shapes = [cloud.shape for cloud in clouds]
    fits = all(len(shape) == 2 and shape[0] > 1 for shape in shapes) and shapes[0][1] == shapes[1][1]
    if not fits:
        raise ValueError(f"The features have the shapes {shapes[0]} and {shapes[1]}; expected (sample, feature) twice.")
    (m, A), (n, B) = ((cloud.mean(0), np.atleast_2d(np.cov(cloud, rowvar=False))) for cloud in clouds)
    return frechet_distance_of_gaussians(m, A, n, B)


def frechet_distance_of_gaussians(m: np.ndarray, A: np.ndarray, n: np.ndarray, B: np.ndarray) -> float:
    """d² between N(m, A) and N(n, B); m, n (feature,), A, B (feature, feature), symmetric and not negative."""
    values, vectors = np.linalg.eigh(A)
    root = vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T
    middle = np.linalg.eigvalsh(root @ B @ root)  # eigh twice stays real where sqrtm of a singular A B does not
    common = np.sqrt(np.clip(middle, 0, None)).sum()
    return float(max(np.sum((m - n) ** 2) + np.trace(A) + np.trace(B) - 2 * common, 0.0))
