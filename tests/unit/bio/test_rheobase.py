"""The smallest current that makes a neuron fire."""

import math
from dataclasses import replace

import pytest

from bio import NeuronModel, Source
from bio.neurons import IZHIKEVICH, LIF
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
