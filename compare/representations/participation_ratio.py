"""Participation ratio: how many dimensions a layer's activity fills

PR = (sum_i l_i)^2 / sum_i l_i^2, l the eigenvalues of the neurons' covariance; 1 if all activity lies on a line, the
number of neurons if it fills all directions alike, never more than n - 1 for n samples: compare layers on the same
samples only. Source: Gao et al. 2017, bioRxiv 214262, DOI 10.1101/214262.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compare.representations._kernels import centred

__all__ = ["ParticipationRatio"]


@dataclass(frozen=True)
class ParticipationRatio:
    """Effective number of dimensions of one representation; NaN without variance."""

    name: ClassVar[str] = "participation_ratio"

    def __call__(self, a: np.ndarray, y: np.ndarray | None = None) -> float:
        """a (sample, neuron) -> dimensions; labels are not used."""
        kernel = centred(a)  # has the covariance's eigenvalues, so none need be computed: a trace and a norm do
        size = float(np.vdot(kernel, kernel))
        return float(np.trace(kernel) ** 2 / size) if size > 0 else float("nan")
