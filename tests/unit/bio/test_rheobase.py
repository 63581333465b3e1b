"""The smallest current that makes a neuron fire."""

import math
from dataclasses import replace

import pytest

from bio import NeuronModel, Source
from bio.neurons import IZHIKEVICH, LIF, NOISY_LIF, POISSON_UNIT
from bio.program import compile_program
from bio.rheobase import rheobase


def test_a_lif_fires_from_the_current_that_its_equation_says():
    # v(T) = R I (1 - exp(-T/tau)) = 15 mV, found upwards in steps of 2.3 %
    expected = 15e-3 / 100e6 / (1 - math.exp(-0.1 / 0.02))
    found = rheobase(compile_program(LIF, 1e-3), 0.1)
    assert expected <= found <= 1.024 * expected


def test_too_long_a_step_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match=r"fires without input|cannot be followed|Give a shorter dt"):
        rheobase(compile_program(IZHIKEVICH, 14e-3), 0.35)


def test_a_neuron_that_fires_without_input_has_no_scale():
    restless = replace(LIF, parameters={**LIF.parameters, "v_rest": "-40 mV"})
    with pytest.raises(ValueError, match="fires without input"):
        rheobase(compile_program(restless, 1e-3), 0.1)


def test_a_neuron_that_never_fires_is_refused():
    deaf = NeuronModel(
        name="deaf",
        equations="dv/dt = (-v + 0*ohm*I)/(10*ms) : volt",
        threshold="v > 1*mV",
        reset="v = 0*mV",
        parameters={},
        start={"v": "0 mV"},
        drive="I",
        source=Source("none"),
    )
    with pytest.raises(ValueError, match="does not fire within"):
        rheobase(compile_program(deaf, 1e-3), 0.05)


def test_white_noise_is_left_out():
    found = rheobase(compile_program(NOISY_LIF, 1e-4), 0.1)
    assert found == rheobase(compile_program(replace(LIF, method="euler"), 1e-4), 0.1)


def test_a_neuron_that_spikes_by_chance_has_no_smallest_current():
    with pytest.raises(ValueError, match=r"poisson_unit spikes by chance, with rand\(\), so there is no smallest"):
        rheobase(compile_program(POISSON_UNIT, 1e-4), 0.1)


def test_a_neuron_without_a_drive_is_refused():
    undriven = replace(LIF, equations=LIF.equations.replace(" + R*I", ""), drive="")
    with pytest.raises(ValueError, match=r"lif has no drive, so no current can make it fire\. Name one"):
        rheobase(compile_program(undriven, 1e-4), 0.1)
