"""Currents that mean something to a neuron, and engines that are given the same noise."""

from dataclasses import replace

import pytest

from bio.engine_agreement import compare_engines, current_scale, recorded_input
from bio.engines.tensor import TensorNeuron
from bio.neurons import LIF, NOISY_LIF, POISSON_UNIT
from bio.program import compile_program
from bio.rheobase import rheobase

DT_S = 5e-4


def program(model):
    return compile_program(model, DT_S)


def test_the_scale_of_a_neuron_that_rests_is_its_rheobase():
    assert current_scale(program(LIF), 0.1) == rheobase(program(LIF), 0.1)
    assert current_scale(program(NOISY_LIF), 0.1) == rheobase(program(NOISY_LIF), 0.1)


def test_the_scale_of_a_poisson_unit_changes_its_rate_by_half():
    # 10 Hz, and 200 Hz more for each nanoampere: tried are 32, 100, ... pA. 32 pA add 6 Hz, which is 60 spikes in 0.3 s
    # and 20 neurons against 36 more that are expected; 100 pA add 20 Hz, 120 spikes
    assert current_scale(program(POISSON_UNIT), 0.3) == pytest.approx(1e-10)


def test_the_scale_of_a_pacemaker_changes_its_rate_by_half():
    pacemaker = replace(LIF, parameters={**LIF.parameters, "v_rest": "-48 mV"}, start={"v": "-65 mV"})
    with pytest.raises(ValueError, match="fires without input"):
        rheobase(program(pacemaker), 0.5)
    # 1/(2 ms + 20 ms ln(17/2)) = 22 Hz; half as much again needs exp(-(30 ms - 2 ms)/20 ms) = 0.24 of the way, 50 pA
    assert 3e-11 < current_scale(program(pacemaker), 0.5) <= 1.01e-10


def test_a_neuron_that_no_current_moves_is_refused():
    deaf = replace(LIF, threshold="v > 1e300*volt")
    with pytest.raises(ValueError, match="does not fire within 100 ms, whatever the current"):
        recorded_input(program(deaf), 0.1)


@pytest.mark.parametrize("model", [NOISY_LIF, POISSON_UNIT], ids=lambda one: one.name)
def test_engines_get_the_same_noise(model):
    current = recorded_input(program(model), 0.2, 20)
    assert compare_engines(model, DT_S, current).agrees
    name = next(one for one in ("sigma", "gain") if one in model.parameters)
    other = replace(model, parameters={**model.parameters, name: model.parameters[name].replace(" ", "1 ")})
    assert not compare_engines(model, DT_S, current, TensorNeuron(program(other))).agrees
