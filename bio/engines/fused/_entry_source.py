"""The source of kernels that run the steps of one input entry, for neurons that hear each other.

A recurrent drive depends on the spikes of the entry before, of all neurons, so that the loop over time is outside: a
product of matrices for each entry, and one of these calls. What the adjoint of a step reads is kept by the forward
kernel, for every step: running the steps again would need the products again.
"""

from __future__ import annotations

from bio.engines.fused._parts import (
    Adjoint,
    Stepped,
    adjoint,
    given_names,
    head,
    kernel,
    loop,
    read,
    stepped,
    work_names,
)
from bio.engines.fused._rendering import Numbers
from bio.engines.fused._source import KernelSource
from bio.engines.fused._step import Step

__all__ = ["entry_source"]

_SETTINGS = ("k", "scale", "refractory", "first", "last", "entry", "entries", "substeps", "neurons")
_ROWS = (
    "for sample in range(first, last):",
    "    row = sample * neurons",
    "    at_drive = (sample * entries + entry) * neurons",
)


def entry_source(step: Step, dtype: str) -> KernelSource:
    """Kernels of one entry in "float32" or "float64": states and adjoints are carried on in (sample, neuron) arrays."""
    numbers = Numbers([0.0])
    back = adjoint(step, numbers)
    done = stepped(step, numbers, list(back.kept))
    kept = [f"kept{i}" for i in range(len(back.kept))]
    kernels = [_forward(step, done, kept, numbers), _backward(step, back, kept, numbers)]
    return KernelSource("\n\n".join([head(dtype), *kernels]), tuple(numbers.values), len(kept))


def _forward(step: Step, done: Stepped, kept: list[str], numbers: Numbers) -> str:
    names, works = work_names(step)
    body = [
        *(f"{name} = {work}[row + j]" for name, work in zip(names, works, strict=True)),
        *read(step, ""),
        *done.lines,
        *(f"{one}[at + j] = {text}" for one, text in zip(kept, done.kept, strict=True)),
        f"spikes[at + j] = {done.spike}",
        *(f"{work}[row + j] = {text}" for work, text in zip(works, done.after, strict=True)),
    ]
    return kernel("forward", ["drive", "spikes", *given_names(step), *kept, *works, *_SETTINGS], numbers, [
        *_ROWS,
        "    for substep in range(substeps):",
        "        at = ((sample * entries + entry) * substeps + substep) * neurons",
        loop(body, 8, "neurons"),
    ])  # fmt: skip


def _backward(step: Step, back: Adjoint, kept: list[str], numbers: Numbers) -> str:
    states = range(len(step.states))
    body = [
        *(f"{name} = {one}[at + j]" for name, one in zip(back.kept.values(), kept, strict=True)),
        *read(step, ""),
        "g = grad[at_grad + j] + heard[row + j]",
        *(f"a{i} = b{i}[row + j]" for i in states),
        *back.lines,
        *(f"b{i}[row + j] = {text}" for i, text in enumerate(back.by_state)),
        f"g_drive[at_drive + j] += {back.by_drive} * scale",
        *(f"g_c{i}[row + j] += {text}" for i, text in enumerate(back.by_constant)),
    ]
    arguments = ["drive", "grad", "heard", *given_names(step), *kept, *(f"b{i}" for i in states), "g_drive",
                 *(f"g_c{i}" for i in range(len(step.constants))), *_SETTINGS, "grad_sample", "grad_step"]  # fmt: skip
    return kernel("backward", arguments, numbers, [
        *_ROWS,
        loop(["g_drive[at_drive + j] = k0"], 4, "neurons"),
        "    for back_substep in range(substeps):",
        "        t = entry * substeps + substeps - ONE - back_substep",
        "        at = (sample * entries * substeps + t) * neurons",
        "        at_grad = sample * grad_sample + t * grad_step",
        loop(body, 8, "neurons"),
    ])  # fmt: skip
