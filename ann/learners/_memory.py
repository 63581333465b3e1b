"""Memory that is not enough: said in words, with a batch size to try."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["batches_of"]


@contextmanager
def batches_of(samples: int) -> Iterator[None]:
    """In this block batches of so many samples are learned from.

    Raises:
        MemoryError: if the GPU's or the machine's memory is not enough for them.
    """
    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        raise MemoryError(f'{_sentence("GPU", samples)}, or device = "cpu".') from error
    except RuntimeError as error:
        if "DefaultCPUAllocator" not in str(error):  # torch has no class of its own for the CPU's
            raise
        raise MemoryError(f"{_sentence('machine', samples)}.") from error


def _sentence(whose: str, samples: int) -> str:
    advice = f"Try batch_size = {samples // 2}" if samples > 1 else "Try a smaller network or shorter samples"
    return f"The {whose}'s memory is not enough for batches of {samples} samples. {advice}"
