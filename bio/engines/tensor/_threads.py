"""Shares a compiled loop between as many threads as torch has been given; kernels let go of Python's lock."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import torch

__all__ = ["in_parts"]

_LEAST_WORK = 200_000  # operations for each thread, below which another thread does not pay


def in_parts(count: int, work: int, run: Callable[[int, int], object]) -> None:
    """Calls run(first, last) for parts that make up range(count), at the same time.

    Args:
        count: of what is shared out.
        work: operations in all.
        run: may be called from several threads.
    """
    parts = max(1, min(torch.get_num_threads(), count, work // _LEAST_WORK))
    bounds = [count * part // parts for part in range(parts + 1)]
    others = [_threads(parts - 1).submit(run, *bounds[part : part + 2]) for part in range(1, parts)]
    run(*bounds[:2])
    for other in others:
        other.result()


@lru_cache(maxsize=4)
def _threads(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix="neurocontrast")
