"""Runs a neuron program on a GPU with the whole loop over time in one Triton kernel, forward and backward.

UNTESTED ON A GPU: the kernels are generated from the graph that the CPU's are, and what they compute is tested with
Triton's language played by numpy; that Triton compiles them, and how fast they are, nobody has seen yet. So nothing
takes this path by itself: on a GPU, FusedNeuron runs the eager loop. To try it, make a TritonNeuron, and hold it to
TensorNeuron as tests/unit/bio/engines/test_fused.py does.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import torch
from torch.autograd.function import once_differentiable

from bio.engines.compiled import compiled_module
from bio.engines.fused import FusedNeuron
from bio.engines.fused._kernels import Call
from bio.engines.fused._source import KernelSource
from bio.engines.fused._step import Step, step_of
from bio.engines.fused._triton_source import triton_source
from bio.engines.surrogate import Surrogate
from bio.engines.tensor import Simulation, TensorNeuron
from bio.program import Program

__all__ = ["TritonNeuron"]

_DEVICE = "cuda"
_BLOCK = 128  # neurons of a program of the grid


class TritonNeuron(FusedNeuron):
    """A program on a GPU in float32 or float64; where that cannot be, the eager loop, and the log says why."""

    def refuses(self, current: torch.Tensor, noise: Mapping[str, torch.Tensor] | None = None) -> str | None:
        """A sentence if these cannot be run by Triton, so that the eager loop runs them; else None."""
        if current.device.type != _DEVICE:
            return f"Triton's kernels run on a GPU; this current is on {current.device}."
        if importlib.util.find_spec("triton") is None:
            return "Triton is not installed; it comes with torch for CUDA."
        reason = super().refuses(current.new_empty(1, 1, 1, device="cpu"), noise)
        return reason if current.numel() else "There is nothing to run: the current has no sample, step or neuron."

    def run(
        self,
        current: torch.Tensor,
        record: bool = False,
        *,
        parameters: Mapping[str, torch.Tensor] | None = None,
        noise: Mapping[str, torch.Tensor] | None = None,
        scale: float = 1.0,
        substeps: int = 1,
    ) -> Simulation:
        """All steps of `current`; see TensorNeuron.run. Recording states takes the eager loop."""
        reason = self.refuses(current, noise) or ("Triton's kernels record no states." if record else None)
        how = {"parameters": parameters, "noise": noise, "scale": scale, "substeps": substeps}
        if reason is not None:
            self._tell(reason)
            return TensorNeuron.run(self, current, record, **how)  # type: ignore[arg-type]
        given = self._given(current, parameters, self._checked(current, noise, substeps))
        call = Call(current.shape[0], current.shape[1], substeps, current.shape[2], scale)
        kernels = _kernels(self.program, self.surrogate, self.detach_reset)
        spikes = _Run.apply(*kernels, call, current, len(self.program.noise), *given)
        return Simulation(spikes, {})  # type: ignore[arg-type]

    def run_recurrent(self, current: torch.Tensor, weight: torch.Tensor, **how: Any) -> Simulation:
        """Neurons that hear each other run on the eager loop."""
        return TensorNeuron.run_recurrent(self, current, weight, **how)


@lru_cache(maxsize=64)
def _kernels(program: Program, surrogate: Surrogate | None, detach_reset: bool) -> tuple[Step, KernelSource, int]:
    step = step_of(program, surrogate, detach_reset)
    return step, triton_source(step), program.refractory_steps


class _Run(torch.autograd.Function):
    """The kernels as a differentiable function of the current, of constants and of starts."""

    @staticmethod
    def forward(
        ctx: Any,
        step: Step,
        source: KernelSource,
        refractory: int,
        call: Call,
        current: torch.Tensor,
        noises: int,
        *tensors: torch.Tensor,
    ) -> torch.Tensor:
        drive, tensors = current.contiguous(), tuple(one.contiguous() for one in tensors)
        spikes, *kept = (drive.new_empty(call.shape) for _ in range(1 + source.kept))
        k = drive.new_tensor([*source.numbers, call.scale, refractory])
        sizes = (k, call.entries, call.substeps, call.neurons, call.samples * call.neurons)
        _launch(source, "forward", call, drive, spikes, *tensors, *kept, *sizes)
        count = noises + len(step.constants)
        ctx.save_for_backward(drive, *tensors[:count], *kept)
        ctx.call, ctx.source, ctx.sizes, ctx.noises, ctx.step = call, source, sizes, noises, step
        return spikes

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[Any, ...]:
        drive, *given = ctx.saved_tensors
        per_neuron = (ctx.call.samples, ctx.call.neurons)
        by_drive = torch.empty_like(drive)
        rows = [drive.new_empty(per_neuron) for _ in (*ctx.step.constants, *ctx.step.states)]
        _launch(ctx.source, "backward", ctx.call, drive, grads[0].contiguous(), *given, by_drive, *rows, *ctx.sizes)
        by_rows = [one.sum(0) for one in rows]
        return None, None, None, None, by_drive, None, *[None] * ctx.noises, *by_rows


def _launch(source: KernelSource, name: str, call: Call, *arguments: Any) -> None:
    grid = (-(-call.samples * call.neurons // _BLOCK),)
    getattr(compiled_module(source.text), name)[grid](*arguments, BLOCK=_BLOCK)
