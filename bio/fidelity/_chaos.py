"""Neurons and networks that a last bit takes elsewhere: until when can an engine be held to Brian2's spikes?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bio.fidelity._engines import rearranged, reference
from bio.fidelity._trial import Outcome, Trial

_JITTERS = 4  # runs of the reference with other last bits, where an engine differs: is the neuron or network chaotic?
_JITTER = 2.0**-45  # of the currents: what they change in a step is then about the last bit of a membrane potential
_APART = 1e-6  # of a state's range


def as_good(trial: Trial) -> list[Outcome]:
    """What the reference could have been as well: in another order of arithmetic, and with its input currents changed
    by chance, by as much as the last bit of a membrane potential."""
    return [rearranged(trial), *(reference(_jittered(trial, seed)) for seed in range(_JITTERS))]


def _jittered(trial: Trial, seed: int) -> Trial:
    chance = np.random.default_rng([seed, 7])
    pieces = [
        replace(
            piece,
            currents={
                name: given * (1 + _JITTER * chance.choice([-1.0, 1.0], given.shape))
                for name, given in piece.currents.items()
            },
        )
        for piece in trial.pieces
    ]
    return replace(trial, pieces=tuple(pieces))


def ends_of(expected: Outcome, others: Sequence[Outcome]) -> dict[str, np.ndarray]:
    """Population -> (neuron,) the step until which it counts; the end where none of the others differs in a spike.

    In an open loop neurons know nothing of each other. The others' last bits and an engine's grow alike, but not at the
    same moment: so a neuron counts until states of the others are 1e-6 of their range apart, before any spike is moved.
    """
    found = {}
    for name, raster in expected.rasters.items():
        parted = [raster != one.rasters[name] for one in others]
        states = expected.states[name].items()
        apart = [_apart(values, one.states[name][key]) for one in others for key, values in states]
        first = np.any([*parted, *apart], axis=0).argmax(0)
        found[name] = np.where(np.any(parted, axis=(0, 1)), first, len(raster))
    return found


def _apart(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(time, neuron), whether two runs of a state are so far from each other that spikes will soon part."""
    return np.abs(values - others) > _APART * (np.ptp(values) or 1.0)


def shortened_to(ends: dict[str, np.ndarray], outcome: Outcome, expected: Outcome) -> Outcome:
    """The outcome with a neuron's spikes from its end on left out, and states only of neurons without such an end."""
    rasters = {
        name: raster & (np.arange(len(raster))[:, None] < ends[name]) for name, raster in outcome.rasters.items()
    }
    states = {
        name: {
            one: np.where(ends[name] < len(values), expected.states[name][one], values)
            for one, values in variables.items()
        }
        for name, variables in outcome.states.items()
    }
    return replace(outcome, rasters=rasters, states=states)
