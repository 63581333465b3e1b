"""The Poisson unit: its rate is what the input says, at every time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from bio.engines.tensor import TensorNeuron
from bio.neurons import POISSON_UNIT
from bio.noise import draw_noise
from bio.program import compile_program

DT_S, NEURONS = 1e-4, 2000
RATE_0_HZ, GAIN_HZ_V, TAU_S, OHM = 10.0, 2e3, 0.01, 100e6


def spikes_of(current_a, steps=2000, start_v=0.0, seed=0, model=POISSON_UNIT):
    """(time, neuron) of neurons that begin at `start_v`, in a constant current."""
    program = compile_program(model, DT_S)
    neuron, current = TensorNeuron(program), torch.full((1, NEURONS), current_a, dtype=torch.float64)
    state = neuron.start(current)
    state["v"] = state["v"] + start_v
    drawn = draw_noise(program, seed, "units", 0, steps, NEURONS)
    fired = []
    for step in range(steps):
        spikes, state = neuron.step(state, current, {name: torch.from_numpy(one[step]) for name, one in drawn.items()})
        fired.append(spikes.numpy() > 0)
    return np.array(fired)


@pytest.mark.parametrize("rate_hz", [10, 20, 70])
def test_its_rate_is_linear_in_the_current(rate_hz):
    current = (rate_hz - RATE_0_HZ) / (GAIN_HZ_V * OHM)
    expected = rate_hz * 2000 * DT_S * NEURONS
    found = spikes_of(current, start_v=OHM * current).sum()
    assert abs(found - expected) < 4 * np.sqrt(expected)  # of a Poisson count


def test_it_is_silent_where_the_rate_would_be_negative():
    assert spikes_of(-0.06e-9, steps=200, start_v=-6e-3).sum() == 0  # 10 Hz - 12 Hz


def test_an_input_spike_raises_the_rate_for_the_time_constant_and_brings_its_share_of_spikes():
    # v = w exp(-t/tau): in each 10 ms, rate_0 and gain w tau (exp(-a) - exp(-b)), a Poisson count
    w, found = 20e-3, spikes_of(0.0, steps=500, start_v=20e-3).reshape(5, 100, NEURONS).sum((1, 2))
    edges = np.exp(-np.arange(6) * 0.01 / TAU_S)
    expected = NEURONS * (RATE_0_HZ * 0.01 + GAIN_HZ_V * w * TAU_S * (edges[:-1] - edges[1:]))
    assert expected.sum() > 1.7 * NEURONS * RATE_0_HZ * 0.05  # the spike brings nearly as many as come without it
    assert (abs(found - expected) < 4 * np.sqrt(expected)).all()


def test_its_counts_have_the_variance_of_a_poisson_process():
    counts = spikes_of(0.0).sum(0)
    # the variance of a Poisson count over its mean is 1, with a standard error of sqrt(2/number)
    assert abs(counts.var() / counts.mean() - 1) < 4 * np.sqrt(2 / NEURONS)


@pytest.mark.parametrize("refractory_ms", [0, 3])
def test_its_intervals_vary_by_1_and_with_a_dead_time_by_1_less_rate_times_dead_time(refractory_ms):
    unit = replace(POISSON_UNIT, refractory=f"{refractory_ms} ms")
    spikes = spikes_of(0.45e-9, start_v=45e-3, model=unit)  # 100 Hz where it can
    intervals = np.diff(np.flatnonzero(spikes.T))  # of all neurons one behind another
    rate_hz = spikes.mean() / DT_S
    assert rate_hz == pytest.approx(1 / (1 / 100 + refractory_ms * 1e-3), rel=4 / np.sqrt(spikes.sum()))
    cv, error = intervals.std() / intervals.mean(), 1 / np.sqrt(len(intervals))
    # beside four standard errors, what steps leave: half a step's chance of a spike, and a step of the dead time
    assert abs(cv - (1 - rate_hz * refractory_ms * 1e-3)) < 4 * error + 0.005 + rate_hz * DT_S
