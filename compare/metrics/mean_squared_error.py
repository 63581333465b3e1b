"""Mean squared error: how far answered values lie from the targets, squared"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._squared_errors import mean_square

__all__ = ["MeanSquaredError"]


@dataclass(frozen=True)
class MeanSquaredError:
    """Mean over samples and values of (answer - target)^2, in the target's unit of measure squared."""

    name: ClassVar[str] = "mean_squared_error"
    unit: ClassVar[str] = "target²"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"value", "value_prediction"})

    def __call__(self, evidence: Evidence) -> float:
        return mean_square(evidence, self.name)
