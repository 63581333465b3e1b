"""Reconstruction error: how far samples lie from what comes back of them through a code"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._reconstruction import reconstruction_error

__all__ = ["ReconstructionError"]


@dataclass(frozen=True)
class ReconstructionError:
    """Root of the mean squared difference over all values, in the samples' unit of measure (1 is the whole range)."""

    name: ClassVar[str] = "reconstruction_error"
    unit: ClassVar[str] = "sample"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"samples", "reconstruction"})

    def __call__(self, evidence: Evidence) -> float:
        if evidence.samples is None or evidence.reconstruction is None:
            raise ValueError("reconstruction_error needs samples and their reconstruction.")
        return reconstruction_error(evidence.samples, evidence.reconstruction)
