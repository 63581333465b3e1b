"""Non-leaky integrate-and-fire neurons under direct current, in closed form."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True)
def spikes(values, steps, rounding):
    """1 in each step in which floor(value * t) grows: uint8, (sample, step, neuron); values float32, in [0, 1]."""
    samples, features = values.shape
    out = np.zeros((samples, steps, features), np.uint8)
    for i in range(samples):
        for j in range(features):
            if values[i, j] > 0.0:
                fired = 0
                for t in range(steps):
                    so_far = int(np.float64(values[i, j]) * rounding * (t + 1))
                    out[i, t, j] = so_far > fired
                    fired = so_far
    return out
