"""Neurons that hear each other: for each entry of the input a product of matrices and one compiled call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from bio.engines.compiled import compiled_module
from bio.engines.fused._entry_source import entry_source
from bio.engines.fused._kernels import Call, arrays, number_array, rows_of
from bio.engines.fused._source import KernelSource
from bio.engines.fused._step import Step, step_of
from bio.engines.surrogate import Surrogate
from bio.engines.tensor._buffers import reused_array
from bio.program import Program

__all__ = ["EntryKernels", "RunRecurrent", "entry_kernels"]


@dataclass(frozen=True)
class EntryKernels:
    """Forward and backward of one entry; see bio.engines.fused._entry_source."""

    source: KernelSource
    step: Step
    dtype: np.dtype
    refractory: int

    @property
    def module(self) -> Any:
        return compiled_module(self.source.text)

    def settings(self, call: Call, entry: int) -> tuple[Any, ...]:
        scalar = self.dtype.type
        whole = [np.uint64(n) for n in (0, call.samples, entry, call.entries, call.substeps, call.neurons)]
        return number_array(self.source, self.dtype), scalar(call.scale), scalar(self.refractory), *whole


@lru_cache(maxsize=64)
def entry_kernels(
    program: Program, surrogate: Surrogate | None, detach_reset: bool, dtype: torch.dtype
) -> EntryKernels:
    """The kernels of a program; compiled when they are first called, from disk where they were compiled before."""
    step = step_of(program, surrogate, detach_reset)
    name = {torch.float32: "float32", torch.float64: "float64"}[dtype]
    return EntryKernels(entry_source(step, name), step, np.dtype(name), program.refractory_steps)


class RunRecurrent(torch.autograd.Function):
    """Spikes as a differentiable function of the current, the recurrent weights, constants and starts.

    The current of an entry e is x[e] + V c[e-1], with c[e] the neurons' spikes in the steps of entry e.
    """

    @staticmethod
    def forward(
        ctx: Any,
        compiled: EntryKernels,
        call: Call,
        current: torch.Tensor,
        weight: torch.Tensor,
        noises: int,
        *tensors: torch.Tensor,
    ) -> torch.Tensor:
        others, count = arrays(tensors), noises + len(compiled.step.constants)
        drive = torch.from_numpy(reused_array((call.samples, call.entries, call.neurons), compiled.dtype))
        spikes, *kept = (reused_array(call.shape, compiled.dtype) for _ in range(1 + compiled.source.kept))
        works = [np.tile(one, call.samples) for one in others[count:]]
        works += [] if compiled.step.left is None else [np.zeros(call.samples * call.neurons, compiled.dtype)]
        fixed = [one.reshape(-1) for one in (drive.numpy(), spikes, *others[:count], *kept)]
        fired = torch.from_numpy(spikes)
        for entry in range(call.entries):
            if entry == 0:
                drive[:, 0] = current[:, 0]
            else:
                torch.addmm(current[:, entry], _heard(fired, call, entry - 1), weight.t(), out=drive[:, entry])
            compiled.module.forward(*fixed, *works, *compiled.settings(call, entry))
        ctx.compiled, ctx.call, ctx.noises, ctx.kept = compiled, call, noises, kept
        ctx.save_for_backward(drive, fired, weight, *tensors[:count])
        return fired

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[Any, ...]:
        compiled, call, noises = ctx.compiled, ctx.call, ctx.noises
        drive, fired, weight, *given = ctx.saved_tensors
        constants, states = len(compiled.step.constants), len(compiled.step.states)
        by_drive = torch.from_numpy(reused_array(tuple(drive.shape), compiled.dtype))
        by_constants = [np.zeros(call.samples * call.neurons, compiled.dtype) for _ in range(constants)]
        by_states = [np.zeros(call.samples * call.neurons, compiled.dtype) for _ in range(states)]
        values, *strides = rows_of(grads[0])
        heard = torch.zeros(call.samples, call.neurons, dtype=drive.dtype)
        fixed = [one.reshape(-1) for one in (drive.numpy(), values, heard.numpy(), *arrays(given), *ctx.kept)]
        results = [*by_states, by_drive.numpy().reshape(-1), *by_constants]
        for entry in reversed(range(call.entries)):
            if entry + 1 < call.entries:
                torch.mm(by_drive[:, entry + 1], weight, out=heard)
            settings = compiled.settings(call, entry)
            compiled.module.backward(*fixed, *results, *settings, *(np.uint64(one) for one in strides))
        per_neuron = (call.samples, call.neurons)
        rows = [torch.from_numpy(one.reshape(per_neuron)).sum(0) for one in (*by_constants, *by_states)]
        return None, None, by_drive, _by_weight(by_drive, fired, call), None, *[None] * noises, *rows


def _heard(spikes: torch.Tensor, call: Call, entry: int) -> torch.Tensor:
    """How often each neuron spiked in the steps of an entry, (sample, neuron)."""
    if call.substeps == 1:
        return spikes[:, entry]
    return spikes[:, entry * call.substeps : (entry + 1) * call.substeps].sum(1)


def _by_weight(by_drive: torch.Tensor, spikes: torch.Tensor, call: Call) -> torch.Tensor:
    """The gradient by the recurrent weights, as one product over all entries."""
    counts = spikes.reshape(call.samples, call.entries, call.substeps, call.neurons)
    counts = counts[:, :, 0] if call.substeps == 1 else counts.sum(2)
    return by_drive[:, 1:].reshape(-1, call.neurons).t() @ counts[:, :-1].reshape(-1, call.neurons)
