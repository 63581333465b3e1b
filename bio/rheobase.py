"""The smallest constant current that makes a neuron fire: the scale on which it counts its input."""

from __future__ import annotations

from functools import lru_cache

import torch

from bio.engines.tensor import TensorNeuron
from bio.expression import UNIFORM, XI
from bio.program import Program

_DECADES = torch.logspace(-15, 3, 19, dtype=torch.float64)  # ampere: from femtoampere to more than any neuron stands
_PER_DECADE = 101  # steps of 2.3 %


@lru_cache(maxsize=128)
def rheobase(program: Program, duration_s: float) -> float:
    """The smallest current (ampere) that gives a spike within `duration_s`, to 2.3 % upwards.

    White noise is left out: it is what the current alone can do.

    Raises:
        ValueError: there is no drive, no current does, the neuron spikes by chance, or the time step is too long for
            the neuron to be followed there.
    """
    if not program.drive:
        raise ValueError(
            f"{program.name} has no drive, so no current can make it fire. Name one, or drive it by spikes."
        )
    if UNIFORM in program.noise:
        raise ValueError(
            f"{program.name} spikes by chance, with rand(), so there is no smallest current that makes it fire. "
            "Count its input in a current of your own."
        )
    coarse = _first_to_fire(program, _DECADES, duration_s)
    fine = torch.logspace(0, 1, _PER_DECADE, dtype=torch.float64) * coarse / 10
    return _first_to_fire(program, fine, duration_s)


def _first_to_fire(program: Program, currents: torch.Tensor, duration_s: float) -> float:
    steps = max(1, round(duration_s / program.dt_s))
    given = currents.expand(1, steps, -1)
    quiet = {XI: torch.zeros_like(given)} if program.noise else None
    run = TensorNeuron(program).run(given, record=True, noise=quiet)
    if bool(run.spikes[..., 0].any()):
        raise ValueError(
            f"{program.name} fires without input at a time step of {1e3 * program.dt_s:g} ms, so its drive has no "
            "scale. Give a shorter dt, or a neuron that rests."
        )
    firing = run.spikes[0].any(0)
    if not bool(firing.any()):
        raise ValueError(f"{program.name} does not fire within {1e3 * duration_s:g} ms, whatever the current.")
    first = int(firing.int().argmax())
    if not all(bool(states[..., first].isfinite().all()) for states in run.states.values()):
        raise ValueError(
            f"{program.name} cannot be followed in steps of {1e3 * program.dt_s:g} ms: its state is no longer finite "
            'when it fires. Give a shorter dt, for example "1 ms".'
        )
    return float(currents[first])
