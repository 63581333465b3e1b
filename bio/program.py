"""A neuron definition as the ordered statements of one time step, in SI floats.

The one form that every engine renders: nothing about a neuron is written twice. The integration step comes from
Brian2's own state updaters (Stimberg, Brette & Goodman 2019, eLife 8:e47314), so all its methods can be had.

One step, in Brian2's order:
    1. a neuron is refractory while fewer than `refractory_steps` steps have passed since its last spike;
    2. state update: `integrate`, or `hold` for a refractory neuron;
    3. spike = threshold and not refractory;
    4. `reset` for the neurons that spiked.

Brian2 multiplies the right-hand side of a variable flagged (unless refractory) by int(not_refractory) and then needs
two special rules of its code generators against 0/0. Here the two cases are two lists of statements; the numbers agree.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from bio.expression import Apply, Expression, Number, Statement, names_in, read_expression, read_statements, substitute
from bio.quantities import si

if TYPE_CHECKING:
    from bio.equations import NeuronModel

_ADDITIONS = {"+", "-", "neg", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not", "abs", "sign", "clip", "int"}


@dataclass(frozen=True)
class Program:
    """One time step of a neuron. All numbers are SI.

    Attributes:
        states: the state variables, and `start` their values before the first step.
        drive: the name under which the input current (ampere) of the step is read.
        integrate, hold: the state update of a neuron that is not, or is, refractory. Names that begin with "_" are
            intermediate results.
        threshold: a condition; `reset`: what a spike does.
        refractory_steps: as Brian2 counts: 0 and 1 are the same as none.
    """

    name: str
    dt_s: float
    drive: str
    states: tuple[str, ...]
    start: tuple[float, ...]
    integrate: tuple[Statement, ...]
    hold: tuple[Statement, ...]
    threshold: Expression
    reset: tuple[Statement, ...]
    refractory_steps: int

    def multiplications(self) -> int:
        """Products, quotients and functions in one state update of a neuron that is not refractory."""
        return sum(_multiplications(statement.expression) for statement in self.integrate)

    def __str__(self) -> str:
        parts = [f"# {self.name}, one step of {self.dt_s:g} s"]
        parts += [str(statement) for statement in self.integrate]
        if self.refractory_steps > 1:
            parts += [f"# instead, for {self.refractory_steps - 1} steps after a spike"]
            parts += [str(statement) for statement in self.hold]
        parts += [f"# spike if {self.threshold}", *(str(statement) for statement in self.reset)]
        return "\n".join(parts)


@lru_cache(maxsize=128)
def compile_program(model: NeuronModel, dt_s: float) -> Program:
    """The program of `model` at a time step of `dt_s` seconds.

    Raises:
        ValueError: the definition has a fault (see NeuronModel.check), or its method cannot integrate it.
    """
    from bio._stateupdate import state_update

    model.check()
    states, integrate, hold = state_update(model)
    known = {name: parameter.value for name, parameter in model.quantities().items()} | {"dt": dt_s}
    fill = partial(_fill, known=known, variables={*states, model.drive})
    try:
        program = Program(
            name=model.name,
            dt_s=dt_s,
            drive=model.drive,
            states=states,
            start=tuple(_start(model.start[state], fill) for state in states),
            integrate=_filled(integrate, fill),
            hold=_filled(hold, fill),
            threshold=fill(read_expression(model.threshold)),
            reset=_filled(model.reset, fill),
            refractory_steps=refractory_steps(model, dt_s),
        )
    except ArithmeticError as error:
        raise ValueError(f"{model.name}: its parameters give no finite number ({error}).") from None
    _refuse_unknown(program)
    return program


def refractory_steps(model: NeuronModel, dt_s: float) -> int:
    """Brian2's timestep(refractory, dt): whole steps, with a thousandth of a step of tolerance."""
    if not model.refractory:
        return 0
    text = model.parameters.get(model.refractory, model.refractory)
    return int((si(text, "time", "refractory") + 1e-3 * dt_s) / dt_s)


def _filled(text: str, fill: Callable[[Expression], Expression]) -> tuple[Statement, ...]:
    return tuple(Statement(one.target, fill(one.expression)) for one in read_statements(text))


def _start(text: str, fill: Callable[[Expression], Expression]) -> float:
    try:
        return si(text)
    except ValueError:
        value = fill(read_expression(text))
    if not isinstance(value, Number):
        raise ValueError(f'start "{text}" must be a number with a unit or an expression of parameters.')
    return value.value


def _fill(expression: Expression, known: dict[str, float], variables: set[str]) -> Expression:
    """SI numbers in the place of parameters and of units ("5*ms"), which no variable or parameter may hide."""
    sizes: dict[str, float] = {}
    for name in names_in(expression) - variables - known.keys():
        with contextlib.suppress(ValueError):
            sizes[name] = si(f"1 {name}")
    return substitute(expression, sizes | known)


def _multiplications(expression: Expression) -> int:
    if not isinstance(expression, Apply):
        return 0
    return (expression.operation not in _ADDITIONS) + sum(_multiplications(one) for one in expression.arguments)


def _refuse_unknown(program: Program) -> None:
    statements: list[Any] = [*program.integrate, *program.hold, *program.reset]
    named = {*program.states, program.drive, *(s.target for s in statements)}
    read = set().union(names_in(program.threshold), *(names_in(s.expression) for s in statements))
    if read - named:
        raise ValueError(f"{program.name}: {', '.join(sorted(read - named))} cannot be used: equations may read "
                         "state variables, parameters and the drive, and no time or random number.")  # fmt: skip
