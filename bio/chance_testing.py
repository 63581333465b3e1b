"""The part of the conformance kit for neurons that spike by chance: their rate, and how irregular they are."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import torch

from bio.engine_agreement import current_scale
from bio.engines._tensor_terms import term
from bio.expression import UNIFORM, Apply, Expression, Name
from bio.network import Network, Population
from bio.program import Program

if TYPE_CHECKING:
    from bio.equations import NeuronModel

__all__ = ["check_chance"]

_NEURONS, _STEPS, _SETTLING = 60, 40_000, 8_000  # at each level of input; steps, and those before anything is counted
_LEVELS = (0.0, 1.0, 3.0)  # of the current that changes the rate by half
_ENOUGH = 400  # spikes: a standard error of 5 %
_ERRORS = 4.0  # standard errors: by chance, 1 of 16,000 tests
_MOST = 0.1  # chance of a spike in a step


def check_chance(model: NeuronModel, program: Program) -> list[str]:
    """Raises AssertionError unless a model that declares "poisson" spikes as a Poisson process, in constant inputs.

    In steps of dt, with a chance p of a spike in a step and d steps of dead time, intervals are d steps and a geometric
    number of them. So their mean is d + 1/p, their coefficient of variation sqrt(1 - p)/(1 + d p), which is 1 without
    a dead time and else 1 - r t_ref, but for a part of p/2; and neighbours are not correlated. All three are tested
    within 4 standard errors.

    Returns:
        What was not tested, and why.
    """
    if "poisson" not in model.laws:
        told = '"poisson" is not declared, so how often rand() makes it spike'
        return [told] if UNIFORM in program.noise else []
    chance = _chance(program)
    currents = np.array(_LEVELS) * (current_scale(program, 0.3) if program.drive else 0.0)
    spikes, chances = _run(model, program, currents if program.drive else currents[:1], chance)
    expected = chances[_SETTLING:].mean((0, 2)) * spikes[_SETTLING:, 0].size
    assert expected.max() >= _ENOUGH, (
        f"{model.name}: {expected.max():.0f} spikes are expected of {_NEURONS} neurons in {_STEPS * program.dt_s:g} s, "
        f"too few to test that it is Poisson. Check it with a higher rate, or a longer dt_s."
    )
    for level in np.flatnonzero(expected >= _ENOUGH):
        where = f"{model.name}, in steps of {program.dt_s:g} s" + (
            f" at {currents[level]:.3g} A" if model.drive else ""
        )
        probability = _settled(chances[_SETTLING:, level], where)
        _check_intervals(spikes[_SETTLING:, level], probability, max(program.refractory_steps - 1, 0), where)
    return []


def _chance(program: Program) -> Expression:
    """`p` of the threshold "rand() < p"."""
    condition = program.threshold
    if isinstance(condition, Apply) and condition.operation in ("<", "<=") and condition.arguments[0] == Name(UNIFORM):
        return condition.arguments[1]
    raise AssertionError(
        f'{program.name} declares that it is Poisson. Then its threshold must be "rand() < rate*dt"; it is '
        f'"{condition}".'
    )


def _run(
    model: NeuronModel, program: Program, currents: np.ndarray, chance: Expression
) -> tuple[np.ndarray, np.ndarray]:
    """Spikes, and the chance of one as the threshold has it: (time, level, neuron)."""
    from bio.engines.native import Simulator

    shape = (_STEPS, len(currents), _NEURONS)
    given = np.repeat(currents, _NEURONS)
    simulator = Simulator(Network((Population("neurons", given.size, model),)), program.dt_s)
    found = simulator.run(
        _STEPS, currents={"neurons": given} if program.drive else None, record={"neurons": program.states}
    )
    values = {name: torch.from_numpy(one) for name, one in found.states.get("neurons", {}).items()}
    chances = torch.as_tensor(term(chance)({**values, program.drive: torch.from_numpy(given)}), dtype=torch.float64)
    spikes = found.raster("neurons", _STEPS, given.size).reshape(shape)
    return spikes, chances.expand(_STEPS, given.size).numpy().reshape(shape)


def _settled(chances: np.ndarray, where: str) -> float:
    """The one chance of a spike in a step."""
    low, high = float(chances.min()), float(chances.max())
    assert high - low <= 1e-3 * high, (
        f"{where}: it declares that it is Poisson, but in a constant input the chance of a spike in a step goes from "
        f"{low:.3g} to {high:.3g}."
    )
    assert high <= _MOST, (
        f"{where}: the chance of a spike in a step is {high:.2g}, which is no Poisson process. Give a shorter dt_s."
    )
    return high


def _check_intervals(spikes: np.ndarray, probability: float, dead: int, where: str) -> None:
    """Rate, coefficient of variation and correlation of neighbouring intervals; the neurons one behind another."""
    intervals = np.diff(np.flatnonzero(spikes.T)).astype(float)
    rate, spread = 1 / (dead + 1 / probability), sqrt(1 - probability) / (1 + dead * probability)
    _check(f"{where}: spikes", spikes.sum(), rate * spikes.size, spread * sqrt(rate * spikes.size))
    error = spread * sqrt((2 + spread**2 - 2 * spread) / intervals.size)  # of exponential intervals and a dead time
    found = intervals.std() / intervals.mean()
    _check(f"{where}: the coefficient of variation of its intervals", found, spread, error)
    neighbours = np.corrcoef(intervals[:-1], intervals[1:])[0, 1]
    _check(f"{where}: the correlation of neighbouring intervals", neighbours, 0.0, 1 / sqrt(intervals.size))


def _check(what: str, found: float, expected: float, standard_error: float) -> None:
    assert abs(found - expected) <= _ERRORS * standard_error, (
        f"{what}: {found:.4g}; as a Poisson process it has {expected:.4g}, with a standard error of "
        f"{standard_error:.2g}."
    )
