"""The recorded input of a certificate: currents at which each neuron fires at 2 to 50 Hz, spikes, and signals."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch

from bio.engines.contract import Spikes
from bio.engines.tensor import TensorNeuron
from bio.equations import NeuronModel
from bio.noise import draw_noise
from bio.program import Program, compile_program
from bio.rheobase import rheobase

__all__ = ["HIGH_HZ", "LOW_HZ", "recorded_currents", "recorded_signal", "recorded_spikes"]

LOW_HZ, HIGH_HZ = 2.0, 50.0
_ROUNDS, _CANDIDATES = 5, 3  # times that candidates are drawn, for each neuron wanted so many
# In parts of the rheobase: where candidates' mean currents lie; without a rheobase far around 1 nA.
_NEAR = np.concatenate([np.linspace(0.0, 3.0, 31), np.linspace(3.5, 10.0, 14)])
_FAR = np.concatenate([-np.logspace(2, -2, 40), [0.0], np.logspace(-2, 2, 60)])
_DOUBLINGS = 5  # of _NEAR, at most, until its end makes the neuron fire at 50 Hz
_NOISE = np.array([0.3, 1.0, 3.0, 10.0])  # standard deviation in a step of 0.1 ms; longer steps average over it
_NOISE_STEP_S = 1e-4


@lru_cache(maxsize=32)
def recorded_currents(model: NeuronModel, dt_s: float, steps: int, neurons: int, seed: int = 0) -> np.ndarray:
    """(time, neuron) ampere: noisy currents at which the neurons, alone, fire at 2 to 50 Hz.

    Candidates lie around the rheobase, then around those that fired at the right rates; of these, slow and fast ones
    are taken evenly.

    Raises:
        ValueError: the model has no drive, or there are no such currents.
    """
    program = compile_program(model, dt_s)
    if not program.drive:
        raise ValueError(f"{model.name} has no drive, so no current can make it fire.")
    chance = np.random.default_rng(seed)
    scale, grid = _scale(program, steps * dt_s)
    means, noises = np.tile(grid, len(_NOISE)), np.repeat(_NOISE, len(grid))
    found: list[np.ndarray] = []
    rates = np.empty(0)
    for _ in range(_ROUNDS):
        currents = _noisy(scale, means, noises, steps, dt_s, chance)
        fired = _rates(program, currents)
        good = (fired >= LOW_HZ) & (fired <= HIGH_HZ)
        found.append(currents[:, good])
        rates = np.concatenate([rates, fired[good]])
        if rates.size >= 2 * neurons:
            break
        means, noises = _near(means[good], noises[good], _CANDIDATES * neurons, chance)
    if rates.size < neurons:
        raise ValueError(
            f"{model.name}: only {rates.size} noisy currents were found that make it fire at {LOW_HZ:g} to "
            f"{HIGH_HZ:g} Hz, {neurons} are needed."
        )
    return np.concatenate(found, 1)[:, _evenly(rates, neurons)]


def recorded_spikes(steps: int, dt_s: float, neurons: int, rate_hz: float, seed: int = 0) -> Spikes:
    """(step, neuron) of Poisson spikes, at most one a neuron and step."""
    fired = np.random.default_rng([seed, 1]).random((steps, neurons)) < rate_hz * dt_s
    step, neuron = np.nonzero(fired)
    return step.astype(np.int32), neuron.astype(np.int32)


def recorded_signal(steps: int, dt_s: float, seed: int = 0) -> np.ndarray:
    """(time,) a signal that now rewards and now punishes: normal numbers, each for 10 ms."""
    drawn = np.random.default_rng([seed, 2]).normal(size=int(steps * dt_s / 0.01) + 1)
    return drawn[(np.arange(steps) * dt_s / 0.01).astype(int)]


def _scale(program: Program, duration_s: float) -> tuple[float, np.ndarray]:
    """The rheobase; where there is none (the neuron fires by itself, or after inhibition), 1 nA and far around it.

    Without a leak the rheobase is a spike in all that time, however long, so currents reach further.
    """
    try:
        scale, grid = rheobase(program, duration_s), _NEAR
    except ValueError:
        return 1e-9, _FAR
    for _ in range(_DOUBLINGS):
        fired = _rates(program, np.tile(scale * grid, (round(duration_s / program.dt_s), 1)))
        if fired.argmax() < grid.size - 1 or fired[-1] >= HIGH_HZ:
            break
        grid = 2 * grid
    return scale, grid


def _noisy(
    scale: float, means: np.ndarray, noises: np.ndarray, steps: int, dt_s: float, chance: np.random.Generator
) -> np.ndarray:
    per_step = noises * np.sqrt(_NOISE_STEP_S / dt_s)
    return scale * (means + per_step * chance.standard_normal((steps, len(means))))


def _near(
    means: np.ndarray, noises: np.ndarray, number: int, chance: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Candidates around those given, or if there are none just between all grids."""
    if means.size == 0:
        return chance.choice(_FAR, number) * chance.uniform(0.9, 1.1, number), chance.choice(_NOISE, number)
    chosen = chance.integers(means.size, size=number)
    return means[chosen] * chance.uniform(0.9, 1.1, number), noises[chosen] * chance.uniform(0.8, 1.25, number)


def _evenly(rates: np.ndarray, neurons: int) -> np.ndarray:
    """Places of `neurons` rates, each once, from the lowest to the highest in equal steps as far as there are any."""
    order = np.argsort(rates, kind="stable")
    wanted = np.linspace(rates.min(), rates.max(), neurons)
    place = np.searchsorted(rates[order], wanted).clip(0, rates.size - 1)
    place = np.maximum.accumulate(np.maximum(place, np.arange(neurons)) - np.arange(neurons)) + np.arange(neurons)
    return order[np.minimum(place, rates.size - neurons + np.arange(neurons))]


def _rates(program: Program, currents: np.ndarray) -> np.ndarray:
    """(neuron,) Hz; 0 where the state does not stay finite."""
    steps, neurons = currents.shape
    noise = draw_noise(program, 0, "candidates", 0, steps, neurons)
    run = TensorNeuron(program).run(
        torch.from_numpy(currents)[None], noise={name: torch.from_numpy(one)[None] for name, one in noise.items()}
    )
    return run.spikes[0].sum(0).numpy() / (steps * program.dt_s)
