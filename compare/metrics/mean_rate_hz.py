"""Mean rate: spikes of a hidden or excitatory neuron in a second of presentation

Between presentations (rest) nothing is counted, neither spikes nor time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._populations import hidden_spikes

__all__ = ["MeanRateHz"]


@dataclass(frozen=True)
class MeanRateHz:
    """All their spikes over samples, neurons and the duration of a presentation, in hertz."""

    name: ClassVar[str] = "mean_rate_hz"
    unit: ClassVar[str] = "Hz"
    better: ClassVar[Literal["higher", "lower", "neither"]] = "neither"
    bounds: ClassVar[tuple[float, float]] = (0.0, float("inf"))
    needs: ClassVar[frozenset[str]] = frozenset({"spikes", "duration_s"})

    def __call__(self, evidence: Evidence) -> float:
        populations, duration_s = hidden_spikes(evidence), evidence.duration_s
        if duration_s is None or not duration_s > 0:
            raise ValueError(f"a rate needs how long a sample was presented; duration_s is {duration_s}.")
        chances = sum(spikes.shape[0] * spikes.shape[2] for spikes in populations)
        return float(sum(spikes.sum(dtype="int64") for spikes in populations) / (chances * duration_s))
