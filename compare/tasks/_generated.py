"""Draws the parts of a task that is made here: each by a generator of its own, seeded by the task's and part's name."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from compare.contract import Split
from compare.tasks._split import Part, split_of

PARTS = ("train", "validation", "test")
PROBE = 200  # the first test samples, on which representations are compared


def seed_of(task: str, part: str) -> int:
    """The seed of one part of a task, from 0 to 2**32 - 1; there is none to choose."""
    return zlib.crc32(f"{task} {part}".encode())


def generator_of(task: str, part: str) -> np.random.Generator:
    """A generator of one part's own, the same on every machine."""
    return np.random.Generator(np.random.PCG64(seed_of(task, part)))


def sizes_of(task: Any) -> dict[str, int]:
    """Part -> how many samples, the task's options of these names."""
    return {part: getattr(task, part) for part in PARTS}


def refuse_sizes(task: Any, least: int, why: str) -> None:
    """Raises ValueError where a part is given fewer than `least` samples."""
    for part, size in sizes_of(task).items():
        if size < least:
            raise ValueError(f"{part} = {size}: write at least {least} samples, {why}.")


def generated(task: Any, draw: Callable[[str, int], Part]) -> Split:
    """A Split of which `draw(part, size)` gives each part; the probe is the beginning of the test samples."""
    train, validation, test = (draw(part, size) for part, size in sizes_of(task).items())
    probe = test[0][:PROBE], test[1][:PROBE]
    return split_of(task.facts(), train, validation, test, probe)


def with_inward_noise(signal: np.ndarray, noise: float, generator: np.random.Generator) -> np.ndarray:
    """|signal - |noise * xi||, xi standard normal, clipped to [0, 1]: noise on a signal of 0 and 1 stays inside."""
    inwards = np.abs(generator.normal(0.0, noise, signal.shape)) if noise else 0.0
    return np.clip(np.abs(signal - inwards), 0.0, 1.0).astype(np.float32)
