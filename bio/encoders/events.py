"""Events as they are: a sample that is a sequence of spikes already keeps its own time

At step t, neuron j spikes round(most x_tj) times. A sample (time, *features) has a neuron for each feature; other
encoders would take each point in time for a neuron of its own, and lose the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from ann.source import Source
from bio.encoders._input import checked_bins, flat_values
from bio.encoders._presentation import Presentation
from bio.encoders._raster import events_of, in_bins

_MOST = 255  # what uint8 holds


@dataclass(frozen=True)
class Events(Presentation):
    """Passes binned events on as spikes, with no chance: for tasks whose samples are (time, feature).

    A value between two whole counts is rounded, a half upwards.

    Attributes:
        duration: of one presentation; give that of the samples.
        dt: time between two of a sample's points: duration / dt is their number.
        most: spikes in a step at value 1; give that of the task.
        random_state: part of every encoder's contract; nothing is drawn here.

    Raises:
        ValueError: a time without or with a wrong unit, a duration that is no multiple of dt, or a `most` outside
            1 to 255.

    Example:
        >>> encoder = Events(duration="3 s", dt="1 s")
        >>> encoder.frames(np.array([[[0.0, 1.0], [0.0, 0.0], [1.0, 1.0]]]), 3)[0].tolist()
        [[0, 1], [0, 0], [1, 1]]
    """

    name: ClassVar[str] = "events"
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Boahen 2000, IEEE Trans. Circuits Syst. II 47:416, on address events",
        "Kwabena A. Boahen",
        "Point-to-point connectivity between neuromorphic chips using address events",
        "IEEE Transactions on Circuits and Systems II 47:416-434",
        2000,
        "10.1109/82.842110",
    )

    duration: str = "1 s"
    dt: str = "10 ms"
    most: int = 1
    random_state: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.most <= _MOST:
            raise ValueError(f"most = {self.most!r}: give 1 to {_MOST} spikes a step.")

    def neuron_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """A neuron for each feature of a sequence (time, *features).

        Raises:
            ValueError: the sequence has not one point each dt.
        """
        if len(shape) < 2 or shape[0] != self.steps:
            raise ValueError(
                f"{self.name} reads sequences (time, *features) with {self.steps} points, {self.duration} in steps of "
                f"{self.dt}, but a sample has the shape {tuple(shape)}. Set duration and dt to those of the task."
            )
        return tuple(shape[1:])

    def events(self, X: Any, presentation: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Spikes as (offsets int64, step int32, neuron int32); every presentation is the same.

        Args:
            X: sequences in [0, 1], (sample, time, *features).
            presentation: makes no difference.

        Raises:
            ValueError: NaN, values outside [0, 1], or sequences of another length.
        """
        return events_of(self._raster(X))

    def frames(self, X: Any, steps: int, presentation: int = 0) -> np.ndarray:
        """The same spikes counted in `steps` bins, equal to within one dt: uint8, (sample, steps, neurons).

        Raises:
            ValueError: as `events`; or a bin would hold more than 255 spikes.
        """
        return in_bins(self._raster(X), checked_bins(steps, self.steps))

    def counts(self, X: Any, presentation: int = 0) -> np.ndarray:
        """The same spikes summed over time, divided by those at value 1 throughout: float32, (sample, *features)."""
        raster = self._raster(X)
        total = raster.sum(1, dtype=np.float64) / (self.most * self.steps)
        return total.astype(np.float32).reshape(len(raster), *self.neuron_shape(np.shape(X)[1:]))

    def _raster(self, X: Any) -> np.ndarray:
        """Spikes in each step: uint8, (sample, step, neuron)."""
        values = flat_values(X)
        neurons = prod(self.neuron_shape(np.shape(X)[1:]))
        return np.floor(values * self.most + 0.5).astype(np.uint8).reshape(len(values), self.steps, neurons)
