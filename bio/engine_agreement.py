"""What two engines make of the same neurons in the same recorded input, noise included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from bio.engines.tensor import TensorNeuron
from bio.noise import draw_noise
from bio.program import Program, compile_program
from bio.rheobase import rheobase

if TYPE_CHECKING:
    from bio.equations import NeuronModel

__all__ = ["SAME_STATE", "Agreement", "compare_engines", "current_scale", "recorded_input"]

SAME_STATE = 1e-9  # of the state's range: two engines in float64 that order their sums differently
_POPULATION = "neurons"  # of bio.engines.brian.simulate, which draws its noise with seed 0
_CURRENTS = torch.logspace(-15, 3, 37, dtype=torch.float64)  # ampere, two a decade
_TRIED = 20  # neurons at each of them


@dataclass(frozen=True)
class Agreement:
    """What two engines made of the same input.

    Attributes:
        spikes: of the reference (Brian2), all neurons together; `different`: (step, neuron) places that differ.
        rates_hz: (neuron,) of the reference.
        state_error: state variable -> largest difference, in parts of its range.
    """

    spikes: int
    different: int
    rates_hz: np.ndarray
    state_error: dict[str, float]

    @property
    def agrees(self) -> bool:
        """Identical spikes, and states within 1e-9 of their range."""
        return self.different == 0 and max(self.state_error.values()) <= SAME_STATE

    def __str__(self) -> str:
        errors = ", ".join(f"{name} {error:.1e}" for name, error in self.state_error.items())
        low, high = self.rates_hz.min(), self.rates_hz.max()
        return (
            f"{self.spikes} spikes at {low:.0f} to {high:.0f} Hz, {self.different} of them different; "
            f"largest difference of a state, in parts of its range: {errors}"
        )


def recorded_input(program: Program, duration_s: float = 1.0, neurons: int = 100, seed: int = 0) -> np.ndarray:
    """Noisy currents (time, neuron) in ampere, from below to well above what makes the neuron fire.

    Neuron i gets 0.8 to 3 times the `current_scale`, a step's noise has half of it as its standard deviation.

    Raises:
        ValueError: no current has an effect; see `current_scale`.
    """
    scale = current_scale(program, duration_s)
    noise = np.random.default_rng(seed).standard_normal((round(duration_s / program.dt_s), neurons))
    return scale * (np.linspace(0.8, 3.0, neurons) + 0.5 * noise)


def current_scale(program: Program, duration_s: float) -> float:
    """The rheobase (ampere); of a neuron that also fires without input, or by chance, what changes its rate by half.

    Raises:
        ValueError: no current makes it fire, or makes it fire more or less than without.
    """
    try:
        return rheobase(program, duration_s)
    except ValueError:
        changing = _changing(program, duration_s) if program.drive else None
        if changing is None:
            raise
        return changing


def _changing(program: Program, duration_s: float) -> float | None:
    """The smallest current (ampere) that changes how often neurons fire by half, and by more than chance does."""
    steps = max(1, round(duration_s / program.dt_s))
    currents = torch.cat([torch.zeros(1, dtype=torch.float64), _CURRENTS]).repeat_interleave(_TRIED)
    drawn = draw_noise(program, 0, "scale", 0, steps, _TRIED)
    noise = {name: torch.from_numpy(values).repeat(1, len(_CURRENTS) + 1)[None] for name, values in drawn.items()}
    run = TensorNeuron(program).run(currents.expand(1, steps, -1), record=True, noise=noise)
    counts = run.spikes[0].sum(0).reshape(-1, _TRIED).sum(1)
    finite = torch.stack([values[0].isfinite().all(0) for values in run.states.values()]).all(0)
    changed = (counts - counts[0]).abs() > counts[0] / 2 + 4 * (counts[0] + 1).sqrt()  # 4 standard deviations
    good = changed & finite.reshape(-1, _TRIED).all(1)
    return float(_CURRENTS[int(good.int().argmax()) - 1]) if bool(good.any()) else None


def compare_engines(
    model: NeuronModel,
    dt_s: float,
    current: np.ndarray | None = None,
    neuron: TensorNeuron | None = None,
    rearranged: bool = False,
) -> Agreement:
    """Runs `model` on Brian2 and on torch in float64 with the same current, (time, neuron) in ampere, and noise.

    Args:
        model: the definition that Brian2 runs.
        dt_s: time step of both.
        current: ampere; None is `recorded_input`. For a model without a drive only its shape counts.
        neuron: what runs on torch; None is the program of `model`.
        rearranged: whether Brian2 may rearrange the arithmetic of a step; see bio.engines.brian.
    """
    from bio.engines.brian import simulate

    program = compile_program(model, dt_s)
    current = recorded_input(program) if current is None else current
    reference = simulate(model, current, dt_s, rearranged=rearranged)
    neuron = neuron or TensorNeuron(program)
    drawn = draw_noise(neuron.program, 0, _POPULATION, 0, *current.shape)
    noise = {name: torch.from_numpy(values)[None] for name, values in drawn.items()}
    ours = neuron.run(torch.tensor(current, dtype=torch.float64)[None], record=True, noise=noise)
    errors = {
        name: float(np.abs(values - ours.states[name][0].numpy()).max() / max(np.ptp(values), np.finfo(float).tiny))
        for name, values in reference.states.items()
    }
    return Agreement(
        spikes=int(reference.spikes.sum()),
        different=int((reference.spikes != ours.spikes[0].numpy().astype(bool)).sum()),
        rates_hz=reference.spikes.sum(0) / (len(current) * dt_s),
        state_error=errors,
    )
