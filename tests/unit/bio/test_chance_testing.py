"""The kit's statistical laws: spike trains that are Poisson pass, those that are not are found."""

from dataclasses import replace

import numpy as np
import pytest

from bio.chance_testing import _check_intervals, check_chance
from bio.equations import NeuronModel, Source
from bio.neurons import LIF, NOISY_LIF, POISSON_UNIT
from bio.program import compile_program

DT_S, CHANCE, SHAPE = 1e-4, 0.003, (50_000, 20)
STEADY = NeuronModel(
    name="steady", equations="", threshold="rand() < rate*dt", reset="", parameters={"rate": "20 Hz"}, start={},
    source=Source("none"), laws=("poisson",),
)  # fmt: skip


def check(model, dt_s=DT_S):
    return check_chance(model, compile_program(model, dt_s))


def train(intervals):
    """(time, neuron) with these steps between the spikes, the neurons one behind another."""
    places = np.cumsum(intervals)
    spikes = np.zeros(SHAPE[0] * SHAPE[1], bool)
    spikes[places[places < spikes.size]] = True
    return spikes.reshape(SHAPE[1], SHAPE[0]).T


@pytest.mark.parametrize("refractory", ["", "5 ms"])
def test_a_poisson_unit_passes_with_and_without_a_dead_time(refractory):
    assert check(replace(POISSON_UNIT, refractory=refractory)) == []


def test_a_unit_of_a_threshold_alone_passes():
    assert check(STEADY, 5e-4) == []


def test_what_is_not_declared_is_listed_and_without_chance_there_is_nothing_to_say():
    assert check(replace(POISSON_UNIT, laws=())) == ['"poisson" is not declared, so how often rand() makes it spike']
    assert check(LIF) == []
    assert check(NOISY_LIF) == []


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (replace(LIF, laws=("poisson",)), r'its threshold must be "rand\(\) < rate[*]dt"; it is'),
        (replace(POISSON_UNIT, reset="v = 0*mV"), "in a constant input the chance of a spike in a step goes from"),
        (replace(STEADY, parameters={"rate": "3 kHz"}), "the chance of a spike in a step is 0.3, which is no Poisson"),
        (replace(STEADY, parameters={"rate": "0.5 Hz"}), r"steady: 96 spikes are expected of 60 neurons in 4 s, too"),
    ],
)
def test_what_is_no_poisson_process_is_found(model, message):
    with pytest.raises(AssertionError, match=message):
        check(model)


@pytest.mark.parametrize("dead", [0, 50])
def test_geometric_intervals_behind_a_dead_time_pass(dead):
    drawn = dead + np.random.default_rng(0).geometric(CHANCE, 4000)
    _check_intervals(train(drawn), CHANCE, dead, "drawn")


DRAWN = np.random.default_rng(1).geometric(CHANCE, 4000)
PLANTED = {
    "too many spikes": ((0.9 * DRAWN).astype(int) + 1, "spikes:"),
    "a dead time that is not declared": (100 + np.random.default_rng(1).geometric(1 / (1 / CHANCE - 100), 4000),
                                         "the coefficient of variation of its intervals:"),
    "regular": (np.full(4000, round(1 / CHANCE)), "the coefficient of variation of its intervals:"),
    "short behind short": (np.sort(DRAWN.reshape(-1, 5), 1).ravel(), "the correlation of neighbouring intervals:"),
}  # fmt: skip


@pytest.mark.parametrize("kind", PLANTED)
def test_planted_faults_of_spike_trains_are_found(kind):
    intervals, message = PLANTED[kind]
    with pytest.raises(AssertionError, match=message):
        _check_intervals(train(intervals), CHANCE, 0, "drawn")
