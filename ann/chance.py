"""Chance from seeds: named children of a seed, torch generators, and the one door to torch's global generator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

import numpy as np
import torch


def child(seed: int, name: str) -> int:
    """A seed of its own for the consumer called `name`, below 2**63; other names give independent ones.

    Example:
        >>> child(0, "order") == child(0, "order"), child(0, "order") == child(0, "weights")
        (True, False)
    """
    return int(np.random.SeedSequence([seed, crc32(name.encode())]).generate_state(1, np.uint64)[0] >> 1)


def generator(seed: int, name: str) -> torch.Generator:
    """A CPU generator for the consumer called `name`. Numbers drawn on the CPU are the same whatever the device."""
    return torch.Generator().manual_seed(child(seed, name))


def seed_of(random_state: int | np.random.RandomState | None) -> int:
    """scikit-learn's `random_state` as a seed: an int is itself, None is fresh, a RandomState is drawn from.

    Raises:
        ValueError: for anything else, and for a negative number.
    """
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        if random_state < 0:
            raise ValueError(f"random_state = {random_state}, but a seed is a whole number of 0 or more.")
        return int(random_state)
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    raise ValueError(f"random_state = {random_state!r}, but expected a whole number, None or a numpy RandomState.")


@contextmanager
def borrowed(source: torch.Generator) -> Iterator[None]:
    """Code in this block that draws from torch's global CPU generator draws from `source` instead.

    nn.Linear's start and dropout take no generator. The global one is left as it was found.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(int(torch.randint(2**62, (1,), generator=source)))
        yield


@contextmanager
def deterministic() -> Iterator[None]:
    """In this block torch uses algorithms that give the same bits each time, and full float32 products."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS is repeatable only with a fixed workspace
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    precision = torch.get_float32_matmul_precision()
    cudnn = (torch.backends.cudnn.benchmark, torch.backends.cudnn.allow_tf32)
    fill = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(True)
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.benchmark, torch.backends.cudnn.allow_tf32 = False, False
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # 5 % of an update
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        torch.set_float32_matmul_precision(precision)
        torch.backends.cudnn.benchmark, torch.backends.cudnn.allow_tf32 = cudnn
        torch.utils.deterministic.fill_uninitialized_memory = fill  # type: ignore[attr-defined]
