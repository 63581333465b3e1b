"""Networks that decide by their spikes and nothing else."""

import numpy as np
import pytest
import snntorch
import torch
from sklearn.datasets import load_digits

import ann
import bio
from bio.neurons import ADAPTIVE_LIF, IZHIKEVICH, LIF

RECIPES = [
    bio.SpikingMLP(LIF, hidden=(20, 15)),
    bio.SpikingMLP(ADAPTIVE_LIF, hidden=(20,), dt="7 ms"),
    bio.SnnTorchMLP(hidden=(20, 15)),
]
NAMES = ["LIF", "adaptive LIF at 7 ms", "snnTorch"]


def built(recipe, seed=0):
    return recipe.build((1, 8, 8), 10, torch.Generator().manual_seed(seed))


def spikes_in(samples=6, seed=0, steps=25):
    return (torch.rand(samples, steps, 64, generator=torch.Generator().manual_seed(seed)) < 0.3).float()


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X[:800] / 16).astype(np.float32), y[:800]


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_a_network_answers_with_logits_and_shows_every_layers_spikes(recipe):
    network = built(recipe)
    x = spikes_in()
    activity = network.layer_activity(x)
    assert network(x).shape == (6, 10)
    assert list(activity) == [f"hidden{depth}" for depth in range(1, len(recipe.hidden) + 1)]
    for name, spikes in activity.items():
        assert spikes.shape[::2] == (6, recipe.hidden[int(name[-1]) - 1])
        assert set(spikes.unique().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_without_spikes_every_logit_is_zero(recipe):
    network = built(recipe)
    network.layers()[f"hidden{len(recipe.hidden)}"].register_forward_hook(lambda layer, x, spikes: spikes * 0)
    assert torch.equal(network(spikes_in()), torch.zeros(6, 10))


def test_a_trained_network_whose_spikes_are_taken_away_is_at_chance(digits):
    X, y = digits
    learner = ann.Classifier(
        bio.SnnTorchMLP(hidden=(40,)), ann.Backprop(learning_rate=5e-3), epochs=6, batch_size=32, random_state=0
    )
    learner.fit(X[:500], y[:500])
    assert learner.score(X[500:], y[500:]) > 0.8
    learner.network_.hidden1.register_forward_hook(lambda layer, x, spikes: spikes * 0)
    # all logits are equal, so it says the first class: right for that class's share of 300 samples
    assert learner.score(X[500:], y[500:]) == np.mean(y[500:] == 0)


def test_a_network_of_any_neuron_model_learns(digits):
    X, y = digits
    recipe = bio.SpikingMLP(ADAPTIVE_LIF, hidden=(40,))
    learner = ann.Classifier(recipe, ann.Backprop(learning_rate=5e-3), epochs=6, batch_size=32, random_state=0).fit(
        X[:500], y[:500]
    )
    assert learner.score(X[500:], y[500:]) > 0.8


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_the_same_generator_gives_the_same_weights(recipe):
    first, again, other = (built(recipe, seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["hidden1.linear.weight"], other["hidden1.linear.weight"])


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_a_gradient_reaches_every_layer(recipe):
    network = built(recipe)
    network(spikes_in()).square().sum().backward()
    assert all(float(p.grad.abs().sum()) > 0 for p in network.parameters())


@pytest.mark.parametrize("recipe", RECIPES, ids=NAMES)
def test_operations_count_the_spikes_that_really_arrive(recipe):
    network, x = built(recipe), spikes_in()
    rows = network.operations(x)
    neurons = recipe.hidden[0]
    first = next(row for row in rows if (row["layer"], row["operation"]) == ("hidden1", "AC"))
    assert first["dense"] == 25 * 64 * neurons + 25 * neurons
    assert first["effective"] == pytest.approx(float(x.sum()) / 6 * neurons + 25 * neurons)
    last = network.layer_activity(x)[f"hidden{len(recipe.hidden)}"]
    readout = next(row for row in rows if row["layer"] == "readout")
    assert readout["effective"] == pytest.approx(float(last.detach().sum()) / 6 * 10)
    assert readout["effective"] < readout["dense"]


def test_without_input_spikes_only_biases_and_neurons_cost():
    network = built(bio.SpikingMLP(LIF, hidden=(20,)))
    effective = {(r["layer"], r["operation"]): r["effective"] for r in network.operations(torch.zeros(2, 25, 64))}
    assert effective["hidden1", "AC"] == 25 * 20
    assert effective["readout", "AC"] == 0
    assert effective["hidden1", "MAC"] > 0


def test_training_costs_more_than_answering():
    network, x = built(bio.SnnTorchMLP(hidden=(20, 15))), spikes_in()
    answer = sum(row["effective"] for row in network.operations(x))
    assert sum(row["effective"] for row in network.operations(x, training=True)) > 2 * answer


def test_a_shorter_time_step_runs_the_neurons_more_often_in_a_bin():
    coarse, fine = built(bio.SpikingMLP(LIF, hidden=(20,))), built(bio.SpikingMLP(LIF, hidden=(20,), dt="1 ms"))
    x = spikes_in()
    assert coarse.layer_activity(x)["hidden1"].shape == (6, 25, 20)
    assert fine.layer_activity(x)["hidden1"].shape == (6, 350, 20)
    assert fine.layer_activity(x)["hidden1"].detach().sum() > 0


def test_the_description_says_when_a_refractory_period_is_shorter_than_a_step():
    coarse, fine = built(bio.SpikingMLP(LIF)), built(bio.SpikingMLP(LIF, dt="1 ms"))
    assert "suppresses no step" in coarse.describe_neuron()["text"]
    assert "suppresses no step" not in fine.describe_neuron()["text"]
    assert coarse.state_size() == 128 + 128
    assert fine.state_size() == 2 * 128 + 128


def test_fast_variables_at_a_long_step_are_refused_with_the_way_out():
    with pytest.raises(ValueError, match="Give a shorter dt"):
        built(bio.SpikingMLP(IZHIKEVICH))
    built(bio.SpikingMLP(IZHIKEVICH, hidden=(5,), dt="1 ms"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"hidden": ()}, "give one or more sizes"),
        ({"hidden": (0,)}, "give one or more sizes"),
        ({"steps": 0}, "give a whole number of time steps"),
        ({"dt": "4 ms"}, r"does not divide a bin of 14 ms"),
        ({"dt": "4"}, "dt = 4 has no unit"),
        ({"duration": "350 mV"}, "is a voltage; a time is needed"),
    ],
)
def test_a_wrong_setting_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        bio.SpikingMLP(LIF, **wrong)


@pytest.mark.parametrize(("wrong", "message"), [({"beta": 1.5}, "lies in"), ({"reset_mechanism": "half"}, "choose")])
def test_a_wrong_setting_of_snntorch_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        bio.SnnTorchMLP(**wrong)


@pytest.mark.parametrize("reset_delay", [True, False])
@pytest.mark.parametrize("reset_mechanism", ["subtract", "zero", "none"])
def test_its_neurons_spike_as_snntorchs_own_loop_does(reset_mechanism, reset_delay):
    network = built(bio.SnnTorchMLP(hidden=(20,), beta=0.8, reset_mechanism=reset_mechanism, reset_delay=reset_delay))
    x = spikes_in()
    linear = network.hidden1.linear
    leaky = snntorch.Leaky(beta=0.8, reset_mechanism=reset_mechanism, reset_delay=reset_delay)
    membrane, expected = torch.zeros(6, 20), []
    drive = linear(x)
    for t in range(25):
        spikes, membrane = leaky(drive[:, t], membrane)
        expected.append(spikes)
    ours = network.layer_activity(x)["hidden1"]
    assert 20 < float(ours.sum()) < 6 * 25 * 20
    assert torch.equal(ours, torch.stack(expected, 1))


def test_snntorchs_reset_settings_are_said():
    told = built(bio.SnnTorchMLP(reset_delay=True)).describe_neuron()
    assert "reset_delay=True" in told["text"]
    assert 'reset_mechanism="subtract"' in told["text"]
    assert "reset_delay=False" in built(bio.SnnTorchMLP(reset_delay=False)).describe_neuron()["text"]


def test_networks_do_not_pile_up_in_snntorchs_global_list():
    before = len(snntorch.SpikingNeuron.instances)
    built(bio.SnnTorchMLP())
    assert len(snntorch.SpikingNeuron.instances) == before


def test_a_learned_beta_is_a_parameter():
    fixed, learned = built(bio.SnnTorchMLP()), built(bio.SnnTorchMLP(learn_beta=True))
    count = [sum(p.numel() for p in network.parameters()) for network in (fixed, learned)]
    assert count[1] == count[0] + 1
    learned(spikes_in()).square().sum().backward()
    assert float(learned.hidden1.neurons.beta.grad) != 0
