"""One time step of a program as a graph: what every fused kernel is made of, forward and backward."""

from __future__ import annotations

from dataclasses import dataclass

from bio.engines.fused._graph import Graph
from bio.engines.surrogate import Surrogate
from bio.engines.tensor._hoisting import hoisted
from bio.expression import Statement
from bio.program import Program

__all__ = ["Step", "step_of"]


@dataclass(frozen=True)
class Step:
    """Places in `graph` of what a step reads and of what it leaves.

    Attributes:
        states, constants, noise: name -> leaf; `drive`, `left`: leaves. `left` counts the steps for which a neuron is
            still refractory, and is None where none ever is.
        moved: state -> its value behind the state update, which the threshold is compared with.
        spike: 1 or 0. `after`: state -> its value behind the reset. `left_after`.
    """

    graph: Graph
    states: dict[str, int]
    constants: dict[str, int]
    noise: dict[str, int]
    drive: int
    left: int | None
    moved: dict[str, int]
    spike: int
    after: dict[str, int]
    left_after: int | None


def step_of(program: Program, surrogate: Surrogate | None, detach_reset: bool) -> Step:
    """The step of a program. Leaves are named s0, s1, ... (states), c0, ... (constants), n0, ... (noise), d, left.

    Raises:
        ValueError: with a surrogate, a threshold that is no comparison of two values.
    """
    from bio.engines.tensor import distance_to_threshold

    found = hoisted(program)
    program = found.program
    graph = Graph(surrogate.derivative() if surrogate else None)
    states = {name: graph.leaf(f"s{i}") for i, name in enumerate(program.states)}
    constants = {name: graph.leaf(f"c{i}") for i, (name, _) in enumerate(found.constants)}
    noise = {name: graph.leaf(f"n{i}") for i, name in enumerate(program.noise)}
    drive = graph.leaf("d")
    given = {**constants, **noise, program.drive: drive}
    after, awake, left, left_now = _integrated(graph, program, states, given)
    names = {**after, **given}
    spiked = graph.tree(program.threshold, names)
    spiked = spiked if awake is None else graph.apply("and", spiked, awake)
    if surrogate is None:
        spike = graph.apply("int", spiked)
    else:
        distance = graph.tree(distance_to_threshold(program), names)
        spike = graph.apply("spike", spiked, graph.apply("*", distance, graph.number(1 / surrogate.scale)))
    reset = _reset(graph, program.reset, names, spiked)
    if surrogate is not None and not detach_reset:
        full = _reset(graph, program.reset, names, None)
        changed = dict.fromkeys(statement.target for statement in program.reset)
        reset |= {name: graph.apply("through", reset[name], spike, full[name], after[name]) for name in changed}
    left_after = None if left_now is None else graph.apply("select", spiked, graph.leaf("refractory"), left_now)
    last = {name: reset[name] for name in states}
    return Step(graph, states, constants, noise, drive, left, after, spike, last, left_after)


def _integrated(
    graph: Graph, program: Program, states: dict[str, int], given: dict[str, int]
) -> tuple[dict[str, int], int | None, int | None, int | None]:
    """States after the state update; whether a neuron is awake; the leaf `left`, and what is left after this step."""
    moved = _run(graph, program.integrate, {**states, **given})
    if program.refractory_steps <= 1:
        return {name: moved[name] for name in states}, None, None, None
    zero, one, left = graph.number(0.0), graph.number(1.0), graph.leaf("left")
    awake = graph.apply("<=", left, one)
    now = graph.apply("select", awake, zero, graph.apply("-", left, one))
    held = _run(graph, program.hold, {**states, **given})
    after = {name: graph.apply("select", awake, moved[name], held[name]) for name in states}
    return after, awake, left, now


def _run(graph: Graph, statements: tuple[Statement, ...], names: dict[str, int]) -> dict[str, int]:
    for one in statements:
        names = names | {one.target: graph.tree(one.expression, names)}
    return names


def _reset(
    graph: Graph, statements: tuple[Statement, ...], names: dict[str, int], spiked: int | None
) -> dict[str, int]:
    """Names after a reset, of the neurons that spiked; `spiked` None: of all."""
    for one in statements:
        value = graph.tree(one.expression, names)
        names = names | {
            one.target: value if spiked is None else graph.apply("select", spiked, value, names[one.target])
        }
    return names
