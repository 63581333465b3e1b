"""Coverage: the share of the data that made samples come near to

See compare.metrics._neighbours for the definition and its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._neighbours import coverage

__all__ = ["Coverage"]


@dataclass(frozen=True)
class Coverage:
    """Share of the data with a made sample as near as their fifth neighbour among the data."""

    name: ClassVar[str] = "coverage"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["higher", "lower", "neither"]] = "higher"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs: ClassVar[frozenset[str]] = frozenset({"samples", "made", "features"})

    def __call__(self, evidence: Evidence) -> float:
        if evidence.samples is None or evidence.made is None or evidence.features is None:
            raise ValueError("coverage needs the test samples, made samples and features of both.")
        return coverage(evidence.features(evidence.samples), evidence.features(evidence.made))
