"""The integrate-and-fire neuron without a leak: its count in closed form, and the charge that it keeps."""

import numpy as np

from bio.neurons import INTEGRATE_AND_FIRE
from tests.unit.bio.neurons.firing import constant, run

DT_S = 1e-3
CHARGE_C = 100e-12 * 10e-3  # C_m v_threshold: what a spike takes off


def test_in_a_constant_current_it_has_spiked_the_floor_of_the_charge_in_spikes():
    # odd multiples of 1/512 of a spike a step: after 256 steps no count lies at a jump of the floor
    each_step = (2 * np.arange(-20, 280, 7) + 1) / 512
    spikes, _ = run(INTEGRATE_AND_FIRE, constant(each_step * CHARGE_C / DT_S, 256 * DT_S, DT_S), DT_S)
    np.testing.assert_array_equal(spikes.sum(0), np.floor(each_step.clip(0, 1) * 256))


def test_no_charge_is_lost():
    current = np.random.default_rng(0).normal(0.3, 2, (2000, 20)) * CHARGE_C / DT_S
    spikes, states = run(INTEGRATE_AND_FIRE, current, DT_S)
    kept = 100e-12 * states["v"][-1] + CHARGE_C * spikes.sum(0)
    assert spikes.sum() > 1000
    # 2,000 additions in float64, each within 1e-16 of some hundred spikes' charge
    np.testing.assert_allclose(kept, current.sum(0) * DT_S, atol=1e-10 * CHARGE_C)
