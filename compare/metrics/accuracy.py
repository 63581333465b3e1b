"""Accuracy: the share of samples whose class was told right"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from compare.contract import Evidence

__all__ = ["Accuracy"]


@dataclass(frozen=True)
class Accuracy:
    """Correct predictions over all, a fraction."""

    name: ClassVar[str] = "accuracy"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["higher", "lower", "neither"]] = "higher"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs: ClassVar[frozenset[str]] = frozenset({"y", "prediction"})

    def __call__(self, evidence: Evidence) -> float:
        y = np.asarray(evidence.y)
        if y.size == 0:
            raise ValueError("accuracy of no samples is not defined. Give at least one.")
        return float(np.mean(np.asarray(evidence.prediction) == y))
