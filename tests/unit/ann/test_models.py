"""Recipes build the networks that they describe, and refuse what they cannot."""

import dataclasses

import pytest
import torch
from torch import nn

from ann import CNN, MLP, Backprop, Classifier, Logistic
from ann.models import Block
from ann.models._block import _ACTIVATIONS


def generator():
    return torch.Generator().manual_seed(0)


def size(model):
    return sum(p.numel() for p in model.parameters())


def test_an_mlp_of_100_hidden_neurons_has_79510_parameters_on_mnist_format():
    model = MLP(hidden=(100,)).build((1, 28, 28), 10, generator())
    assert list(dict(model.named_children())) == ["hidden1", "output"]
    assert size(model) == 784 * 100 + 100 + 100 * 10 + 10


def test_a_cnn_of_47_hidden_neurons_has_a_size_within_two_percent_of_the_mlp():
    model = CNN(hidden=(47,)).build((1, 28, 28), 10, generator())
    assert size(model) == (9 * 16 + 16) + (9 * 16 * 32 + 32) + (7 * 7 * 32 * 47 + 47) + (47 * 10 + 10)
    assert abs(size(model) / 79510 - 1) < 0.02


def test_an_mlp_is_its_formula():
    model = MLP(hidden=(4,), activation="tanh").build((3,), 2, generator())
    x = torch.rand(5, 3, generator=generator())
    W, b, V, c = model.parameters()
    assert torch.allclose(model(x), torch.tanh(x @ W.T + b) @ V.T + c, atol=1e-6)  # float32


def test_softmax_regression_is_an_mlp_without_hidden_layers():
    ours, theirs = (recipe.build((2, 3), 4, generator()) for recipe in (Logistic(), MLP(hidden=())))
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))


@pytest.mark.parametrize(("pooling", "module"), [("max", nn.MaxPool2d), ("average", nn.AvgPool2d)])
def test_the_pooling_of_a_cnn_is_the_one_asked_for(pooling, module):
    model = CNN(channels=(2,), pooling=pooling).build((1, 8, 8), 3, generator())
    assert isinstance(model.get_submodule("convolution1.pooling"), module)


def test_a_cnn_keeps_the_size_in_a_convolution_and_halves_it_in_pooling():
    model = CNN(channels=(4, 8), kernel=5).build((3, 12, 20), 2, generator())
    x = torch.zeros(1, 3, 12, 20)
    assert model.get_submodule("convolution1").drive(x).shape == (1, 4, 12, 20)
    assert model[1](model[0](x)).shape == (1, 8, 3, 5)


def test_a_block_flattens_what_enters_a_fully_connected_layer():
    assert Block(nn.Linear(6, 2))(torch.zeros(4, 1, 2, 3)).shape == (4, 2)


def test_a_cnn_refuses_flat_samples_with_a_sentence():
    with pytest.raises(
        ValueError, match=r"CNN reads images \(channel, height, width\), but a sample here has .*\(64,\)"
    ):
        CNN().build((64,), 10, generator())


def test_a_cnn_refuses_images_that_its_pooling_would_use_up():
    with pytest.raises(ValueError, match="halves an image 2 times, which needs 4 x 4 pixels; these have 3 x 8"):
        CNN().build((1, 3, 8), 10, generator())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MLP(hidden=(0,)), "hidden = .*at least 1"),
        (lambda: MLP(hidden=(2.5,)), "hidden = .*whole number"),
        (lambda: MLP(activation="step"), "activation = 'step' is not known; choose one of relu"),
        (lambda: CNN(channels=(True,)), "channels"),
        (lambda: CNN(kernel=4), "kernel = 4, but it must be odd"),
        (lambda: CNN(pooling="sum"), 'choose "max" or "average"'),
    ],
)
def test_a_recipe_refuses_a_setting_when_it_is_made_and_says_what_was_expected(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_list_of_sizes_is_kept_as_a_tuple_so_that_recipes_can_be_compared_and_hashed():
    assert MLP(hidden=[3, 4]) == MLP(hidden=(3, 4))
    assert hash(dataclasses.replace(CNN(), channels=[1])) == hash(CNN(channels=(1,)))


def test_a_normalised_convolution_gives_mean_zero_and_variance_one_in_training():
    network = CNN(channels=(4,), hidden=(), normalisation="batch").build((1, 8, 8), 3, torch.Generator().manual_seed(0))
    x = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    drive = network.train()[0].drive(x)
    assert drive.mean((0, 2, 3)).abs().max() < 1e-5  # float32 sums over 2,048 numbers
    assert (drive.var((0, 2, 3), correction=0) - 1).abs().max() < 1e-2  # the layer adds 1e-5 to the variance
    assert sum(p.numel() for p in network.parameters()) == 4 * 9 + 4 + 2 * 4 + 4 * 16 * 3 + 3


def test_an_unknown_normalisation_is_refused():
    with pytest.raises(ValueError, match="normalisation = 'layer'"):
        CNN(normalisation="layer")


def test_a_normalised_network_takes_weights_that_come_as_plain_arrays():
    recipe = CNN((2,), hidden=(), normalisation="batch")
    first, second = (recipe.build((1, 4, 4), 2, torch.Generator().manual_seed(seed)) for seed in (0, 1))
    x = torch.rand(3, 1, 4, 4, generator=generator())
    first(x)  # its running means move
    second.load_state_dict({name: value.clone() for name, value in first.state_dict().items()})
    assert torch.equal(first.eval()(x), second.eval()(x))


def test_the_network_of_32_filters_has_the_size_of_its_layers():
    model = CNN(channels=(32,), hidden=()).build((1, 28, 28), 10, generator())
    assert size(model) == 9 * 32 + 32 + 14 * 14 * 32 * 10 + 10


# these learn, draw, mix neurons or need settings
NO_ACTIVATIONS = {
    "GLU", "MultiheadAttention", "PReLU", "RReLU", "Softmax", "Softmax2d", "LogSoftmax", "Softmin", "Threshold",
}  # fmt: skip


def test_every_activation_of_torch_that_acts_on_each_neuron_by_itself_is_offered():
    offered = {kind.__name__ for kind in _ACTIVATIONS.values()} - {"Identity"}
    assert offered == set(nn.modules.activation.__all__) - NO_ACTIVATIONS


@pytest.mark.parametrize("name", _ACTIVATIONS)
def test_an_mlp_learns_with_each_activation(name):
    x = torch.rand(40, 6, generator=generator()).numpy()
    y = (x[:, 0] > x[:, 1]).astype(int)
    learner = Classifier(MLP((16,), activation=name), Backprop(learning_rate=0.03), epochs=120, random_state=0)
    assert learner.fit(x, y).score(x, y) > 0.9  # half of them are right by chance
