"""The Diehl & Cook network between numpy arrays and its kernel: constants, weights, learning, answering."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bio.learners import _diehl_cook_kernel as kernel

REFERENCE_INPUTS, REFERENCE_SUM = 784, 78.0  # Diehl & Cook 2015: 28 x 28 pixels
EXCITATORY, INHIBITORY = 0, 1  # rows of counts

Events = tuple[np.ndarray, np.ndarray, np.ndarray]  # offsets, step, neuron; as an encoder gives them


@dataclass
class Network:
    """One network: constants, what it has learned, and the state that learning carries from sample to sample.

    Attributes:
        weights: (input, excitatory neuron) float64 in [0, 1].
        theta: (excitatory neuron,) adaptive part of the threshold, volt.
    """

    dt_s: float
    rest_s: float
    constants: kernel.Constants
    weights: np.ndarray
    theta: np.ndarray

    def __post_init__(self) -> None:
        self._state = kernel.rest_state(self.weights.shape[0], self.weights.shape[1], self.constants)
        ages = np.arange(_steps(1.0, self.dt_s) + 1)
        self._trace = np.exp(-ages * self.dt_s / 20e-3)
        self._trace[-1] = 0.0  # after a second: exp(-50)
        self._scratch = np.zeros((2, self.theta.size), np.int64)

    def learn(self, events: Events, order: np.ndarray, steps: int, least: int = 0) -> tuple[int, int]:
        """Shows the samples of `order` while learning; stops behind one with fewer than `least` excitatory spikes.

        Returns:
            How many samples were shown, and the excitatory spikes of the last of them.
        """
        rest = _steps(self.rest_s, self.dt_s)
        shown = kernel.train(
            self._state, self.constants, self.weights, self.theta, self._trace, *events, order, steps, rest, least,
            self._scratch,
        )  # fmt: skip
        return shown, int(self._scratch[EXCITATORY].sum())

    def respond(self, events: Events, steps: int, record: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Shows each sample to the network at rest; nothing is learned.

        Returns:
            counts int64 (sample, 2, neuron), excitatory first, and two uint8 rasters (sample, time, neuron) of the
            excitatory and the inhibitory neurons, whose time has length 0 unless `record`.
        """
        samples, neurons = len(events[0]) - 1, self.theta.size
        counts = np.zeros((samples, 2, neurons), np.int64)
        rasters = np.zeros((2, samples, steps if record else 0, neurons), np.uint8)
        state = kernel.rest_state(self.weights.shape[0], self.weights.shape[1], self.constants)
        weights, theta = self.weights.copy(), self.theta.copy()  # writable also where a loaded network is not
        kernel.respond(state, self.constants, weights, theta, *events, steps, counts, *rasters)
        return counts, rasters[0], rasters[1]

    def resting_copy(self) -> Network:
        """The same network with its weights normalised, as before every sample, and apart from this one."""
        weights = self.weights.copy()
        kernel.normalise(weights, self.constants.weight_sum)
        return Network(self.dt_s, self.rest_s, self.constants, weights, self.theta.copy())


def new_network(
    inputs: int, neurons: int, dt_s: float, rest_s: float, timer_s: float, chance: np.random.Generator
) -> Network:
    """A network that has learned nothing: weights from (U + 0.01) x 0.3, thresholds 20 mV up."""
    weights = (chance.random((inputs, neurons)) + 0.01) * 0.3
    return Network(dt_s, rest_s, _constants(inputs, dt_s, timer_s), weights, np.full(neurons, 20e-3))


def on_grid(events: Events, encoder_dt_s: float, dt_s: float) -> Events:
    """An encoder's spikes in the time steps of the network."""
    offsets, step, neuron = events
    if encoder_dt_s == dt_s:
        return events
    rounding = 1e-9  # 3 x 0.1 ms is 2.9999999999999996 x 0.1 ms
    return offsets, np.floor(step * (encoder_dt_s / dt_s) + rounding).astype(np.int32), neuron


def _constants(inputs: int, dt_s: float, timer_s: float) -> kernel.Constants:
    """The reference's constants, in seconds and volt, for steps of dt."""

    def decay(tau_s: float) -> float:
        return math.exp(-dt_s / tau_s)

    return kernel.Constants(
        leak_exc=dt_s / 100e-3, leak_inh=dt_s / 10e-3, decay_ge=decay(1e-3), decay_gi=decay(2e-3),
        decay_theta=decay(1e4), decay_post1=decay(20e-3), decay_post2=decay(40e-3),
        refractory_exc=_steps(5e-3, dt_s), refractory_inh=_steps(2e-3, dt_s), spike_timer=_steps(timer_s, dt_s),
        quiet_ge=_steps(50e-3, dt_s), quiet_gi=_steps(100e-3, dt_s), quiet_inh=_steps(500e-3, dt_s),
        theta_plus=0.05e-3, rate_pre=1e-4, rate_post=1e-2, weight_sum=REFERENCE_SUM * inputs / REFERENCE_INPUTS,
    )  # fmt: skip


def _steps(duration_s: float, dt_s: float) -> int:
    return int(duration_s / dt_s + 1e-3)  # Brian2's timestep()
