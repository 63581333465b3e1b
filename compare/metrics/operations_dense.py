"""Dense operations: what one answer costs if no zero is skipped

Multiply-accumulates of a layer that reads values, accumulates of one that reads spikes, and state updates, as the
learner's `operations` counts them. Not energy: an accumulate is cheaper than a multiply-accumulate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._operations import per_sample

__all__ = ["OperationsDense"]


@dataclass(frozen=True)
class OperationsDense:
    """Sum over layers and kinds of operation, per sample."""

    name: ClassVar[str] = "operations_dense"
    unit: ClassVar[str] = "operations"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"operations"})

    def __call__(self, evidence: Evidence) -> float:
        return per_sample(evidence, "dense")
