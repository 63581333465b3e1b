"""The same definition on Brian2 and on torch: identical spikes, states within 1e-9 of their range, in float64."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from bio.engines.tensor import TensorNeuron
from bio.neurons import ADAPTIVE_LIF, ADEX, IZHIKEVICH, LIF
from bio.program import compile_program
from bio.testing import compare_engines, recorded_input

DT_S = {"lif": 5e-4, "adaptive_lif": 5e-4, "izhikevich": 5e-4, "adex": 1e-4}
NEURONS = 200


@cache
def input_at_2_to_50_hz(model):
    """Recorded currents, of those neurons that fire at 2 to 50 Hz."""
    program = compile_program(model, DT_S[model.name])
    current = recorded_input(program, neurons=NEURONS)
    counts = TensorNeuron(program).run(torch.tensor(current)[None]).spikes[0].sum(0).numpy()
    return current[:, (counts >= 2) & (counts <= 50)]


@pytest.mark.parametrize("model", [LIF, ADAPTIVE_LIF, IZHIKEVICH, ADEX], ids=lambda model: model.name)
def test_a_neuron_spikes_alike_on_brian_and_torch(model):
    found = compare_engines(model, DT_S[model.name], input_at_2_to_50_hz(model))
    assert found.spikes >= 1000
    assert found.rates_hz.min() >= 2
    assert found.rates_hz.max() <= 50
    assert found.agrees, str(found)


@pytest.mark.parametrize("model", [LIF, ADAPTIVE_LIF, IZHIKEVICH, ADEX], ids=lambda model: model.name)
def test_the_spikes_are_those_of_brian_as_it_is_by_default(model):
    found = compare_engines(model, DT_S[model.name], input_at_2_to_50_hz(model)[:1000], rearranged=True)
    assert found.spikes > 100
    assert found.different == 0, str(found)


@pytest.mark.parametrize("method", ["euler", "exponential_euler", "rk2", "rk4", "heun", "exact"])
def test_every_method_that_brian_integrates_a_lif_with_gives_the_same_spikes(method):
    model = replace(LIF, method=method)
    found = compare_engines(model, 1e-3, input_at_2_to_50_hz(LIF)[::2])
    assert found.spikes > 500
    assert found.agrees, str(found)


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_izhikevichs_neuron_is_the_same_to_the_last_bit_though_it_amplifies_rounding(method):
    model = replace(IZHIKEVICH, method=method)
    found = compare_engines(model, 5e-4, input_at_2_to_50_hz(IZHIKEVICH)[:1000])
    assert found.spikes > 100
    assert found.different == 0
    assert set(found.state_error.values()) == {0.0}


def test_a_long_refractory_period_holds_the_flagged_variable_and_no_other_on_both_engines():
    model = replace(ADAPTIVE_LIF, refractory="7.3 ms")
    found = compare_engines(model, 5e-4, 2 * input_at_2_to_50_hz(ADAPTIVE_LIF))
    assert found.spikes >= 1000
    assert found.agrees, str(found)


class ResetsOneStepLate(TensorNeuron):
    """A planted fault: what a spike does happens in the next step."""

    def _after_reset(self, state, spiked):
        after = super()._after_reset(state, state.get("due", torch.zeros_like(spiked)))
        return after | {"due": spiked}


class ResetsBeforeTheThreshold(TensorNeuron):
    """A planted fault: the reset of a step comes before its state update."""

    def step(self, state, current):
        due = state.pop("due", torch.zeros(current.shape, dtype=torch.bool))
        state = self._resetting(state, due)
        spikes, after = super().step(state, current)
        return spikes, after | {"due": spikes.bool()}

    def _resetting(self, state, due):
        return super()._after_reset(state, due)

    def _after_reset(self, state, spiked):
        return {name: value for name, value in state.items() if name != self.program.drive}


def faulty(program):
    """The planted faults, each on its own."""
    return {
        "refractory one step too many": TensorNeuron(replace(program, refractory_steps=program.refractory_steps + 1)),
        "refractory one step too few": TensorNeuron(replace(program, refractory_steps=program.refractory_steps - 1)),
        "not refractory at all": TensorNeuron(replace(program, refractory_steps=0)),
        "the flagged variable moves while refractory": TensorNeuron(replace(program, hold=program.integrate)),
        "updated twice in a step": TensorNeuron(replace(program, integrate=program.integrate * 2)),
        "no reset": TensorNeuron(replace(program, reset=())),
        "reset in the other order of steps": ResetsBeforeTheThreshold(program),
        "reset one step late": ResetsOneStepLate(program),
    }


FAULTS = list(faulty(compile_program(LIF, 5e-4)))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault):
    neuron = faulty(compile_program(LIF, 5e-4))[fault]
    assert not compare_engines(LIF, 5e-4, input_at_2_to_50_hz(LIF), neuron).agrees


@pytest.mark.parametrize("fault", ["refractory one step too many", "no reset", "updated twice in a step"])
def test_the_spikes_alone_catch_a_fault_too(fault):
    neuron = faulty(compile_program(LIF, 5e-4))[fault]
    assert compare_engines(LIF, 5e-4, input_at_2_to_50_hz(LIF), neuron).different > 0


def test_an_input_that_comes_one_step_late_is_caught():
    current = input_at_2_to_50_hz(LIF)
    program = compile_program(LIF, 5e-4)

    class ReadsTheStepBefore(TensorNeuron):
        def run(self, current, record=False, noise=None):
            return super().run(torch.roll(current, 1, dims=1), record, noise=noise)

    assert not compare_engines(LIF, 5e-4, current, ReadsTheStepBefore(program)).agrees


def test_torch_in_float32_gives_nearly_the_same_number_of_spikes():
    current = input_at_2_to_50_hz(LIF)
    neuron = TensorNeuron(compile_program(LIF, 5e-4))
    double = neuron.run(torch.tensor(current)[None]).spikes.sum()
    single = neuron.run(torch.tensor(current, dtype=torch.float32)[None]).spikes.sum()
    # float32 holds 65 mV to 4 nV; a step's noise moves v by 0.2 mV, so about one crossing in 50,000 can fall otherwise
    assert abs(float(double) - float(single)) <= 0.002 * float(double)
    assert np.isfinite(float(single))
