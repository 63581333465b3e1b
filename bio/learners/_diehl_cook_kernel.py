"""One presentation after another of the Diehl & Cook network, compiled. In SI units and float64 throughout.

The order of a step is Brian2's: neurons integrate, thresholds, synapses (on_pre of all, then on_post), resets.
What makes it fast, and changes no result:

- Synapses act on spikes only. An input's weights are one row, so the most walked pathway reads memory in order.
- Traces are set to 1 by a spike, so one number a neuron stands for those of all its synapses.
- What has decayed below 1e-20 is taken as zero: far below the rounding of the sums it enters.
- Inhibitory neurons that were not excited lately are at rest and are not touched.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np

NEVER = -(2**40)  # the step of a spike that never was


class Constants(NamedTuple):
    """Numbers of the network. Steps are counted in dt; the decay_* are factors for one step."""

    leak_exc: float  # dt / tau of the excitatory membrane
    leak_inh: float
    decay_ge: float
    decay_gi: float
    decay_theta: float
    decay_post1: float
    decay_post2: float
    refractory_exc: int
    refractory_inh: int
    spike_timer: int  # no spike within that many steps of the last; 0: no such timer
    quiet_ge: int  # steps after which a conductance is below 1e-20 of its jump
    quiet_gi: int
    quiet_inh: int
    theta_plus: float
    rate_pre: float
    rate_post: float
    weight_sum: float
    rest_exc: float = -65e-3
    rest_inh: float = -60e-3
    reset_exc: float = -65e-3
    reset_inh: float = -45e-3
    threshold_exc: float = -72e-3
    threshold_inh: float = -40e-3
    reversal_exc: float = 0.0
    reversal_inh_on_exc: float = -100e-3
    weight_exc_inh: float = 10.4
    weight_inh_exc: float = 17.0


class State(NamedTuple):
    """What the network remembers between time steps; (excitatory neuron) unless said otherwise."""

    clock: np.ndarray  # int64: steps since the start, last input spike, last inhibitory spike
    v: np.ndarray
    ge: np.ndarray
    gi: np.ndarray
    last: np.ndarray  # int64, step of the last spike
    post1: np.ndarray
    post2: np.ndarray
    v_inh: np.ndarray
    ge_inh: np.ndarray
    last_inh: np.ndarray
    excited: np.ndarray  # int64, step at which the inhibitory neuron was last excited
    last_input: np.ndarray  # int64, (input)


def rest_state(inputs: int, neurons: int, constants: Constants) -> State:
    """A network in which nothing has happened yet."""

    def full(value: float) -> np.ndarray:
        return np.full(neurons, value)

    def never(size: int) -> np.ndarray:
        return np.full(size, NEVER, np.int64)

    return State(
        np.array([0, NEVER, NEVER]),
        full(constants.rest_exc), full(0.0), full(0.0), never(neurons), full(0.0), full(0.0),
        full(constants.rest_inh), full(0.0), never(neurons), never(neurons),
        never(inputs),
    )  # fmt: skip


@numba.njit(cache=True)
def normalise(w, total):
    """Scales each neuron's input weights to a sum of `total`; w is (input, neuron)."""
    scale = np.zeros(w.shape[1])
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            scale[j] += w[i, j]
    for j in range(w.shape[1]):
        scale[j] = total / scale[j] if scale[j] > 0.0 else 0.0
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            w[i, j] *= scale[j]


@numba.njit(cache=True)
def _exp(x, out, power):
    """exp(x) for x <= 0 within one unit in the last place, as loops that a compiler turns into vector instructions.

    exp(x) = 2^k exp(r) with r = x - k ln 2 in two parts (Cody & Waite 1980); adding 1.5 * 2^52 rounds x / ln 2 to the
    whole number k and leaves it in the lowest bits, from where it is shifted into the exponent (Schraudolph 1999, doi
    10.1162/089976699300016467). The series of exp(r) to r^13 leaves 4e-18 at |r| = ln 2 / 2. Below -700: exp(-700).
    """
    bits = power.view(np.int64)
    for j in range(x.size):
        x[j] = x[j] if x[j] > -700.0 else -700.0
        power[j] = x[j] * 1.4426950408889634 + 6755399441055744.0
    for j in range(x.size):
        k = power[j] - 6755399441055744.0
        r = (x[j] - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
        p = r / 6227020800.0 + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        out[j] = (p * r + 1.0) * r + 1.0
    for j in range(x.size):
        bits[j] = (bits[j] + 1023) << 52
    for j in range(x.size):
        out[j] *= power[j]


@numba.njit(cache=True)
def _integrate_excitatory(s, c, theta, work, learning):
    """Exponential Euler for v with the conductances of the step's start, then their own exact decay."""
    now = s.clock[0]
    v, ge, gi, exponent, factor = s.v, s.ge, s.gi, work[0], work[1]
    if now - s.clock[1] == c.quiet_ge:
        ge[:] = 0.0
    if now - s.clock[2] == c.quiet_gi:
        gi[:] = 0.0
    if now - s.clock[1] >= c.quiet_ge and now - s.clock[2] >= c.quiet_gi:
        factor[:] = math.exp(-c.leak_exc)
    else:
        for j in range(v.size):
            exponent[j] = -(1.0 + ge[j] + gi[j]) * c.leak_exc
        _exp(exponent, factor, work[2])
    for j in range(v.size):
        target = (c.rest_exc + ge[j] * c.reversal_exc + gi[j] * c.reversal_inh_on_exc) / (1.0 + ge[j] + gi[j])
        moved = target + (v[j] - target) * factor[j]
        v[j] = moved if now - s.last[j] >= c.refractory_exc else v[j]
    for j in range(v.size):
        ge[j] *= c.decay_ge
        gi[j] *= c.decay_gi
    if learning:
        _fade(theta, s.post1, s.post2, c)


@numba.njit(cache=True)
def _fade(theta, post1, post2, c):
    """One step of decay of thresholds and traces; denormal numbers, a hundred times slower, become zero."""
    for j in range(theta.size):
        theta[j] *= c.decay_theta
        one, two = post1[j] * c.decay_post1, post2[j] * c.decay_post2
        post1[j] = one if one > 1e-30 else 0.0
        post2[j] = two if two > 1e-30 else 0.0


@numba.njit(cache=True)
def _fire_excitatory(s, c, theta, fired):
    """Writes who crosses the threshold now; returns how many."""
    now, v, n = s.clock[0], s.v, 0
    above = 0
    for j in range(v.size):
        above |= v[j] > theta[j] + c.threshold_exc
    if above:  # seldom
        for j in range(v.size):
            age = now - s.last[j]
            free = age >= c.refractory_exc and (c.spike_timer == 0 or age > c.spike_timer)
            if free and v[j] > theta[j] + c.threshold_exc:
                fired[n] = j
                s.last[j] = now
                n += 1
    return n


@numba.njit(cache=True)
def _inhibitory(s, c, fired):
    """Integration and threshold of those that were excited lately; returns how many fire."""
    now, excited, n = s.clock[0], s.excited, 0
    for j in range(excited.size):
        if excited[j] < now - c.quiet_inh:
            continue
        if excited[j] == now - c.quiet_inh:
            s.v_inh[j], s.ge_inh[j] = c.rest_inh, 0.0
        elif now - s.last_inh[j] >= c.refractory_inh:
            g = 1.0 + s.ge_inh[j]
            target = (c.rest_inh + s.ge_inh[j] * c.reversal_exc) / g
            s.v_inh[j] = target + (s.v_inh[j] - target) * math.exp(-g * c.leak_inh)
            if s.v_inh[j] > c.threshold_inh:
                fired[n] = j
                s.last_inh[j] = now
                n += 1
        s.ge_inh[j] *= c.decay_ge
    return n


@numba.njit(cache=True)
def _arrive(s, c, w, i, learning):
    """An input spike: conductance, then depression by each neuron's trace."""
    if learning:
        s.last_input[i] = s.clock[0]
        for j in range(s.ge.size):
            weight = w[i, j]
            s.ge[j] += weight
            weight -= c.rate_pre * s.post1[j]
            weight = weight if weight > 0.0 else 0.0
            w[i, j] = weight if weight < 1.0 else 1.0
    else:
        for j in range(s.ge.size):
            s.ge[j] += w[i, j]


@numba.njit(cache=True)
def _potentiate(s, c, w, trace, j):
    """An excitatory spike: its weights grow by the inputs' traces times its own slow trace."""
    now, oldest = s.clock[0], trace.size - 1
    rate = c.rate_post * s.post2[j]
    for i in range(w.shape[0]):
        age = now - s.last_input[i]
        weight = w[i, j] + rate * trace[age if age < oldest else oldest]
        weight = weight if weight > 0.0 else 0.0
        w[i, j] = weight if weight < 1.0 else 1.0
    s.post1[j] = 1.0
    s.post2[j] = 1.0


@numba.njit(cache=True)
def present(s, c, w, theta, trace, step, neuron, steps, rest, learning, count, raster, raster_inh):
    """Shows one sample for `steps` and then nothing for `rest` time steps.

    Args:
        s, c: State (changed) and Constants.
        w, theta: (input, neuron) and (neuron,); changed when learning.
        trace: (age,) value of an input's trace by its age in steps; the last entry is 0.
        step, neuron: int32, the input's spikes, sorted by step.
        count: int64 (2, neuron), grows by the excitatory and inhibitory spikes of the presentation, not of the rest.
        raster, raster_inh: uint8 (time, neuron) to write spikes to, of length 0 for no record.
    """
    n_neurons, next_spike = s.v.size, 0
    fired, fired_inh, work = np.empty(n_neurons, np.int64), np.empty(n_neurons, np.int64), np.empty((3, n_neurons))
    for t in range(steps + rest):
        now = s.clock[0]
        _integrate_excitatory(s, c, theta, work, learning)
        n, m = _fire_excitatory(s, c, theta, fired), _inhibitory(s, c, fired_inh)
        while next_spike < step.size and step[next_spike] == t:
            _arrive(s, c, w, neuron[next_spike], learning)
            s.clock[1] = now
            next_spike += 1
        for k in range(n):
            s.ge_inh[fired[k]] += c.weight_exc_inh
            s.excited[fired[k]] = now
        for k in range(m):
            s.clock[2] = now
            for j in range(n_neurons):
                s.gi[j] += c.weight_inh_exc if j != fired_inh[k] else 0.0
        for k in range(n):
            if learning:
                _potentiate(s, c, w, trace, fired[k])
                theta[fired[k]] += c.theta_plus
            s.v[fired[k]] = c.reset_exc
        for k in range(m):
            s.v_inh[fired_inh[k]] = c.reset_inh
        if t < steps:
            for k in range(n):
                count[0, fired[k]] += 1
            for k in range(m):
                count[1, fired_inh[k]] += 1
        if t < raster.shape[0]:
            for k in range(n):
                raster[t, fired[k]] = 1
            for k in range(m):
                raster_inh[t, fired_inh[k]] = 1
        s.clock[0] = now + 1


@numba.njit(cache=True)
def train(s, c, w, theta, trace, offsets, step, neuron, order, steps, rest, least, count):
    """Shows the samples of `order` one after another, learning; stops behind one with fewer than `least` spikes.

    Args:
        offsets, step, neuron: spikes of all samples, as an encoder's `events` gives them.
        order: int64, which samples to show.
        count: int64 (2, neuron), holds the spikes of the last sample shown.

    Returns:
        How many samples were shown.
    """
    no_record = np.empty((0, 0), np.uint8)
    for k in range(order.size):
        a, b = offsets[order[k]], offsets[order[k] + 1]
        normalise(w, c.weight_sum)
        count[:] = 0
        present(s, c, w, theta, trace, step[a:b], neuron[a:b], steps, rest, True, count, no_record, no_record)
        if count[0].sum() < least:
            return k + 1
    return order.size


@numba.njit(cache=True)
def respond(s, c, w, theta, offsets, step, neuron, steps, counts, rasters, rasters_inh):
    """Shows each sample to the network at rest, nothing changes.

    Args:
        s: a rest state; it is at rest again afterwards.
        counts: int64 (sample, 2, neuron), zeros, receives the spikes.
        rasters, rasters_inh: uint8 (sample, time, neuron), zeros; time of length 0 for no record.
    """
    no_trace = np.zeros(1)
    for i in range(offsets.size - 1):
        a, b = offsets[i], offsets[i + 1]
        s.clock[0], s.clock[1], s.clock[2] = 0, NEVER, NEVER
        s.v[:], s.ge[:], s.gi[:], s.last[:] = c.rest_exc, 0.0, 0.0, NEVER
        s.v_inh[:], s.ge_inh[:], s.last_inh[:], s.excited[:] = c.rest_inh, 0.0, NEVER, NEVER
        present(
            s, c, w, theta, no_trace, step[a:b], neuron[a:b], steps, 0, False, counts[i], rasters[i], rasters_inh[i]
        )
