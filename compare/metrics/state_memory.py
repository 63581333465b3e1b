"""State memory: numbers kept per sample from one time step to the next"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._declared import declared

__all__ = ["StateMemory"]


@dataclass(frozen=True)
class StateMemory:
    """As the learner declares it: membranes, conductances, traces; 0 for a network without time."""

    name: ClassVar[str] = "state_memory"
    unit: ClassVar[str] = "numbers"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"description"})

    def __call__(self, evidence: Evidence) -> float:
        return declared(evidence, "state", absent=0.0)
