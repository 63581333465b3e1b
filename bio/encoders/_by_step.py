"""Spikes that were drawn neuron by neuron, put in the order of their steps behind those of the samples before."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True)
def appended(step, neuron, n, start, place, all_step, all_neuron):
    """Both lists with the first `n` of `step` and `neuron` from `start` on, by step, then neuron; longer if need be.

    place: (steps + 1,) int64, room to count in.
    """
    if start + n > all_step.size:
        size = max(2 * all_step.size, start + n)
        longer_step, longer_neuron = np.empty(size, np.int32), np.empty(size, np.int32)
        longer_step[:start], longer_neuron[:start] = all_step[:start], all_neuron[:start]
        all_step, all_neuron = longer_step, longer_neuron
    place[:] = 0  # a counting sort: stable, so neurons stay in order within a step
    for k in range(n):
        place[step[k] + 1] += 1
    for t in range(place.size - 1):
        place[t + 1] += place[t]
    for k in range(n):
        at = start + place[step[k]]
        place[step[k]] += 1
        all_step[at], all_neuron[at] = step[k], neuron[k]
    return all_step, all_neuron
