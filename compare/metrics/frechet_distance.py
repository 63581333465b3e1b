"""Fréchet distance: how far made samples lie from the data, in the features of a fixed classifier

Both are taken as Gaussians; see compare.metrics._frechet for the equation and its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._frechet import frechet_distance

__all__ = ["FrechetDistance"]


@dataclass(frozen=True)
class FrechetDistance:
    """Squared distance of two Gaussians, in squared units of the features; 0 where they are the same."""

    name: ClassVar[str] = "frechet_distance"
    unit: ClassVar[str] = "feature²"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"samples", "made", "features"})

    def __call__(self, evidence: Evidence) -> float:
        if evidence.samples is None or evidence.made is None or evidence.features is None:
            raise ValueError("frechet_distance needs the test samples, made samples and features of both.")
        return frechet_distance(evidence.features(evidence.samples), evidence.features(evidence.made))
