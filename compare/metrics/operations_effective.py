"""Effective operations: what one answer costs if every zero is skipped

As `operations_dense`, without the operations on a zero input: a ReLU network's zeros are skipped as a spiking
network's silence is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._operations import per_sample

__all__ = ["OperationsEffective"]


@dataclass(frozen=True)
class OperationsEffective:
    """Sum over layers and kinds of operation, per sample."""

    name: ClassVar[str] = "operations_effective"
    unit: ClassVar[str] = "operations"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"operations"})

    def __call__(self, evidence: Evidence) -> float:
        return per_sample(evidence, "effective")
