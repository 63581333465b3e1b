"""Root mean squared error: how far answered values lie from the targets"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._squared_errors import mean_square

__all__ = ["RootMeanSquaredError"]


@dataclass(frozen=True)
class RootMeanSquaredError:
    """Root of the mean squared error, in the target's unit of measure.

    The root is taken last, over all values together; of targets with several values scikit-learn averages the roots of
    each.
    """

    name: ClassVar[str] = "root_mean_squared_error"
    unit: ClassVar[str] = "target"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"value", "value_prediction"})

    def __call__(self, evidence: Evidence) -> float:
        return sqrt(mean_square(evidence, self.name))
