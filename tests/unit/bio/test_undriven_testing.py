"""The kit for neurons that only spikes drive: they are kicked, and faults are found."""

from dataclasses import replace

import pytest

import bio.neuron_testing
from bio.fidelity import _engines
from bio.fidelity._engines import Engine, reference
from bio.network import Network
from bio.neurons import ADEX, CONDUCTANCE_LIF, LIF
from bio.program import compile_program
from bio.testing import check_neuron
from bio.undriven_testing import check_kicked, firing_jumps


def without_drive(model, current="0*amp"):
    return replace(model, drive="", equations=model.equations.replace("I)", f"{current})"), name="undriven")


UNDRIVEN = without_drive(LIF)


def test_a_leaky_integrator_fires_from_a_jump_to_its_threshold():
    # 15 mV, found upwards in steps of 26 %
    (name, jump), *others = firing_jumps(compile_program(UNDRIVEN, 1e-4)).items()
    assert (name, others) == ("v", [])
    assert 15e-3 < jump < 15e-3 * 1.26


def test_a_model_without_a_drive_passes_and_is_told_what_was_not_tried():
    assert check_neuron(UNDRIVEN) == ()
    told = check_neuron(without_drive(CONDUCTANCE_LIF), 5e-4)
    assert told == ("spikes onto gi: no jump of it alone makes the neuron fire",)


def test_a_model_that_nothing_makes_fire_is_found():
    deaf = replace(UNDRIVEN, threshold="v > 1e9*volt")
    with pytest.raises(AssertionError, match="has no drive, and neither fires by itself nor when a variable jumps"):
        check_kicked(deaf, 1e-3)


def test_an_engine_that_differs_is_found(monkeypatch):
    def wrong(trial):
        first, *others = trial.network.populations
        assert first.model is not None
        other = replace(first, model=replace(first.model, refractory="2.1 ms"))
        return reference(replace(trial, network=Network((other, *others), trial.network.projections)))

    monkeypatch.setattr(_engines, "engines_of", lambda *_, **__: (Engine("wrong", "networks", wrong, ()),))
    with pytest.raises(AssertionError, match="undriven is not the same on Brian2 and wrong: "):
        check_kicked(UNDRIVEN, 1e-4)


def test_the_order_of_a_method_is_tested_without_a_drive_too(monkeypatch):
    monkeypatch.setitem(bio.neuron_testing._ORDER, "euler", 2)
    adex = replace(without_drive(ADEX), method="euler")
    with pytest.raises(AssertionError, match="should fall 4 times when"):
        check_neuron(adex)
