"""Trainable parameters: how many numbers learning may change"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._declared import declared

__all__ = ["Parameters"]


@dataclass(frozen=True)
class Parameters:
    """As the learner declares them; learned thresholds and time constants count."""

    name: ClassVar[str] = "parameters"
    unit: ClassVar[str] = "numbers"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"description"})

    def __call__(self, evidence: Evidence) -> float:
        return declared(evidence, "parameters")
