"""Silent share: hidden neurons that never fire on the given samples"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._populations import hidden_spikes

__all__ = ["SilentShare"]


@dataclass(frozen=True)
class SilentShare:
    """A fraction of the hidden or excitatory neurons. It falls with the number of samples that were looked at."""

    name: ClassVar[str] = "silent_share"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["higher", "lower", "neither"]] = "neither"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs: ClassVar[frozenset[str]] = frozenset({"spikes"})

    def __call__(self, evidence: Evidence) -> float:
        populations = hidden_spikes(evidence)
        silent = sum(int((spikes.max(axis=(0, 1)) == 0).sum()) for spikes in populations)
        return silent / sum(spikes.shape[2] for spikes in populations)
