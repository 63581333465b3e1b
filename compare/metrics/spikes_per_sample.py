"""Spikes per sample, of the hidden or excitatory neurons together"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._populations import hidden_spikes

__all__ = ["SpikesPerSample"]


@dataclass(frozen=True)
class SpikesPerSample:
    """All their spikes while one sample is presented, averaged over samples."""

    name: ClassVar[str] = "spikes_per_sample"
    unit: ClassVar[str] = "spikes"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "neither"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"spikes"})

    def __call__(self, evidence: Evidence) -> float:
        populations = hidden_spikes(evidence)
        return float(sum(spikes.sum(dtype="int64") for spikes in populations) / len(populations[0]))
