"""The compiled kernels of a program, and the arrays that they are called with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from bio.engines.compiled import compiled_module
from bio.engines.fused._source import KernelSource, kernel_source
from bio.engines.fused._step import Step, step_of
from bio.engines.surrogate import Surrogate
from bio.engines.tensor._buffers import reused_array
from bio.engines.tensor._threads import in_parts
from bio.program import Program

__all__ = ["Call", "Kernels", "arrays", "kernels", "number_array", "rows_of"]

_BLOCK_BYTES = 1 << 21  # of a block's states that the backward kernel keeps: they stay in the caches
_FORWARD_BLOCK = 1024


@dataclass(frozen=True)
class Call:
    """The numbers of one call. Current is (samples, entries, neurons); an entry holds for `substeps` steps."""

    samples: int
    entries: int
    substeps: int
    neurons: int
    scale: float

    @property
    def steps(self) -> int:
        return self.entries * self.substeps

    @property
    def work(self) -> int:
        """Steps of single neurons."""
        return self.samples * self.steps * self.neurons

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of spikes and states: (sample, step, neuron)."""
        return self.samples, self.steps, self.neurons


@dataclass(frozen=True)
class Kernels:
    """Forward and backward of one program in one precision; see bio.engines.fused._source."""

    source: KernelSource
    step: Step
    dtype: np.dtype
    refractory: int
    record: bool

    def forward(
        self,
        call: Call,
        drive: np.ndarray,
        noise: list[np.ndarray],
        constants: list[np.ndarray],
        starts: list[np.ndarray],
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Spikes, and the recorded states.

        Args:
            call: the sizes.
            drive: (sample, entry, neuron).
            noise: each (sample, step, neuron).
            constants, starts: each (neuron,).
        """
        spikes = reused_array(call.shape, self.dtype)
        recorded = [reused_array(call.shape, self.dtype) for _ in self.step.states if self.record]
        flat = [one.reshape(-1) for one in (drive, spikes, *recorded, *noise, *constants, *starts)]
        block = min(call.neurons, _FORWARD_BLOCK)
        rows = len(self.step.states) + (self.step.left is not None)

        def run(first: int, last: int) -> None:
            works = list(np.empty((rows, block), self.dtype))
            self._module.forward(*flat, *works, *self._settings(call, first, last, block))

        in_parts(call.samples, call.work, run)
        return spikes, recorded

    def backward(
        self,
        call: Call,
        drive: np.ndarray,
        grad: torch.Tensor,
        grad_recorded: list[np.ndarray],
        noise: list[np.ndarray],
        constants: list[np.ndarray],
        starts: list[np.ndarray],
    ) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
        """Gradients by the drive (sample, entry, neuron), and by constants and starts, each (sample, neuron).

        Args:
            call, drive, noise, constants, starts: as forward.
            grad: of the spikes, (sample, step, neuron), with any strides.
            grad_recorded: of the recorded states, contiguous.
        """
        grad_drive = reused_array(drive.shape, self.dtype)
        per_sample = (call.samples, call.neurons)
        by_constants = [np.zeros(per_sample, self.dtype) for _ in constants]
        by_starts = [np.empty(per_sample, self.dtype) for _ in starts]
        values, sample_stride, step_stride = rows_of(grad)
        states, rests = len(self.step.states), self.step.left is not None
        block = self._block(call)
        before = [one.reshape(-1) for one in (drive, values, *grad_recorded, *noise, *constants, *starts)]
        results = [one.reshape(-1) for one in (grad_drive, *by_constants, *by_starts)]

        def run(first: int, last: int) -> None:
            kept = list(np.empty((self.source.kept, call.steps, block), self.dtype))
            works = list(np.empty((2 * states + rests + 1, block), self.dtype))
            settings = self._settings(call, first, last, block)
            strides = np.uint64(sample_stride), np.uint64(step_stride)
            self._module.backward(*before, *kept, *works, *results, *settings, *strides)

        in_parts(call.samples, call.work, run)
        return grad_drive, by_constants, by_starts

    @property
    def _module(self) -> Any:
        return compiled_module(self.source.text)

    def _settings(self, call: Call, first: int, last: int, block: int) -> tuple[Any, ...]:
        scalar = self.dtype.type
        whole = [np.uint64(n) for n in (first, last, call.entries, call.substeps, call.neurons, block)]
        return number_array(self.source, self.dtype), scalar(call.scale), scalar(self.refractory), *whole

    def _block(self, call: Call) -> int:
        """Neurons at a time, so that a block's states of all steps stay in the cache; whole vectors of 16."""
        fitting = _BLOCK_BYTES // (max(1, self.source.kept) * call.steps * self.dtype.itemsize)
        return min(call.neurons, max(16, fitting // 16 * 16))


@lru_cache(maxsize=64)
def kernels(
    program: Program, surrogate: Surrogate | None, detach_reset: bool, dtype: torch.dtype, record: bool
) -> Kernels:
    """The kernels of a program; compiled when they are first called, from disk where they were compiled before."""
    step = step_of(program, surrogate, detach_reset)
    name = {torch.float32: "float32", torch.float64: "float64"}[dtype]
    return Kernels(kernel_source(step, name, record), step, np.dtype(name), program.refractory_steps, record)


@lru_cache(maxsize=128)
def number_array(source: KernelSource, dtype: np.dtype) -> np.ndarray:
    """What the kernels read as k."""
    return np.array(source.numbers, dtype)


def rows_of(grad: torch.Tensor) -> tuple[np.ndarray, int, int]:
    """Values of a gradient and its strides by sample and by step, in numbers; neurons lie side by side.

    The gradient of a sum over time or samples is one row that stands for many: it is not copied out.
    """
    sample_stride, step_stride, _ = grad.stride()
    repeats = [stride == 0 for stride in (sample_stride, step_stride)]
    row = grad[: 1 if repeats[0] else None, : 1 if repeats[1] else None].contiguous()
    strides = [0 if repeated else stride for repeated, stride in zip(repeats, row.stride(), strict=False)]
    return row.numpy(), strides[0], strides[1]


def arrays(tensors: Sequence[torch.Tensor]) -> list[np.ndarray]:
    """Contiguous arrays of the tensors' values."""
    return [one.detach().contiguous().numpy() for one in tensors]
