"""Poisson spikes as a pure function of (seed, sample, presentation, neuron): a counter-based generator.

Draw k of a stream with key s is mix(s + k * GOLDEN), the output function of SplitMix64 (Steele, Lea & Flood 2014, "Fast
splittable pseudorandom number generators", OOPSLA, doi 10.1145/2660193.2660195). Nothing is carried from one draw to
the next, so order, batches, processes and resuming cannot change a spike (the idea of Salmon et al. 2011, "Parallel
random numbers: as easy as 1, 2, 3", SC11, doi 10.1145/2063384.2063405).

Intervals between spikes are geometric, so every time step is an exact Bernoulli trial and the cost is per spike.
All compiled functions stay in this one file: Numba's cache does not see changes in other files.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from bio.encoders._by_step import appended

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)


@numba.njit(cache=True, inline="always")
def _mix(z):
    """SplitMix64's output function: a bijection of 64 bits with full avalanche."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True)
def _digest(bits, key):
    """64 bits of (key, sample): the sample's float32 bit patterns absorbed one after the other."""
    h = _mix(key ^ np.uint64(bits.size))
    for b in bits:
        h = _mix((h ^ np.uint64(b)) + _GOLDEN)
    return h


@numba.njit(cache=True)
def _draw(values, bits, key, full, steps, step, neuron):
    """Writes one sample's spikes, neuron after neuron, to `step` and `neuron`; returns how many.

    full: chance of a spike in one step at value 1. step, neuron: int32 of at least values.size * steps entries.
    """
    stream, n = _digest(bits, key), 0
    for j in range(values.size):
        if values[j] <= 0.0:
            continue
        slope = 1.0 / math.log1p(-min(full * np.float64(values[j]), 1.0))  # -0.0 at chance 1: a spike every step
        counter = _mix(stream + np.uint64(j + 1) * _GOLDEN)
        t = -1
        while True:
            counter += _GOLDEN
            uniform = (np.float64(_mix(counter) >> np.uint64(11)) + 1.0) * 2.0**-53  # in (0, 1]
            gap = math.log(uniform) * slope
            if gap >= steps - 1 - t:
                break
            t += 1 + int(gap)
            step[n], neuron[n] = t, j
            n += 1
    return n


@numba.njit(cache=True)
def events(values, bits, key, full, steps):
    """Spikes of many samples as (offsets, step, neuron), each sample's sorted by step, then neuron."""
    samples, features = values.shape
    step, neuron = np.empty(features * steps, np.int32), np.empty(features * steps, np.int32)
    offsets, place = np.zeros(samples + 1, np.int64), np.empty(steps + 1, np.int64)
    all_step, all_neuron = np.empty(1024, np.int32), np.empty(1024, np.int32)
    for i in range(samples):
        n, start = _draw(values[i], bits[i], key, full, steps, step, neuron), offsets[i]
        offsets[i + 1] = start + n
        all_step, all_neuron = appended(step, neuron, n, start, place, all_step, all_neuron)
    return offsets, all_step[: offsets[samples]].copy(), all_neuron[: offsets[samples]].copy()


@numba.njit(cache=True)
def frames(values, bits, key, full, steps, bins):
    """The same spikes counted in `bins` equal parts of the presentation: uint8, (sample, bin, neuron)."""
    samples, features = values.shape
    step, neuron = np.empty(features * steps, np.int32), np.empty(features * steps, np.int32)
    out = np.zeros((samples, bins, features), np.uint8)
    for i in range(samples):
        for k in range(_draw(values[i], bits[i], key, full, steps, step, neuron)):
            out[i, np.int64(step[k]) * bins // steps, neuron[k]] += np.uint8(1)
    return out


@numba.njit(cache=True)
def counts(values, bits, key, full, steps):
    """The same spikes summed over time: float32, (sample, neuron)."""
    samples, features = values.shape
    step, neuron = np.empty(features * steps, np.int32), np.empty(features * steps, np.int32)
    out = np.zeros((samples, features), np.float32)
    for i in range(samples):
        for k in range(_draw(values[i], bits[i], key, full, steps, step, neuron)):
            out[i, neuron[k]] += np.float32(1.0)
    return out


@numba.njit(cache=True)
def stream_key(random_state, presentation):
    """64 bits of (random_state, presentation), both uint64."""
    return _mix(_mix(random_state + _GOLDEN) ^ (presentation + _ONE) * _GOLDEN)
