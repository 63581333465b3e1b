"""The leaky integrate-and-fire neuron in white noise: its spread and Siegert's rate."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import erfcx

from bio.engines.tensor import TensorNeuron
from bio.neurons import NOISY_LIF
from bio.noise import draw_noise
from bio.program import compile_program

DT_S, NEURONS, STEPS, SETTLING = 1e-4, 1000, 8000, 2000
TAU_S, SIGMA_V, T_REF_S = 20e-3, 4e-3, 2e-3


def run(model, current_a):
    """Spikes and v, (time, neuron), in a constant current."""
    program = compile_program(model, DT_S)
    noise = draw_noise(program, 0, "neurons", 0, STEPS, NEURONS)
    given = torch.full((1, STEPS, NEURONS), current_a, dtype=torch.float64)
    found = TensorNeuron(program).run(given, True, noise={k: torch.from_numpy(v)[None] for k, v in noise.items()})
    return found.spikes[0].numpy()[SETTLING:], found.states["v"][0].numpy()[SETTLING:]


def siegert_hz(mean_v, threshold_v, reset_v):
    """Siegert 1951; exp(u^2)(1 + erf u) is erfcx(-u)."""
    low, high = ((one - mean_v) / (np.sqrt(2) * SIGMA_V) for one in (reset_v, threshold_v))
    return 1 / (T_REF_S + TAU_S * np.sqrt(np.pi) * quad(lambda u: erfcx(-u), low, high)[0])


def test_without_a_threshold_its_potential_spreads_as_sigma_says():
    _, v = run(replace(NOISY_LIF, threshold="v > 1*volt"), 0.1e-9)
    # of a variance: sqrt(2/1000) at one time; the potential forgets in 20 ms, so 0.6 s are some 15 times (4 errors)
    assert v.var() == pytest.approx(SIGMA_V**2, rel=4 * np.sqrt(2 / 1000 / 15))
    assert v.mean() == pytest.approx(-55e-3, abs=4 * SIGMA_V / np.sqrt(1000 * 15))


@pytest.mark.parametrize("current_na", [0.1, 0.15, 0.2])
def test_its_rate_is_siegerts_with_the_threshold_that_steps_of_time_leave(current_na):
    found = run(NOISY_LIF, current_na * 1e-9)[0].sum() / (NEURONS * (STEPS - SETTLING) * DT_S)
    mean, shift = -65e-3 + current_na * 100e-3, 0.5826 * SIGMA_V * np.sqrt(2 * DT_S / TAU_S)
    # 3 %: 2 to 4 standard errors of 5,000 to 30,000 irregular spikes
    assert found == pytest.approx(siegert_hz(mean, -50e-3 + shift, -65e-3), rel=0.03)
    if current_na == 0.1:  # where only noise makes it fire, the shift matters
        assert found < 0.95 * siegert_hz(mean, -50e-3, -65e-3)
