"""Spikes of neurons whose rate changes from point to point of a signal and that rest after each spike.

Every step in which a neuron does not rest is an exact Bernoulli trial with that step's chance. It is drawn by the
hazard: a budget of -ln(uniform) is spent by -ln(1 - chance) a step, and where it ends there is a spike. So the cost is
per spike and point, not per step. As in `_counter`, nothing is carried from one draw to the next.

Numba's cache does not see changes in other files, so SplitMix64's function is written here again (see `_counter`).
"""

from __future__ import annotations

import math

import numba
import numpy as np

from bio.encoders._by_step import appended

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@numba.njit(cache=True, inline="always")
def _mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True)
def _draw(hazard, stream, length, rest, step, neuron):
    """Writes one sample's spikes, neuron after neuron, to `step` and `neuron`; returns how many.

    hazard: (point, neuron) of one step. length: steps that a point lasts. rest: steps from a spike to the next chance.
    """
    points, neurons = hazard.shape
    steps, n = points * length, 0
    for j in range(neurons):
        counter = _mix(stream + np.uint64(j + 1) * _GOLDEN)
        t, budget = 0, -1.0
        while t < steps:
            h, end = hazard[t // length, j], (t // length + 1) * length
            if h <= 0.0:
                t = end
                continue
            if budget < 0.0:
                counter += _GOLDEN
                budget = -math.log((np.float64(_mix(counter) >> np.uint64(11)) + 1.0) * 2.0**-53)
            if budget >= h * (end - t):
                budget -= h * (end - t)
                t = end
                continue
            t += int(budget / h)
            step[n], neuron[n] = t, j
            n += 1
            t, budget = t + rest, -1.0
    return n


@numba.njit(cache=True)
def events(hazard, streams, length, rest):
    """Spikes of many samples as (offsets, step, neuron), each sample's sorted by step, then neuron.

    hazard: (sample, point, neuron) float64. streams: (sample,) uint64.
    """
    samples, points, neurons = hazard.shape
    steps = points * length
    step, neuron = np.empty(neurons * steps, np.int32), np.empty(neurons * steps, np.int32)
    offsets, place = np.zeros(samples + 1, np.int64), np.empty(steps + 1, np.int64)
    all_step, all_neuron = np.empty(1024, np.int32), np.empty(1024, np.int32)
    for i in range(samples):
        n, start = _draw(hazard[i], streams[i], length, rest, step, neuron), offsets[i]
        offsets[i + 1] = start + n
        all_step, all_neuron = appended(step, neuron, n, start, place, all_step, all_neuron)
    return offsets, all_step[: offsets[samples]].copy(), all_neuron[: offsets[samples]].copy()
