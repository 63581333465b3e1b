"""Runs a neuron program on torch: batched over samples, on any device, differentiable.

Each expression tree is turned once into nested Python functions of torch operations; a step calls them. In float64
the spikes are Brian2's (tests/agreement/test_engines.py). The gradient passes a spike through `surrogate` and does
not pass a reset: which value a neuron is reset to depends on its spike, and that branch counts as given (the reset is
"detached", Zenke & Vogels 2021, Neural Comput. 33:899).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from bio.engines.surrogate import FastSigmoid
from bio.expression import Apply, Expression, Name, Number, Statement
from bio.program import Program

State = dict[str, Any]
Term = Callable[[Mapping[str, Any]], Any]

_SINCE = "steps since the last spike"  # no variable can have this name

# Arguments are tensors or floats: a function of a float alone was computed when the program was compiled.
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
    "%": operator.mod, "//": operator.floordiv, "neg": operator.neg, ">": operator.gt, ">=": operator.ge,
    "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne, "and": operator.and_,
    "or": operator.or_, "not": torch.logical_not, "exp": torch.exp, "expm1": torch.expm1, "log": torch.log,
    "log10": torch.log10, "sqrt": torch.sqrt, "sin": torch.sin, "cos": torch.cos, "tan": torch.tan,
    "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh, "abs": torch.abs, "sign": torch.sign,
    "clip": torch.clamp, "int": lambda x: x.to(torch.get_default_dtype()) if x.dtype == torch.bool else x.trunc(),
    "exprel": lambda x: torch.where(x == 0, torch.ones_like(x), torch.expm1(x) / x),
}  # fmt: skip


@dataclass(frozen=True)
class Simulation:
    """What a run leaves: spikes (sample, time, neuron), and the recorded states of the same shape."""

    spikes: torch.Tensor
    states: dict[str, torch.Tensor]


class TensorNeuron:
    """A program rendered on torch.

    Args:
        program: one time step.
        surrogate: gives spikes their gradient; None for none. Needs a threshold that is one comparison.

    Raises:
        ValueError: a surrogate was asked for and the threshold is no comparison of two values.
    """

    def __init__(self, program: Program, surrogate: FastSigmoid | None = None) -> None:
        self.program = program
        self.surrogate = surrogate
        self._integrate = _render(program.integrate)
        self._hold = _render(program.hold)
        self._reset = _render(program.reset)
        self._threshold = _term(program.threshold)
        self._distance = _term(distance_to_threshold(program)) if surrogate else None
        self._rests = program.refractory_steps > 1
        self._differs = tuple(s for s in program.states if _updates(program.integrate, s) != _updates(program.hold, s))

    def start(self, like: torch.Tensor) -> State:
        """The state before the first step, for tensors shaped and typed as `like`."""
        state: State = {
            name: torch.full_like(like, value)
            for name, value in zip(self.program.states, self.program.start, strict=True)
        }
        if self._rests:
            state[_SINCE] = torch.full_like(like, self.program.refractory_steps, dtype=torch.int32)
        return state

    def step(self, state: State, current: torch.Tensor) -> tuple[torch.Tensor, State]:
        """One time step: spikes (0 or 1, in the dtype of `current`) and the new state. `current` is in ampere."""
        names = {**state, self.program.drive: current}
        after = self._update(self._integrate, names)
        awake = None
        if self._rests:
            since = state[_SINCE] + 1
            awake = since >= self.program.refractory_steps
            held = self._update(self._hold, names) if self._differs else after
            after |= {name: torch.where(awake, after[name], held[name]) for name in self._differs}
        spiked = self._threshold(after)
        if awake is not None:
            spiked = spiked & awake
            after[_SINCE] = torch.where(spiked, 0, since)
        spikes = self._spikes(after, spiked)
        return spikes, self._after_reset(after, spiked)

    def run(self, current: torch.Tensor, record: bool = False) -> Simulation:
        """All steps of `current`, (sample, time, neuron) in ampere. `record` keeps every state at the end of a step."""
        state = self.start(current[:, 0].detach())
        spikes, kept = [], {name: [] for name in self.program.states if record}
        for one in current.unbind(1):
            fired, state = self.step(state, one)
            spikes.append(fired)
            for name, values in kept.items():
                values.append(state[name])
        return Simulation(torch.stack(spikes, 1), {name: torch.stack(values, 1) for name, values in kept.items()})

    def _update(self, statements: list[tuple[str, Term]], names: Mapping[str, Any]) -> State:
        values = dict(names)
        for target, term in statements:
            values[target] = term(values)
        return {name: value for name, value in values.items() if not name.startswith("_")}

    def _spikes(self, state: State, spiked: torch.Tensor) -> torch.Tensor:
        if self.surrogate is None or self._distance is None:
            return spiked.to(state[self.program.states[0]].dtype)
        return self.surrogate(self._distance(state), spiked)

    def _after_reset(self, state: State, spiked: torch.Tensor) -> State:
        reset = dict(state)
        for target, term in self._reset:
            value = term(reset)
            value = value if isinstance(value, torch.Tensor) else torch.full_like(reset[target], value)
            reset[target] = torch.where(spiked, value, reset[target])
        return {name: value for name, value in reset.items() if name != self.program.drive}


def distance_to_threshold(program: Program) -> Expression:
    """State minus threshold: `a - b` of the condition `a > b`.

    Raises:
        ValueError: the threshold is no such condition.
    """
    condition = program.threshold
    if isinstance(condition, Apply) and condition.operation in (">", ">="):
        return Apply("-", condition.arguments)
    raise ValueError(
        f"{program.name}: spikes have a gradient only where the threshold is one comparison such as "
        f'"v > v_threshold"; it is "{condition}".'
    )


def start_distance(program: Program) -> float:
    """How far the start is from the threshold, SI: the scale on which a surrogate's slope is measured."""
    values = {name: torch.tensor(v, dtype=torch.float64) for name, v in zip(program.states, program.start, strict=True)}
    return abs(float(_term(distance_to_threshold(program))(values)))


def _render(statements: tuple[Statement, ...]) -> list[tuple[str, Term]]:
    return [(statement.target, _term(statement.expression)) for statement in statements]


def _term(expression: Expression) -> Term:
    if isinstance(expression, Number):
        return lambda names, value=expression.value: value
    if isinstance(expression, Name):
        return operator.itemgetter(expression.name)
    operation, terms = _OPERATIONS[expression.operation], [_term(argument) for argument in expression.arguments]
    if len(terms) == 1:
        return lambda names, a=terms[0]: operation(a(names))
    if len(terms) == 2:
        return lambda names, a=terms[0], b=terms[1]: operation(a(names), b(names))
    return lambda names: operation(*(term(names) for term in terms))


def _updates(statements: tuple[Statement, ...], state: str) -> tuple[Statement, ...]:
    """The statements that make up the new value of one state variable."""
    return tuple(s for s in statements if s.target == state or (s.target.startswith("_") and s.target.endswith(state)))
