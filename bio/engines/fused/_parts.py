"""What all generated kernels are put together from: a step, its adjoint, reads, loops and a head of imports."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from textwrap import indent

from bio.engines.fused._rendering import Dialect, Numbers, rendered
from bio.engines.fused._step import Step

__all__ = ["Adjoint", "Stepped", "adjoint", "given_names", "head", "kernel", "loop", "read", "stepped", "work_names"]

_OWN = ("exp", "expm1", "exprel")
_MATH = ("log", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
_FUNCTIONS = {name: name for name in _OWN} | {name: f"math.{name}" for name in _MATH} | {
    "abs": "abs", "sign": "np.sign", "int": "np.trunc",
}  # fmt: skip
NUMBA = Dialect(_FUNCTIONS, lambda condition, first, second: f"({first} if {condition} else {second})")

_HEAD = '''\
"""Time loops of a neuron's step and of its adjoint, generated from its equations."""
# helper functions: {digest}
import math

import numba
import numpy as np

from bio.engines._no_alias import NoAlias
from bio.engines._vector_math import {imports}

ZERO, ONE = np.uint64(0), np.uint64(1)
'''
_DECORATOR = '@numba.njit(cache=True, error_model="numpy", nogil=True, pipeline_class=NoAlias)'


@dataclass(frozen=True)
class Stepped:
    """Lines that compute a step, and then what each result is called.

    Attributes:
        spike: 1 or 0; `after`: the states, and last the steps that are left of refractoriness, if any ever are.
        kept: of each node that the adjoint wants to be kept.
    """

    lines: list[str]
    spike: str
    after: list[str]
    kept: list[str]


@dataclass(frozen=True)
class Adjoint:
    """Lines that compute the adjoint of a step, then its results.

    Attributes:
        by_state, by_constant, by_drive: gradients by the states before the step, by constants and by the current.
        kept: node -> name, of what it reads of the step itself.
    """

    lines: list[str]
    by_state: list[str]
    by_constant: list[str]
    by_drive: str
    kept: dict[int, str]


def stepped(
    step: Step, numbers: Numbers, kept: Sequence[int] = (), spikes: bool = True, dialect: Dialect = NUMBA
) -> Stepped:
    """The step; without `spikes` when only its states are wanted."""
    after = [*step.after.values(), *([] if step.left_after is None else [step.left_after])]
    roots = [*([step.spike] if spikes else []), *after, *kept]
    lines, texts = rendered(step.graph, roots, numbers, dialect)
    return Stepped(lines, texts.get(step.spike, ""), [texts[one] for one in after], [texts[one] for one in kept])


def adjoint(step: Step, numbers: Numbers, dialect: Dialect = NUMBA) -> Adjoint:
    """The adjoint of a step, which reads g and a0, a1, ...: gradients by the spike and by the states after the step.

    Of the step, its states before and behind the update are at hand if they are kept; only those that the adjoint
    reads are, and a linear equation's are not.
    """
    graph = step.graph
    seeds = {step.spike: graph.leaf("g")} if graph.surrogate is not None else {}
    for i, place in enumerate(step.after.values()):
        leaf = graph.leaf(f"a{i}")
        seeds[place] = graph.apply("+", seeds[place], leaf) if place in seeds else leaf
    wanted = [*step.states.values(), *step.constants.values(), step.drive]
    found = graph.adjoint(seeds, wanted)
    places = [found.get(place, graph.number(0.0)) for place in wanted]
    given = {place: f"m{i}" for i, place in enumerate(step.moved.values()) if graph.nodes[place].operation != "number"}
    given |= {place: f"s{i}" for i, place in enumerate(step.states.values())}
    given |= {} if step.left is None else {step.left: "left"}
    lines, texts = rendered(graph, places, numbers, dialect, given)
    named, count = [texts[place] for place in places], len(step.states)
    kept = {place: name for place, name in given.items() if place in texts}
    return Adjoint(lines, named[:count], named[count:-1], named[-1], kept)


def head(dtype: str) -> str:
    """Imports, and a digest of what kernels call but do not spell out, so that a change of it makes other kernels."""
    imports = ", ".join(f"{name}_{dtype} as {name}" for name in _OWN)
    return _HEAD.format(digest=_helper_digest(), imports=imports)


@lru_cache(maxsize=1)
def _helper_digest() -> str:
    return hashlib.sha256((Path(__file__).parent.parent / "_vector_math.py").read_bytes()).hexdigest()


def kernel(name: str, arguments: Sequence[str], numbers: Numbers, body: Sequence[str]) -> str:
    """A compiled function, which begins with the numbers that it reads."""
    text = indent("\n".join(body), "    ")
    unpacked = indent("\n".join(numbers.unpacked(text)), "    ")
    return f"{_DECORATOR}\ndef {name}({', '.join(arguments)}):\n{unpacked}\n{text}\n"


def loop(body: Sequence[str], spaces: int, count: str = "n") -> str:
    """A loop over neurons."""
    return indent("\n".join([f"for j in range({count}):", *(f"    {line}" for line in body)]), " " * spaces)


def read(step: Step, begin: str) -> list[str]:
    """What a step reads beside its states; `begin` is put before a neuron's place among all."""
    noise = [f"n{i} = noise{i}[at + j]" for i in range(len(step.noise))]
    constants = [f"c{i} = constant{i}[{begin}j]" for i in range(len(step.constants))]
    return ["d = drive[at_drive + j] * scale", *noise, *constants]


def given_names(step: Step) -> list[str]:
    """Arguments for noise and constants."""
    return [f"noise{i}" for i in range(len(step.noise))] + [f"constant{i}" for i in range(len(step.constants))]


def work_names(step: Step) -> tuple[list[str], list[str]]:
    """Names of what a step carries on, and of the arrays that hold it."""
    states = range(len(step.states))
    left = [] if step.left is None else ["left"]
    return [f"s{i}" for i in states] + left, [f"w{i}" for i in states] + ["w_left"] * len(left)
