"""The source of a neuron's fused kernels in Triton, for GPUs: a thread for each neuron, the loop over time inside.

From the same graph as the kernels for the CPU. A state stays in a register; what the adjoint of a step reads is kept
by the forward kernel, since a GPU has the memory for it and no cache for a run again.
"""

from __future__ import annotations

import re
from textwrap import indent

from bio.engines.fused._parts import Adjoint, Stepped, adjoint, stepped, work_names
from bio.engines.fused._rendering import Dialect, Numbers
from bio.engines.fused._source import KernelSource
from bio.engines.fused._step import Step

__all__ = ["triton_source"]

_DIRECT = ("exp", "log", "sqrt", "sin", "cos", "abs")
_DEVICE = ("expm1", "log10", "tan", "sinh", "cosh", "tanh", "trunc", "pow")
_FUNCTIONS = {name: f"tl.{name}" for name in _DIRECT} | {name: f"libdevice.{name}" for name in _DEVICE} | {
    "int": "libdevice.trunc", "**": "libdevice.pow", "exprel": "_exprel", "sign": "_sign", "not": "_not",
    "%": "_mod", "//": "_floor",
}  # fmt: skip
TRITON = Dialect(_FUNCTIONS, lambda condition, first, second: f"tl.where({condition}, {first}, {second})")

_HEAD = '''\
"""Time loops of a neuron's step and of its adjoint for a GPU, generated from its equations."""
import triton
import triton.language as tl
from triton.language.extra import libdevice


@triton.jit
def _exprel(x):
    safe = tl.where(x == 0, 1.0, x)
    return tl.where(x == 0, 1.0, libdevice.expm1(safe) / safe)


@triton.jit
def _sign(x):
    return tl.where(x > 0, 1.0, 0.0) - tl.where(x < 0, 1.0, 0.0)


@triton.jit
def _not(x):
    return x == 0


@triton.jit
def _floor(x, y):
    return libdevice.floor(x / y)


@triton.jit
def _mod(x, y):
    return x - y * libdevice.floor(x / y)
'''
_SIZES = ("k", "entries", "substeps", "neurons", "count", "BLOCK: tl.constexpr")
_ENTRY = "drive + (sample * entries + entry) * neurons + j"
_PLACE = [
    "index = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)",
    "mask = index < count",
    "sample = index // neurons",
    "j = index % neurons",
    "zero = tl.zeros([BLOCK], dtype=drive.dtype.element_ty)",
]


def triton_source(step: Step) -> KernelSource:
    """`forward` and `backward`. Their array k holds the numbers, ampere per unit of drive, and refractory steps."""
    numbers = Numbers([0.0])
    back = adjoint(step, numbers, TRITON)
    done = stepped(step, numbers, list(back.kept), dialect=TRITON)
    kept = [f"kept{i}" for i in range(len(back.kept))]
    given = [f"noise{i}" for i in range(len(step.noise))] + [f"constant{i}" for i in range(len(step.constants))]
    before, results = [f"start{i}" for i in range(len(step.states))], ["g_drive"]
    results += [f"g_c{i}" for i in range(len(step.constants))] + [f"g_start{i}" for i in range(len(step.states))]
    bodies = {
        "forward": (["drive", "spikes", *given, *before, *kept], _forward(step, done, kept)),
        "backward": (["drive", "grad", *given, *kept, *results], _backward(step, back, kept)),
    }
    kernels = [_kernel(name, arguments, numbers, body) for name, (arguments, body) in bodies.items()]
    return KernelSource("\n\n".join([_HEAD, *kernels]), tuple(numbers.values), len(kept))


def _forward(step: Step, done: Stepped, kept: list[str]) -> list[str]:
    names, _ = work_names(step)
    body = [
        *_read_noise(step),
        *done.lines,
        *(f"tl.store({one} + at, {value}, mask=mask)" for one, value in zip(kept, done.kept, strict=True)),
        f"tl.store(spikes + at, {done.spike}, mask=mask)",
        *(f"next_{name} = tl.where(mask, {text}, zero)" for name, text in zip(names, done.after, strict=True)),
        *(f"{name} = next_{name}" for name in names),
    ]
    return [
        *_begin(step),
        *(f"s{i} = {_load(f'start{i} + j')}" for i in range(len(step.states))),
        *(["left = zero"] if step.left is not None else []),
        "for entry in range(entries):",
        f"    d = {_load(_ENTRY)} * scale",
        "    for substep in range(substeps):",
        *(f"        {line}" for line in body),
    ]


def _backward(step: Step, back: Adjoint, kept: list[str]) -> list[str]:
    states, constants = range(len(step.states)), range(len(step.constants))
    body = [
        "substep = substeps - 1 - back_substep",
        *_read_noise(step),
        *(f"{name} = {_load(f'{one} + at')}" for name, one in zip(back.kept.values(), kept, strict=True)),
        f"g = {_load('grad + at')}",
        *(f"a{i} = b{i}" for i in states),
        *back.lines,
        *(f"b{i} = zero + {text}" for i, text in enumerate(back.by_state)),
        f"b_drive = b_drive + {back.by_drive} * scale",
        *(f"sum{i} = sum{i} + {text}" for i, text in enumerate(back.by_constant)),
    ]
    return [
        *_begin(step),
        *(f"b{i} = zero" for i in states),
        *(f"sum{i} = zero" for i in constants),
        "for back_entry in range(entries):",
        "    entry = entries - 1 - back_entry",
        f"    d = {_load(_ENTRY)} * scale",
        "    b_drive = zero",
        "    for back_substep in range(substeps):",
        *(f"        {line}" for line in body),
        f"    tl.store(g_{_ENTRY}, b_drive, mask=mask)",
        *(f"tl.store(g_c{i} + index, sum{i}, mask=mask)" for i in constants),
        *(f"tl.store(g_start{i} + index, b{i}, mask=mask)" for i in states),
    ]


def _begin(step: Step) -> list[str]:
    return [*_PLACE, *(f"c{i} = {_load(f'constant{i} + j')}" for i in range(len(step.constants)))]


def _read_noise(step: Step) -> list[str]:
    at = "at = ((sample * entries + entry) * substeps + substep) * neurons + j"
    return [at, *(f"n{i} = {_load(f'noise{i} + at')}" for i in range(len(step.noise)))]


def _load(place: str) -> str:
    return f"tl.load({place}, mask=mask, other=0.0)"


def _kernel(name: str, arguments: list[str], numbers: Numbers, body: list[str]) -> str:
    text = "\n".join(body)
    loads = [re.sub(r"k\[(\d+)\]", r"tl.load(k + \1)", one) for one in numbers.unpacked(text)]
    last = len(numbers.values)
    loads += [f"scale = tl.load(k + {last})", f"refractory = tl.load(k + {last + 1})"]
    head = f"@triton.jit\ndef {name}({', '.join([*arguments, *_SIZES])}):\n"
    return head + indent("\n".join([*loads, text]), "    ") + "\n"
