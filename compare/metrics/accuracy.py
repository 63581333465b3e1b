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
        y, prediction = np.asarray(evidence.y), np.asarray(evidence.prediction)
        if y.size == 0:
            raise ValueError("accuracy of no samples is not defined. Give at least one.")
        if y.shape != prediction.shape:  # numpy would spread one over the other
            raise ValueError(f"y has the shape {y.shape}, the prediction {prediction.shape}; expected the same.")
        return float(np.mean(prediction == y))
