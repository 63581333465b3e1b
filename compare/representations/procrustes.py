"""Angular Procrustes distance: the angle left after the best rotation

d(A, B) = arccos(|A'B|_* / (|A|_F |B|_F)) after centring each neuron, |.|_* the nuclear norm: the angle between the two
configurations of samples once one is rotated onto the other, in radians, 0 to pi/2. A true distance (the triangle
inequality holds). Source: Williams, Kunz, Kornblith & Linderman 2021, NeurIPS, arXiv:2110.14739.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compare.representations._kernels import NO_VARIANCE, features

__all__ = ["Procrustes"]


@dataclass(frozen=True)
class Procrustes:
    """Angular Procrustes distance in radians; NaN for a layer without variance."""

    name: ClassVar[str] = "procrustes"
    invariant_to: ClassVar[frozenset[str]] = frozenset({"rotation", "scale", "translation", "permutation"})
    is_metric: ClassVar[bool] = True

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float:
        """a (sample, neuron), b (sample, other neuron) of the same samples -> the angle."""
        x, y = _normalised(a), _normalised(b)
        if x is None or y is None:
            return float("nan")
        nuclear = np.linalg.svd(x.T @ y, compute_uv=False).sum()
        return float(np.arccos(np.clip(nuclear, -1.0, 1.0)))


def _normalised(a: np.ndarray) -> np.ndarray | None:
    """Centred, of Frobenius norm 1, and no wider than there are samples; None without variance."""
    raw = features(a)
    x = raw - raw.mean(axis=0)
    size = np.linalg.norm(x)
    if size <= NO_VARIANCE * max(float(np.linalg.norm(raw)), 1e-300):
        return None
    if x.shape[1] > len(x):
        # A rotation brings n samples of many neurons into n dimensions; the distance does not see it.
        x = np.asarray(np.linalg.qr(x.T, mode="r")).T
    return x / size
