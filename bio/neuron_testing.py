"""Conformance kit for neuron models: plain functions that raise AssertionError.

Example:
    >>> from dataclasses import replace
    >>> from bio.neurons import LIF
    >>> check_neuron(replace(LIF, method="exact", laws=()))
    ('"rest" is not declared', 'the order of its method: "exact" has no error that falls with the step')
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from bio.chance_testing import check_chance
from bio.engine_agreement import compare_engines, current_scale, recorded_input
from bio.engines.tensor import TensorNeuron
from bio.expression import UNIFORM, XI
from bio.program import Program, compile_program
from bio.undriven_testing import check_kicked, firing_jumps

if TYPE_CHECKING:
    from bio.equations import NeuronModel

__all__ = ["check_neuron"]

# The error falls by this power of the step on a segment without spikes. Exponential Euler is exact for one linear
# equation and of first order for what couples to it.
_ORDER = {"euler": 1, "exponential_euler": 1, "rk2": 2, "heun": 2, "rk4": 4}
_EXACT = 1e-11  # of the state's range: what float64 leaves after some hundred steps
_QUIET = {XI: 0.0, UNIFORM: 1 - 2.0**-52}  # no noise, and a chance that "rand() < ..." does not take
_DESCRIBED = ("name", "equations", "parameters", "text", "source")


def check_neuron(model: NeuronModel, dt_s: float = 1e-4) -> tuple[str, ...]:
    """Raises AssertionError unless the definition keeps what every neuron promises, and the laws that it declares.

    Names and dimensions are right; it describes itself; with a constant input too weak for a spike its error falls
    with the step as its method says; it spikes alike on Brian2 and torch, with the same noise where it is noisy; and
    its `laws`. "rest" and the method's order are tested without the noise. A model without a drive is driven by
    spikes, on the engines of networks.

    Args:
        model: the definition.
        dt_s: time step at which it is tried, short enough for its fastest variable.

    Returns:
        What was not tested, and why: laws that are not declared or mean nothing here.
    """
    try:
        program = compile_program(model, dt_s)
        _check_description(model)
        left = [*_check_rest(model, program), *_check_order(model, dt_s)]
        left += _check_engines(model, program) if model.drive else check_kicked(model, dt_s)
        return (*left, *check_chance(model, program))
    except ValueError as error:
        raise AssertionError(str(error)) from error


def _check_description(model: NeuronModel) -> None:
    told = json.loads(json.dumps(model.describe()))
    empty = {"parameters"} if model.start else {"parameters", "equations"}  # what it may have none of
    missing = [key for key in _DESCRIBED if key not in told or not (told[key] or key in empty)]
    assert not missing, f"{model.name} does not say its {', '.join(missing)}."


def _check_engines(model: NeuronModel, program: Program) -> list[str]:
    found = compare_engines(model, program.dt_s, recorded_input(program, duration_s=0.3, neurons=40))
    assert found.spikes > 0, f"{model.name} does not spike at 0.8 to 3 times its rheobase."
    assert found.agrees, f"{model.name} is not the same on Brian2 and torch: {found}."
    return []


def _check_rest(model: NeuronModel, program: Program) -> list[str]:
    """Without input, the state after 1,000 steps is the start."""
    if "rest" not in model.laws:
        return ['"rest" is not declared']
    states = _run(program, 0.0, 1000)
    assert states is not None, f"{program.name} declares that its start is a fixed point, but it spikes without input."
    for name, start in zip(program.states, program.start, strict=True):
        moved = float((states[name] - start).abs().max())
        allowed = _EXACT * max(abs(start), np.finfo(float).tiny)
        assert moved <= allowed, (
            f"{program.name} declares that its start is a fixed point, but {name} moves by {moved}."
        )
    return []


def _check_order(model: NeuronModel, dt_s: float) -> list[str]:
    """Half the step, less error by 2^order: from runs at dt, dt/2 and dt/4 of 10 ms at half the rheobase."""
    if not model.start:
        return ["the order of its method: it has no equation"]
    if model.method not in _ORDER:
        return [f'the order of its method: "{model.method}" has no error that falls with the step']
    current, start = _half_way(compile_program(model, dt_s))
    ends = [_end(replace(compile_program(model, dt_s / n), start=start), current, 0.01) for n in (1, 2, 4)]
    if any(end is None for end in ends):
        return ["the order of its method: it spikes in 10 ms of a weak input, which leaves no smooth error"]
    for name, began in zip(compile_program(model, dt_s).states, start, strict=True):
        coarse, middle, fine = (end[name] for end in ends if end)
        moved, first, second = abs(fine - began), abs(coarse - middle), abs(middle - fine)
        if first <= _EXACT * max(moved, abs(began)):
            continue
        # 0.7: the next order's share of the error at a step that is not infinitely small
        least = 0.7 * 2 ** _ORDER[model.method]
        assert first >= least * second, (
            f"{model.name}: with {model.method} the error of {name} should fall {2 ** _ORDER[model.method]} times when "
            f"the step of {dt_s:g} s is halved; it falls {first / second:.2f} times."
        )
    return []


def _half_way(program: Program) -> tuple[float, tuple[float, ...]]:
    """Half the rheobase, from the start; without a drive no current, but half the jump that makes the neuron fire."""
    if program.drive:
        return current_scale(program, 0.1) / 2, program.start
    jumps = firing_jumps(program)
    return 0.0, tuple(
        value + jumps.get(name, 0.0) / 2 for name, value in zip(program.states, program.start, strict=True)
    )


def _end(program: Program, current: float, duration_s: float) -> dict[str, float] | None:
    states = _run(program, current, round(duration_s / program.dt_s))
    return None if states is None else {name: float(values[0, -1, 0]) for name, values in states.items()}


def _run(program: Program, current: float, steps: int) -> dict[str, torch.Tensor] | None:
    """The states in a constant current, without noise; None if there is a spike."""
    given = torch.full((1, steps, 1), current, dtype=torch.float64)
    quiet = {name: torch.full_like(given, _QUIET[name]) for name in program.noise}
    run = TensorNeuron(program).run(given, record=True, noise=quiet)
    return None if bool(run.spikes.any()) else run.states
