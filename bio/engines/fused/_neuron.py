"""Runs a neuron program on torch with the whole loop over time in one compiled call, forward and backward.

What a step of a time loop written in torch costs is mostly Python and memory: each operation reads and writes arrays
of all neurons. Here the loop, its gradient and its surrogate are generated from the program as one kernel each (see
bio.engines.fused._source), in which a neuron's state never leaves the cache. Spikes are those of the eager loop of
bio.engines.tensor, gradients the same but for the order of sums.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import torch
from torch.autograd.function import once_differentiable

from bio.engines.fused._kernels import Call, Kernels, arrays, kernels
from bio.engines.fused._recurrent import RunRecurrent, entry_kernels
from bio.engines.surrogate import Surrogate
from bio.engines.tensor import Simulation, TensorNeuron
from bio.program import Program

__all__ = ["FusedNeuron"]

_LOG = logging.getLogger(__name__)


class FusedNeuron(TensorNeuron):
    """A program on the CPU in float32 or float64, fast; elsewhere the eager loop of TensorNeuron, and the log says why.

    Args:
        program, surrogate, detach_reset: as TensorNeuron.
    """

    def __init__(self, program: Program, surrogate: Surrogate | None = None, detach_reset: bool = True) -> None:
        super().__init__(program, surrogate, detach_reset)
        self._told: set[str] = set()

    def refuses(self, current: torch.Tensor, noise: Mapping[str, torch.Tensor] | None = None) -> str | None:
        """A sentence if these cannot be run in one compiled call, so that the eager loop runs them; else None."""
        name = self.program.name
        if not self.program.drive:
            return f"{name} has no drive, so there is no input whose sizes a fused kernel could take."
        if current.device.type != "cpu":
            return f"Fused kernels run on the CPU; this current is on {current.device}."
        if current.dtype not in (torch.float32, torch.float64):
            return f"Fused kernels compute in float32 or float64; this current is {current.dtype}."
        if current.numel() == 0:
            return "There is nothing to run: the current has no sample, step or neuron."
        if self.surrogate is not None and not isinstance(self.surrogate, Surrogate):
            return f"{self.surrogate!r} does not say its derivative as an expression, which a kernel is made from."
        if any(one.requires_grad for one in (noise or {}).values()):
            return "Fused kernels give no gradient by the noise."
        return None

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
        """All steps of `current`; see TensorNeuron.run. Gradients can be taken once, not gradients of gradients."""
        reason = self.refuses(current, noise)
        if reason is not None:
            self._tell(reason)
            return super().run(current, record, parameters=parameters, noise=noise, scale=scale, substeps=substeps)
        compiled = kernels(self.program, self.surrogate, self.detach_reset, current.dtype, record)
        given = self._given(current, parameters, self._checked(current, noise, substeps))
        call = Call(current.shape[0], current.shape[1], substeps, current.shape[2], scale)
        noises = len(self.program.noise)
        spikes, *states = _Run.apply(compiled, call, current, noises, *given)  # type: ignore[misc]
        return Simulation(spikes, dict(zip(self.program.states, states, strict=False)))

    def run_recurrent(
        self,
        current: torch.Tensor,
        weight: torch.Tensor,
        *,
        parameters: Mapping[str, torch.Tensor] | None = None,
        noise: Mapping[str, torch.Tensor] | None = None,
        scale: float = 1.0,
        substeps: int = 1,
    ) -> Simulation:
        """All steps of neurons that hear each other; see TensorNeuron.run_recurrent."""
        reason = self.refuses(current, noise)
        if reason is not None:
            self._tell(reason)
            return super().run_recurrent(
                current, weight, parameters=parameters, noise=noise, scale=scale, substeps=substeps
            )
        compiled = entry_kernels(self.program, self.surrogate, self.detach_reset, current.dtype)
        given = self._given(current, parameters, self._checked(current, noise, substeps))
        call = Call(current.shape[0], current.shape[1], substeps, current.shape[2], scale)
        spikes = RunRecurrent.apply(compiled, call, current, weight, len(self.program.noise), *given)
        return Simulation(spikes, {})  # type: ignore[arg-type]

    def source(self, dtype: str = "float32", record: bool = False) -> str:
        """The generated kernels, behind a legend of their names."""
        found = kernels(self.program, self.surrogate, self.detach_reset, getattr(torch, dtype), record)
        legend = [
            "# d: current in ampere; left: steps for which a neuron is still refractory; g: gradient by the spike;",
            "# a: gradients by the states behind the step, b: by those before it",
            *(f"# s{i} = {name}" for i, name in enumerate(found.step.states)),
            *(f"# c{i} = {expression}" for i, (_, expression) in enumerate(self._hoisted)),
            *(f"# n{i} = {name}" for i, name in enumerate(found.step.noise)),
            *(f"# k{i} = {value!r}" for i, value in enumerate(found.source.numbers)),
        ]
        return "\n".join([*legend, found.source.text])

    def _given(
        self,
        current: torch.Tensor,
        parameters: Mapping[str, torch.Tensor] | None,
        noise: Mapping[str, torch.Tensor],
    ) -> list[torch.Tensor]:
        """Noise, then constants, then starts, in the order in which kernels are given them."""
        constants = self.constants(parameters)
        given = [values.to(current.dtype) for values in noise.values()]
        given += [self._row(value, current) for value in constants.values()]
        return given + [self._row(value(constants) if callable(value) else value, current) for value in self._starts]

    def _row(self, value: torch.Tensor | float, like: torch.Tensor) -> torch.Tensor:
        """A number for each neuron."""
        value = value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=torch.float64)
        return value.to(like).expand(like.shape[2])

    def _tell(self, reason: str) -> None:
        if reason not in self._told:
            self._told.add(reason)
            _LOG.info("%s runs on the eager loop. %s", self.program.name, reason)


class _Run(torch.autograd.Function):
    """The kernels as a differentiable function of the current, of constants and of starts."""

    @staticmethod
    def forward(
        ctx: Any, compiled: Kernels, call: Call, current: torch.Tensor, noises: int, *tensors: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        (drive,), others = arrays([current]), arrays(tensors)
        count = noises + len(compiled.step.constants)
        spikes, states = compiled.forward(call, drive, others[:noises], others[noises:count], others[count:])
        ctx.compiled, ctx.call, ctx.noises = compiled, call, noises
        ctx.save_for_backward(current, *tensors)
        return tuple(torch.from_numpy(one) for one in (spikes, *states))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[Any, ...]:
        compiled, noises = ctx.compiled, ctx.noises
        (drive, *others), count = arrays(ctx.saved_tensors), noises + len(compiled.step.constants)
        by_drive, by_constants, by_starts = compiled.backward(
            ctx.call, drive, grads[0], arrays(grads[1:]), others[:noises], others[noises:count], others[count:]
        )
        rows = [torch.from_numpy(one).sum(0) for one in (*by_constants, *by_starts)]
        return None, None, torch.from_numpy(by_drive), None, *[None] * noises, *rows
