"""Auditory nerve: each frequency band drives fibres of several thresholds; they rest after each spike.

rate = spontaneous + (max_rate - spontaneous) * min(max((x - threshold) / span, 0), 1), x the band's level in [0, 1].
Between two spikes lies the refractory period at least; outside it every time step is a coin toss, whose chance is such
that the mean rate is the one above.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from ann.source import Source
from bio.encoders._input import checked_bins, flat_values
from bio.encoders._presentation import Presentation
from bio.quantities import quantity, si

_UINT64 = 2**64


@dataclass(frozen=True)
class Cochlear(Presentation):
    """Spikes of auditory-nerve fibres for levels in frequency bands over time.

    A sample is a sequence (time, band), levels on a logarithmic scale: a filter bank's, as the task spoken_digits gives
    them. Its points divide the presentation equally. Its neurons are (fibre, band), first all fibres of the first
    class. Liberman found three classes of fibres: the more a fibre fires in silence, the lower its threshold. Rates are
    rounded from his and later work in cats; a fibre here has one straight rate-level curve, neither adapts nor locks to
    the sound's phase, and rests for a fixed time, without a relative refractory period.

    Attributes:
        duration: of one presentation, the length of the sequences.
        max_rate: of a fibre whose band is `span` or more above its threshold.
        spontaneous: rate in silence of each class of fibres.
        thresholds: level at which each class begins to be driven.
        span: of levels, from a threshold to the maximal rate.
        fibres: of each class in each band.
        refractory: time after a spike without another; a multiple of dt.
        dt: time step.
        random_state: seed; with the sample and the presentation it decides every spike.

    Raises:
        ValueError: a quantity without or with a wrong unit, a duration or refractory period that is no multiple of dt,
            classes without or with a wrong threshold or rate, a span outside (0, 1], no fibres, or a max_rate that
            leaves no room for the refractory period.

    Example:
        >>> Cochlear().neuron_shape((80, 40))
        (3, 40)
    """

    name: ClassVar[str] = "cochlear"
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Liberman 1978, J. Acoust. Soc. Am. 63:442",
        "M. Charles Liberman",
        "Auditory-nerve response from cats raised in a low-noise chamber",
        "The Journal of the Acoustical Society of America 63(2):442-455",
        1978,
        "10.1121/1.381736",
    )

    duration: str = "800 ms"
    max_rate: str = "200 Hz"
    spontaneous: tuple[str, ...] = ("50 Hz", "5 Hz", "0.1 Hz")
    thresholds: tuple[float, ...] = (0.0, 0.2, 0.4)
    span: float = 0.6
    fibres: int = 1
    refractory: str = "1 ms"
    dt: str = "0.5 ms"
    random_state: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._read("frequency", "max_rate")
        self._read("time", "refractory")
        rates = tuple(quantity(one, "frequency", "spontaneous").text for one in self.spontaneous)
        object.__setattr__(self, "spontaneous", rates)
        object.__setattr__(self, "thresholds", tuple(float(one) for one in self.thresholds))
        self._refuse_classes()
        if isinstance(self.fibres, bool) or not isinstance(self.fibres, (int, np.integer)) or self.fibres < 1:
            raise ValueError(f"fibres = {self.fibres!r}: give a whole number of at least 1.")
        most = 1.0 / (self._rest() * self.dt_s)
        if not 0.0 < si(self.max_rate) <= most:
            raise ValueError(
                f"max_rate = {self.max_rate} must be above 0 and, with refractory = {self.refractory} and dt = "
                f"{self.dt}, at most {most:g} Hz. Change one of them."
            )

    def _refuse_classes(self) -> None:
        if not self.thresholds or len(self.thresholds) != len(self.spontaneous):
            raise ValueError(
                f"thresholds = {self.thresholds} and spontaneous = {self.spontaneous}: give one of each for every "
                "class of fibres."
            )
        if not all(0.0 <= one < 1.0 for one in self.thresholds):
            raise ValueError(f"thresholds = {self.thresholds} must lie in [0, 1), for example 0.2.")
        if not 0.0 < self.span <= 1.0:
            raise ValueError(f"span = {self.span!r} must lie in (0, 1], for example 0.6.")
        if not all(0.0 <= si(one) <= si(self.max_rate) for one in self.spontaneous):
            raise ValueError(f"spontaneous = {self.spontaneous} must lie between 0 and max_rate = {self.max_rate}.")

    def neuron_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """(fibre, band): the fibres of all classes in each band of a sequence (time, band).

        Raises:
            ValueError: it is no sequence, or its points do not divide the time steps.
        """
        if len(shape) != 2 or not shape[0] or self.steps % shape[0]:
            raise ValueError(
                f"{self.name} reads sequences (time, band) whose points divide its {self.steps} steps, {self.duration} "
                f"in steps of {self.dt}, but a sample has the shape {tuple(shape)}. Set duration to that of the "
                "sequences, and dt to a part of their step."
            )
        return (self.fibres * len(self.thresholds), shape[1])

    def rates_hz(self, X: Any) -> np.ndarray:
        """Mean firing rate of each fibre at each point: float64, (sample, time, fibre, band).

        Raises:
            ValueError: NaN, values outside [0, 1], or samples that it does not read.
        """
        values = flat_values(X)
        self.neuron_shape(np.shape(X)[1:])
        level = values.reshape(np.shape(X)).astype(np.float64)[:, :, None]
        threshold, silent = np.array(self.thresholds)[:, None], np.array([si(one) for one in self.spontaneous])[:, None]
        driven = np.clip((level - threshold) / self.span, 0.0, 1.0)
        return np.repeat(silent + (si(self.max_rate) - silent) * driven, self.fibres, axis=2)

    def events(self, X: Any, presentation: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Spikes as (offsets int64, step int32, neuron int32); sample i owns entries offsets[i]:offsets[i + 1].

        Args:
            X: levels in [0, 1], (sample, time, band).
            presentation: which of the sample's independent draws.

        Raises:
            ValueError: NaN, values outside [0, 1], or samples that it does not read.
        """
        from bio.encoders import _counter, _renewal

        rates, bits = self.rates_hz(X), flat_values(X).view(np.uint32)
        key = np.uint64(_counter.stream_key(np.uint64(self.random_state % _UINT64), np.uint64(presentation % _UINT64)))
        streams = np.array([_counter._digest(sample, key) for sample in bits], np.uint64)
        expected, rest = rates.reshape(*rates.shape[:2], prod(rates.shape[2:])) * self.dt_s, self._rest()
        with np.errstate(divide="ignore"):  # chance 1 is an infinite hazard: a spike in every step it may
            hazard = -np.log1p(-np.minimum(expected / (1.0 - expected * (rest - 1)), 1.0))
        return _renewal.events(hazard, streams, self.steps // rates.shape[1], rest)

    def frames(self, X: Any, steps: int, presentation: int = 0) -> np.ndarray:
        """The same spikes counted in `steps` bins, equal to within one dt: uint8, (sample, steps, neurons)."""
        bins = checked_bins(steps, self.steps, least=-(-self.steps // 255))
        offsets, step, neuron = self.events(X, presentation)
        neurons, samples = prod(self.neuron_shape(np.shape(X)[1:])), len(offsets) - 1
        sample = np.repeat(np.arange(samples), np.diff(offsets))
        place = (sample * bins + step.astype(np.int64) * bins // self.steps) * neurons + neuron
        return np.bincount(place, minlength=samples * bins * neurons).astype(np.uint8).reshape(samples, bins, neurons)

    def counts(self, X: Any, presentation: int = 0) -> np.ndarray:
        """The same spikes summed over time, divided by those expected at max_rate: float32, (sample, fibre, band)."""
        offsets, _, neuron = self.events(X, presentation)
        shape = self.neuron_shape(np.shape(X)[1:])
        place = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)) * prod(shape) + neuron
        total = np.bincount(place, minlength=(len(offsets) - 1) * prod(shape)).reshape(len(offsets) - 1, *shape)
        return (total / (si(self.max_rate) * self.duration_s)).astype(np.float32)

    def _rest(self) -> int:
        """Steps from a spike to the next one that is possible, at least 1."""
        steps = si(self.refractory) / self.dt_s
        if steps < 0.0 or abs(steps - round(steps)) > 1e-6:
            raise ValueError(f"refractory = {self.refractory} is not a multiple of dt = {self.dt}. Change one of them.")
        return max(round(steps), 1)
