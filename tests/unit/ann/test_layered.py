"""The walk through layered models is backpropagation where the feedback is the weights, and refuses what it cannot."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from ann import CNN, MLP, Backprop
from ann.models._block import Block
from ann.rules import _layered


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def data(shape=(2, 8, 8), classes=3, samples=8):
    x = torch.randn(samples, *shape, generator=generator(1), dtype=torch.float64)
    return x, torch.arange(samples) % classes


def strided():
    """Stride, dilation, groups and no bias: the geometry that CNN has none of."""
    return nn.Sequential(
        Block(nn.Conv2d(2, 4, 3, stride=2, padding=2, dilation=2), nn.Tanh()),
        Block(nn.Conv2d(4, 4, 2, groups=2, bias=False), nn.ELU()),
        Block(nn.LazyLinear(3)),
    )


MODELS = {
    "mlp": lambda: MLP(hidden=(7, 5), activation="tanh").build((2, 8, 8), 3, generator()),
    "relu": lambda: MLP(hidden=(7, 5, 6), activation="relu").build((2, 8, 8), 3, generator()),
    "max pooling": lambda: CNN(channels=(3, 4), hidden=(5,)).build((2, 8, 8), 3, generator()),
    "average pooling": lambda: CNN(channels=(3, 4), hidden=(), pooling="average").build((2, 8, 8), 3, generator()),
    "batch normalisation": lambda: CNN(channels=(3,), normalisation="batch").build((2, 8, 8), 3, generator()),
    "strided": strided,
}


@pytest.mark.parametrize("name", MODELS)
def test_with_the_weights_themselves_as_feedback_the_walk_is_backpropagation(name):
    model, (x, y) = MODELS[name]().double(), data()
    model(x)  # makes the lazy layer
    passed = _layered.walk(model, x)
    feedback = {layer.name: layer.block.linear.weight for layer in passed}
    updates, _ = _layered.descend(passed, _layered.output_error(passed, y, cross_entropy), feedback)
    wanted, _ = Backprop().updates(model, x, y, cross_entropy, {}, generator())
    assert updates.keys() == wanted.keys()
    for key, update in wanted.items():
        assert update.abs().max() > 0
        assert torch.allclose(updates[key], update, atol=1e-12)  # float64: rounding in another order of sums


def test_the_walks_answer_is_the_models_and_batch_statistics_move_once():
    recipe, (x, _) = CNN(channels=(3,), normalisation="batch"), data()
    walked, called = (recipe.build((2, 8, 8), 3, generator()).double().train() for _ in range(2))
    assert torch.equal(_layered.walk(walked, x)[-1].h, called(x))
    for mine, other in zip(walked.buffers(), called.buffers(), strict=True):
        assert torch.equal(mine, other)


def test_frozen_parameters_get_no_change():
    model, (x, y) = MODELS["mlp"]().double(), data()
    model.get_parameter("hidden1.linear.weight").requires_grad_(False)
    passed = _layered.walk(model, x)
    feedback = {layer.name: layer.block.linear.weight for layer in passed}
    updates, _ = _layered.descend(passed, _layered.output_error(passed, y, cross_entropy), feedback)
    assert "hidden1.linear.weight" not in updates
    assert "hidden1.linear.bias" in updates


def test_noise_enters_the_drive_that_it_is_named_after():
    model, (x, _) = MODELS["mlp"]().double(), data()
    noise = torch.randn(8, 5, generator=generator(), dtype=torch.float64)
    clean, noisy = _layered.walk(model, x), _layered.walk(model, x, {"hidden2": noise})
    assert torch.equal(noisy[0].h, clean[0].h)
    assert torch.equal(noisy[1].a, clean[1].a + noise)
    assert torch.equal(noisy[1].h, torch.tanh(clean[1].a + noise))


def test_feedback_weights_have_the_spread_that_torch_gives_the_weights_themselves():
    model = MLP(hidden=(200, 300)).build((50,), 10, generator())
    feedback = _layered.feedback_of(_layered.feedback_weights(model, 2.0, generator(3)))
    assert list(feedback) == ["hidden2", "output"]
    weight = feedback["hidden2"]
    assert weight.shape == (300, 200)
    assert weight.abs().max() <= 2 / 200**0.5
    # Uniform in +-b has a standard deviation of b / sqrt(3); 60,000 draws give it to 0.2 %, a tenth of this.
    assert float(weight.std()) == pytest.approx(2 / 200**0.5 / 3**0.5, rel=0.02)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Linear(3, 2), "needs layers in a row"),
        (nn.Sequential(nn.Linear(3, 2), nn.ReLU()), "needs layers in a row"),
        (nn.Sequential(Block(nn.Conv1d(1, 2, 3))), "0 is Conv1d"),  # type: ignore[arg-type]
        (nn.Sequential(Block(nn.Conv2d(1, 2, 3, padding="same"))), "pad with zeros, given as numbers"),
        (nn.Sequential(Block(nn.Conv2d(1, 2, 3, padding=1, padding_mode="circular"))), "0 pads otherwise"),
    ],
)
def test_what_cannot_be_turned_round_is_refused_with_a_sentence(model, words):
    sentence = _layered.refuses(Backprop(), model)
    assert sentence is not None
    assert words in sentence
    assert sentence.startswith("Backprop")


@pytest.mark.parametrize("name", ["relu", "average pooling", "strided"])
def test_under_autocast_changes_have_the_weights_own_precision(name):
    model, (x, y) = MODELS[name]().double(), data()
    model(x)
    model, x = model.float(), x.float()

    def walked():
        passed = _layered.walk(model, x)
        feedback = {layer.name: layer.block.linear.weight.detach() for layer in passed}
        return _layered.descend(passed, _layered.output_error(passed, y, cross_entropy), feedback)[0]

    exact = walked()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = walked()
    for key, update in rough.items():
        assert update.dtype == torch.float32
        assert not torch.equal(update, exact[key])
        assert (update - exact[key]).norm() < 0.1 * exact[key].norm()  # 8 bits of mantissa, 0.4 % a product
