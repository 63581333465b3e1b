"""Events, a unit and a time each, counted in equal steps of time: what the tasks of event data share.

A step's value is min(events, most) / most, in [0, 1]; with most = 1 it says whether there was one at all. Times are
whole microseconds, so that a step's border is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np

from bio.quantities import quantity
from compare.errors import EnvironmentFault

AXES = ("time", "feature")
MOST = 255  # what the spikes of a step may be for an encoder


class Events(NamedTuple):
    """One recording of a sensor with pixels, int64 (event,) each; x from the left, y from above, polarity 1 is ON."""

    time_us: np.ndarray
    x: np.ndarray
    y: np.ndarray
    polarity: np.ndarray


@dataclass(frozen=True, kw_only=True)
class EventFrames:
    """Options of every task of events.

    Attributes:
        steps: equal parts that `duration` is cut into.
        duration: from the beginning; later events are left out.
        most: events in a step that count as 1; further ones of the same unit are not counted.
    """

    steps: int = 100
    duration: str = "1 s"
    most: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "duration", quantity(self.duration, "time", "duration").text)
        if self.steps < 1 or self.duration_us < self.steps:
            raise ValueError(
                f"steps = {self.steps} of {self.duration}: write at least 1 step, and steps of 1 us or longer."
            )
        if not 1 <= self.most <= MOST:
            raise ValueError(f"most = {self.most}: write 1 to {MOST} events.")

    @property
    def duration_us(self) -> int:
        """Microseconds."""
        return round(1e6 * quantity(self.duration).value)

    def frames(self, time_us: np.ndarray, unit: np.ndarray, units: int) -> np.ndarray:
        """The values of one recording: float32 (step, unit) in [0, 1].

        Args:
            time_us: whole microseconds from the beginning, (event,).
            unit: which of `units` each event belongs to, (event,).
        """
        inside = (time_us >= 0) & (time_us < self.duration_us)
        step = time_us[inside].astype(np.int64) * self.steps // self.duration_us
        counts = np.bincount(step * units + unit[inside].astype(np.int64), minlength=self.steps * units)
        return (np.minimum(counts, self.most) / self.most).astype(np.float32).reshape(self.steps, units)


@dataclass(frozen=True)
class Pixels:
    """A sensor's pixels as units: (polarity, y, x) in C order, OFF first, squares of `pool` by `pool` pixels in one."""

    width: int
    height: int
    pool: int = 1

    @property
    def units(self) -> int:
        """How many there are."""
        return 2 * self._across(self.height) * self._across(self.width)

    def unit(self, events: Events, path: Path) -> np.ndarray:
        """The unit of each event, (event,).

        Raises:
            EnvironmentFault: an address lies outside the sensor.
        """
        for name, found, size in (("x", events.x, self.width), ("y", events.y, self.height)):
            if len(found) and not 0 <= found.min() <= found.max() < size:
                sensor = f"0 to {size - 1} of a sensor of {self.width}x{self.height} pixels"
                damaged(path, f"it has events at {name} = {found.min()} to {found.max()}; expected {sensor}")
        row = events.polarity * self._across(self.height) + events.y // self.pool
        return row * self._across(self.width) + events.x // self.pool

    def _across(self, size: int) -> int:
        return -(-size // self.pool)


def contents(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        EnvironmentFault: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentFault(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error


def damaged(path: Path, what: str) -> NoReturn:
    """Raises EnvironmentFault: the file is not what it should be."""
    raise EnvironmentFault(f"{path} is damaged or of another kind: {what}. Fetch it again, or remove it.")
