"""Large arrays that are used again once nobody holds them, so that their memory is not mapped anew at each call.

A fresh array of 25 MB costs thousands of page faults when it is first written, as long as the computation that fills
it. A buffer here is free again when the references to it are those of this module alone: torch keeps an array alive
as long as a tensor, a view of it or a graph that saved it is.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

__all__ = ["release", "reused_array"]

_SMALLEST = 1 << 20  # bytes; below, the allocator itself keeps memory at hand
_ALL = 1 << 30  # bytes kept at most
_ALIGNMENT = 64  # bytes, a cache line

_kept: list[np.ndarray] = []
_lock = threading.Lock()


def reused_array(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """An array with any content, C-contiguous, that shares memory with no array or tensor that is in use."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size < _SMALLEST:
        return np.empty(shape, dtype)
    with _lock:
        raw = _taken(size + _ALIGNMENT)
    first = -raw.ctypes.data % _ALIGNMENT
    return raw[first : first + size].view(dtype).reshape(shape)


def release() -> None:
    """Gives the memory of all free buffers back."""
    with _lock:
        _kept[:] = [_kept[i] for i in range(len(_kept)) if not _is_free(_kept, i)]


def _taken(size: int) -> np.ndarray:
    fitting = [i for i in range(len(_kept)) if size <= _kept[i].nbytes <= 2 * size and _is_free(_kept, i)]
    if fitting:
        best = min(fitting, key=lambda i: _kept[i].nbytes)
        _kept.append(_kept.pop(best))  # what was used last is the last to be dropped
        return _kept[-1]
    raw = np.empty(size, np.uint8)
    excess, i = sum(one.nbytes for one in _kept) + size - _ALL, 0
    while excess > 0 and i < len(_kept):
        if _is_free(_kept, i):
            excess -= _kept.pop(i).nbytes
        else:
            i += 1
    if excess <= 0:
        _kept.append(raw)
    return raw


def _is_free(arrays: list[np.ndarray], i: int) -> bool:
    return _references(arrays, i) <= _ALONE


def _references(arrays: list[np.ndarray], i: int) -> int:
    return sys.getrefcount(arrays[i])


_ALONE = _references([np.empty(1, np.uint8)], 0)  # of an array that is in one list and nowhere else
