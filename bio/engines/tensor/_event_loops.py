"""Products with a matrix that is nearly all zero, as loops over what is not: compiled, and kept between processes.

Neurons are taken in blocks whose weights stay in a core's second cache, four events at a time, so that a sum is read
and written once for four weights.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from bio.engines._no_alias import NoAlias

__all__ = ["find_events", "gather", "scatter"]

_KERNEL: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True, "pipeline_class": NoAlias}
_ZERO, _ONE, _CHUNK = np.uint64(0), np.uint64(1), np.uint64(16)


@numba.njit(**_KERNEL)
def find_events(values, rows, columns, most, offsets, column, size):
    """What is not zero, row by row; False if there is more than `most`.

    Args:
        values: flat (row, column).
        offsets: uint64 (row + 1), receives where a row's events begin.
        column, size: (most + 1), receive the column and the value of each event.
    """
    found = _ZERO
    for row in range(rows):
        offsets[row] = found
        first = row * columns
        for start in range(_ZERO, columns, _CHUNK):
            end = min(start + _CHUNK, columns)
            some = 0
            for i in range(start, end):
                some |= values[first + i] != 0
            if some:
                for i in range(start, end):
                    column[found] = i
                    size[found] = values[first + i]
                    found += np.uint64(values[first + i] != 0)
                    if found > most:
                        return False
    offsets[rows] = found
    return True


@numba.njit(fastmath={"contract"}, **_KERNEL)
def gather(offsets, column, size, weights, bias, out, neurons, block, first, last):
    """out[row] = bias + sum of size * weights[column] over the row's events, for rows first to last.

    Args:
        weights: flat (column, neuron); bias: (neuron,); out: flat (row, neuron).
    """
    for begin in range(_ZERO, neurons, block):
        n = min(block, neurons - begin)
        for row in range(first, last):
            at = row * neurons + begin
            for j in range(n):
                out[at + j] = bias[begin + j]
            event, end = offsets[row], offsets[row + _ONE]
            while event + np.uint64(4) <= end:
                a, b = column[event] * neurons + begin, column[event + _ONE] * neurons + begin
                c, d = column[event + np.uint64(2)] * neurons + begin, column[event + np.uint64(3)] * neurons + begin
                u, v, w, x = size[event], size[event + _ONE], size[event + np.uint64(2)], size[event + np.uint64(3)]
                for j in range(n):
                    out[at + j] += (u * weights[a + j] + v * weights[b + j]) + (w * weights[c + j] + x * weights[d + j])
                event += np.uint64(4)
            while event < end:
                a, u = column[event] * neurons + begin, size[event]
                for j in range(n):
                    out[at + j] += u * weights[a + j]
                event += _ONE


@numba.njit(fastmath={"contract"}, **_KERNEL)
def scatter(offsets, column, size, grad, by_weights, by_bias, rows, neurons, first, last, block):
    """by_weights[column] += size * grad[row] over all events, by_bias += grad[row], for neurons first to last.

    Args:
        grad: flat (row, neuron); by_weights: flat (column, neuron), zeros; by_bias: (neuron,), zeros.
    """
    for begin in range(first, last, block):
        n = min(block, last - begin)
        for row in range(rows):
            at = row * neurons + begin
            for j in range(n):
                by_bias[begin + j] += grad[at + j]
            for event in range(offsets[row], offsets[row + _ONE]):
                a, u = column[event] * neurons + begin, size[event]
                for j in range(n):
                    by_weights[a + j] += u * grad[at + j]
