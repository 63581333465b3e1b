"""The source of a neuron's fused kernels: all time steps forward in one call, all backward in another.

Neurons are walked in blocks whose states stay in the cache nearest to the core; of a block, a loop over neurons is one
time step, which LLVM turns into vector instructions. The forward kernel keeps nothing: the backward one runs a block's
steps again, which costs less than reading states back from memory, keeps of them what the adjoint of a step reads, and
walks from the last step to the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from bio.engines.fused._parts import Adjoint, adjoint, given_names, head, kernel, loop, read, stepped, work_names
from bio.engines.fused._rendering import Numbers
from bio.engines.fused._step import Step

__all__ = ["KernelSource", "kernel_source"]

_SETTINGS = ("k", "scale", "refractory", "first", "last", "entries", "substeps", "neurons", "block")


@dataclass(frozen=True)
class KernelSource:
    """Text of a module with `forward` and `backward`, the numbers that both are given, and how many arrays are kept."""

    text: str
    numbers: tuple[float, ...]
    kept: int


def kernel_source(step: Step, dtype: str, record: bool) -> KernelSource:
    """The kernels of a step in "float32" or "float64"; with `record` they also give, or read gradients of, states."""
    numbers = Numbers([0.0])
    forward = _forward(step, numbers, record)
    backward, kept = _backward(step, numbers, record)
    return KernelSource("\n\n".join([head(dtype), forward, backward]), tuple(numbers.values), kept)


def _forward(step: Step, numbers: Numbers, record: bool) -> str:
    states, (names, works), done = range(len(step.states)), work_names(step), stepped(step, numbers)
    body = [
        *(f"{name} = {work}[j]" for name, work in zip(names, works, strict=True)),
        *read(step, "begin + "),
        *done.lines,
        f"spikes[at + j] = {done.spike}",
        *(f"{work}[j] = {text}" for work, text in zip(works, done.after, strict=True)),
        *(f"r{i}[at + j] = {done.after[i]}" for i in states if record),
    ]
    arguments = ["drive", "spikes", *(f"r{i}" for i in states if record), *given_names(step),
                 *(f"start{i}" for i in states), *works, *_SETTINGS]  # fmt: skip
    return kernel("forward", arguments, numbers, [
        "for sample in range(first, last):",
        "    for begin in range(ZERO, neurons, block):",
        "        n = min(block, neurons - begin)",
        loop(_starts(step), 8),
        "        for entry in range(entries):",
        "            at_drive = (sample * entries + entry) * neurons + begin",
        "            for substep in range(substeps):",
        "                at = ((sample * entries + entry) * substeps + substep) * neurons + begin",
        loop(body, 16),
    ])  # fmt: skip


def _backward(step: Step, numbers: Numbers, record: bool) -> tuple[str, int]:
    states, back = range(len(step.states)), adjoint(step, numbers)
    rerun, reverse = _rerun(step, numbers, back), _reverse(step, back, record)
    arguments = [
        "drive", "grad", *(f"g_r{i}" for i in states if record), *given_names(step), *(f"start{i}" for i in states),
        *(f"kept{i}" for i in range(len(back.kept))), *work_names(step)[1], *(f"b{i}" for i in states), "b_drive",
        "g_drive", *(f"g_c{i}" for i in range(len(step.constants))), *(f"g_start{i}" for i in states), *_SETTINGS,
        "grad_sample", "grad_step",
    ]  # fmt: skip
    return kernel("backward", arguments, numbers, [
        "for sample in range(first, last):",
        "    for begin in range(ZERO, neurons, block):",
        "        n = min(block, neurons - begin)",
        loop([*_starts(step), *(f"b{i}[j] = k0" for i in states)], 8),
        "        for entry in range(entries):",
        "            at_drive = (sample * entries + entry) * neurons + begin",
        "            for substep in range(substeps):",
        "                t = entry * substeps + substep",
        "                at = (sample * entries * substeps + t) * neurons + begin",
        loop(rerun, 16),
        "        for back_entry in range(entries):",
        "            entry = entries - ONE - back_entry",
        "            at_drive = (sample * entries + entry) * neurons + begin",
        loop(["b_drive[j] = k0"], 12),
        "            for back_substep in range(substeps):",
        "                t = entry * substeps + substeps - ONE - back_substep",
        "                at = (sample * entries * substeps + t) * neurons + begin",
        "                at_grad = sample * grad_sample + t * grad_step + begin",
        loop(reverse, 16),
        loop(["g_drive[at_drive + j] = b_drive[j]"], 12),
        loop([f"g_start{i}[sample * neurons + begin + j] = b{i}[j]" for i in states], 8),
    ]), len(back.kept)  # fmt: skip


def _rerun(step: Step, numbers: Numbers, back: Adjoint) -> list[str]:
    """A step again, keeping what its adjoint reads."""
    (names, works), again = work_names(step), stepped(step, numbers, list(back.kept), spikes=False)
    return [
        *(f"{name} = {work}[j]" for name, work in zip(names, works, strict=True)),
        *read(step, "begin + "),
        *again.lines,
        *(f"kept{i}[t, j] = {text}" for i, text in enumerate(again.kept)),
        *(f"{work}[j] = {text}" for work, text in zip(works, again.after, strict=True)),
    ]


def _reverse(step: Step, back: Adjoint, record: bool) -> list[str]:
    states = range(len(step.states))
    return [
        *(f"{name} = kept{i}[t, j]" for i, name in enumerate(back.kept.values())),
        *read(step, "begin + "),
        "g = grad[at_grad + j]",
        *(f"a{i} = b{i}[j]" + (f" + g_r{i}[at + j]" if record else "") for i in states),
        *back.lines,
        *(f"b{i}[j] = {text}" for i, text in enumerate(back.by_state)),
        f"b_drive[j] += {back.by_drive} * scale",
        *(f"g_c{i}[sample * neurons + begin + j] += {text}" for i, text in enumerate(back.by_constant)),
    ]


def _starts(step: Step) -> list[str]:
    return [f"w{i}[j] = start{i}[begin + j]" for i in range(len(step.states))] + (
        [] if step.left is None else ["w_left[j] = k0"]
    )
