"""What a learner says that it simulates is what its networks are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bio.equations import NeuronModel
from bio.learners import ConvertedClassifier, DiehlCook, RewardSTDP
from bio.models import SpikingCNN, SpikingMLP, SpikingRNN
from bio.neurons import LIF, QUADRATIC_IF
from bio.neurons.diehl_cook_lif import DIEHL_COOK_LIF, INHIBITORY
from bio.neurons.integrate_and_fire import INTEGRATE_AND_FIRE
from bio.plasticity import DIEHL_COOK_STDP, PAIR_STDP
from bio.plasticity_rule import PlasticityRule

X = np.random.default_rng(0).random((20, 1, 4, 4)).astype(np.float32)
Y = np.arange(20) % 2


def simulated(learner: Any) -> set[Any]:
    """Neuron models, names aside, and rules in the network that a fitted learner taught."""
    network = learner._learning_._simulator.network
    models = {replace(one.model, name="") for one in network.populations if one.model is not None}
    return models | {one.rule for one in network.projections if one.rule is not None}


def nameless(definitions: list[NeuronModel | PlasticityRule]) -> set[Any]:
    return {replace(one, name="") if isinstance(one, NeuronModel) else one for one in definitions}


@pytest.mark.parametrize(
    "learner",
    [
        DiehlCook(4, passes=1, random_state=0),
        DiehlCook(4, passes=1, spike_timer="0 ms", random_state=0),
        DiehlCook(4, neuron=LIF, rule=PAIR_STDP, passes=1, dt="1 ms", random_state=0),
        RewardSTDP(4, passes=1, random_state=0),
    ],
    ids=["diehl_cook", "without timer", "own neuron and rule", "reward_stdp"],
)
def test_they_are_the_neurons_and_the_rules_of_the_network_that_learns(learner: Any) -> None:
    named = learner.definitions()
    learner.fit(X, Y)
    assert nameless(named) == simulated(learner) == nameless(learner.definitions())


def test_a_neuron_is_named_for_what_the_network_adds_to_it() -> None:
    names = [one.name for one in DiehlCook(neuron=QUADRATIC_IF).definitions()]
    assert names == ["quadratic_if + I_synapse + theta + timer", "diehl_cook_inhibitory", "diehl_cook_stdp"]
    assert DiehlCook().definitions()[0].name == "diehl_cook_lif + timer"
    assert DiehlCook(spike_timer="0 ms").definitions() == [DIEHL_COOK_LIF, INHIBITORY, DIEHL_COOK_STDP]


def test_a_network_that_never_learns_uses_no_rule() -> None:
    for learner in (DiehlCook(passes=0), RewardSTDP(passes=0)):
        assert all(isinstance(one, NeuronModel) for one in learner.definitions())


def test_networks_of_any_neuron_model_name_theirs_and_a_converted_one_names_its_own() -> None:
    for model in (SpikingMLP, SpikingCNN, SpikingRNN):
        assert model().definitions() == [LIF]
        assert model(neuron=QUADRATIC_IF).definitions() == [QUADRATIC_IF]
    assert ConvertedClassifier(DiehlCook()).definitions() == [INTEGRATE_AND_FIRE]
