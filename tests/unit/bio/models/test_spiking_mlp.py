"""A feed-forward network that reads sequences of values: what it keeps is in its neurons, and nowhere else."""

import numpy as np
import pytest
import torch

import ann
from ann.testing import check_model
from bio.engines.tensor import TensorNeuron
from bio.models import SpikingMLP, SpikingRNN
from bio.neurons import ADAPTIVE_LIF, LIF

SEQUENCES = {"reads": "values", "steps": 10, "duration": "100 ms"}
LATE_AND_EARLY = (slice(25, None), slice(5))


def built(recipe, shape=(12, 3), seed=0):
    return recipe.build(shape, 4, torch.Generator().manual_seed(seed))


def current(samples=5, steps=12, features=3, seed=0):
    return 2 * torch.rand(samples, steps, features, generator=torch.Generator().manual_seed(seed))


def test_each_point_of_a_sequence_is_a_current_for_one_step():
    network, x = built(SpikingMLP(LIF, hidden=(20,), **SEQUENCES)), current()
    neurons, drive, expected = network.hidden1.neurons, network.hidden1.linear(x), []
    assert drive.shape == (5, 12, 20)
    state = neurons.neuron.start(drive[:, 0])
    for t in range(12):
        fired, state = TensorNeuron.step(neurons.neuron, state, drive[:, t] * neurons.scale)
        expected.append(fired)
    found = network.layer_activity(x)["hidden1"]
    assert torch.equal(found, torch.stack(expected, 1))
    assert 0 < float(found.detach().mean()) < 1


def test_its_weights_and_spikes_are_those_of_a_recurrent_network_whose_neurons_do_not_hear_each_other():
    options, x = {"hidden": (20,), **SEQUENCES}, current()
    alone, deaf = built(SpikingMLP(LIF, **options)), built(SpikingRNN(LIF, recurrent_gain=0.0, **options))
    deaf.hidden1.linear.load_state_dict(alone.hidden1.linear.state_dict())
    assert torch.equal(alone.layer_activity(x)["hidden1"], deaf.layer_activity(x)["hidden1"])


def test_what_came_ten_time_constants_ago_leaves_no_trace_without_recurrence():
    # tau_m is 20 ms and a step 10 ms; the gap of 20 steps leaves e**-10 of the first steps in the membrane
    x, other = current(20, 30), current(20, 30, seed=1)
    other[:, 5:] = x[:, 5:]
    x[:, 5:25] = other[:, 5:25] = 0.0
    network = built(SpikingMLP(LIF, hidden=(30,), gain=3.0, **SEQUENCES), (30, 3))
    late, early = ([network.layer_activity(one)["hidden1"][:, part] for one in (x, other)] for part in LATE_AND_EARLY)
    assert torch.equal(*late)
    assert float(late[0].detach().sum()) > 0
    assert not torch.equal(*early)


def test_it_learns_which_of_two_signals_a_sequence_holds():
    chance, y = np.random.default_rng(0), np.arange(200) % 2
    X = (0.3 * chance.random((200, 12, 2))).astype(np.float32)
    X[np.arange(200), chance.integers(0, 12, 200), y] = 1.0
    recipe = SpikingMLP(ADAPTIVE_LIF, hidden=(30,), **SEQUENCES)
    learner = ann.Classifier(recipe, ann.Backprop(learning_rate=1e-2), epochs=8, batch_size=20, random_state=0)
    assert learner.fit(X[:150], y[:150]).score(X[150:], y[150:]) > 0.9  # chance is 0.5
    told = learner.describe()
    assert (told["reads"], told["time_steps"]) == ("clean values", 12)
    assert learner.receptive_fields().shape == (30, 1, 2)  # a neuron's weights are of a point, not of a sequence
    table = learner.operations(X[:10]).set_index(["layer", "operation"])
    assert table.loc[("hidden1", "MAC"), "dense"] > 12 * 2 * 30  # values are multiplied, and neurons updated


def test_layers_are_as_many_as_asked_for_and_read_the_features_of_a_point():
    network = built(SpikingMLP(LIF, hidden=(7, 6), **SEQUENCES))
    assert [tuple(layer.linear.weight.shape) for layer in network.layers().values()] == [(7, 3), (6, 7)]
    assert network.readout.weight.shape == (4, 6)


def test_the_kit_of_models_passes():
    check_model(SpikingMLP(LIF, hidden=(8,), gain=4.0, **SEQUENCES))


def test_a_kind_of_input_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match='reads = \'words\' is not known; choose "spikes" or "values"'):
        SpikingMLP(LIF, reads="words")


def test_values_that_are_no_sequence_are_refused_with_the_way_out():
    recipe = SpikingMLP(reads="values")
    assert 'Give reads = "spikes"' in recipe.refuses((1, 8, 8))
    assert recipe.refuses((12, 3)) is None
    assert SpikingMLP().refuses((1, 8, 8)) is None
    with pytest.raises(ValueError, match=r"reads sequences \(time, feature\)"):
        built(recipe, (1, 8, 8))
