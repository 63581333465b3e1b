"""Root mean squared error: how far answered values lie from the targets"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from compare.contract import Evidence

__all__ = ["RootMeanSquaredError"]


@dataclass(frozen=True)
class RootMeanSquaredError:
    """Root of the mean squared error, in the target's unit of measure."""

    name: ClassVar[str] = "root_mean_squared_error"
    unit: ClassVar[str] = "target"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"value", "value_prediction"})

    def __call__(self, evidence: Evidence) -> float:
        squares = (np.asarray(evidence.value_prediction, np.float64) - np.asarray(evidence.value, np.float64)) ** 2
        if not squares.size:
            raise ValueError("root_mean_squared_error of no samples is not defined. Give at least one.")
        return float(np.sqrt(squares.mean()))
