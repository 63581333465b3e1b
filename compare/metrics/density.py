"""Density: whether made samples lie among the data

See compare.metrics._neighbours for the definition and its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._neighbours import density

__all__ = ["Density"]


@dataclass(frozen=True)
class Density:
    """1 where made samples are distributed as the data, less where they lie outside; may exceed 1."""

    name: ClassVar[str] = "density"
    unit: ClassVar[str] = "data"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "neither"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"samples", "made", "features"})

    def __call__(self, evidence: Evidence) -> float:
        if evidence.samples is None or evidence.made is None or evidence.features is None:
            raise ValueError("density needs the test samples, made samples and features of both.")
        return density(evidence.features(evidence.samples), evidence.features(evidence.made))
