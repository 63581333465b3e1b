"""Rules with feedback weights of their own: what their equations say, by hand, and backpropagation where B is W."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from ann import (
    CNN,
    MLP,
    Backprop,
    Classifier,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    KolenPollack,
    SignSymmetry,
    WeightMirror,
)
from ann.training import Trainer

RULES = [FeedbackAlignment(), SignSymmetry(), DirectFeedbackAlignment(), KolenPollack(), WeightMirror()]
named = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def mlp(hidden=(4, 3), activation="tanh"):
    return MLP(hidden=hidden, activation=activation).build((5,), 3, generator()).double()


def data(samples=6, shape=(5,)):
    x = torch.randn(samples, *shape, generator=generator(1), dtype=torch.float64)
    return x, torch.arange(samples) % 3


def weights(model):
    return {name: layer.linear.weight.detach() for name, layer in model.named_children()}


@pytest.mark.parametrize("rule", [FeedbackAlignment(), KolenPollack(), WeightMirror()], ids=lambda rule: rule.name)
@pytest.mark.parametrize("recipe", [MLP(hidden=(4, 3)), CNN(channels=(3, 4), hidden=(5,))], ids=lambda r: r.name)
def test_with_the_weights_as_feedback_the_update_is_backprops(rule, recipe):
    model = recipe.build((1, 8, 8), 3, generator()).double()
    x, y = data(shape=(1, 8, 8))
    state = rule.start(model, generator()) | {f"{name}.feedback": w for name, w in list(weights(model).items())[1:]}
    updates, _ = rule.updates(model, x, y, cross_entropy, state, generator())
    wanted, _ = Backprop().updates(model, x, y, cross_entropy, {}, generator())
    assert updates.keys() == wanted.keys()
    for name, update in wanted.items():
        assert torch.allclose(updates[name], update, atol=1e-6)  # the field's target; float64 leaves 1e-16


def test_direct_feedback_through_the_product_of_the_weights_above_is_backprop_in_a_linear_network():
    model, (x, y) = mlp(activation="linear"), data()
    w, rule = weights(model), DirectFeedbackAlignment()
    state = rule.start(model, generator())
    state |= {"hidden2.feedback": w["output"], "hidden1.feedback": w["output"] @ w["hidden2"]}
    updates, _ = rule.updates(model, x, y, cross_entropy, state, generator())
    wanted, _ = Backprop().updates(model, x, y, cross_entropy, {}, generator())
    for name, update in wanted.items():
        assert torch.allclose(updates[name], update, atol=1e-12)  # float64


def by_hand(model, x, y, carry):
    """Updates of a tanh network with two hidden layers in numpy; `carry(layer, e, delta)` is what a layer hears."""
    w = {name: value.numpy() for name, value in weights(model).items()}
    b = {name: layer.linear.bias.detach().numpy() for name, layer in model.named_children()}
    x, y = x.numpy(), y.numpy()
    h1 = np.tanh(x @ w["hidden1"].T + b["hidden1"])
    h2 = np.tanh(h1 @ w["hidden2"].T + b["hidden2"])
    a = h2 @ w["output"].T + b["output"]
    p = np.exp(a) / np.exp(a).sum(1, keepdims=True)
    e = (p - np.eye(3)[y]) / len(x)
    d2 = carry("hidden2", e, e) * (1 - h2**2)
    d1 = carry("hidden1", e, d2) * (1 - h1**2)
    return {"hidden1": -d1.T @ x, "hidden2": -d2.T @ h1, "output": -e.T @ h2}


@named
def test_the_first_update_is_its_equation_worked_by_hand(rule):
    model, (x, y) = mlp(), data()
    state = rule.start(model, generator())
    updates, state = rule.updates(model, x, y, cross_entropy, state, generator())
    first = rule.start(model, generator())

    def carry(layer, e, delta):
        above = {"hidden1": "hidden2", "hidden2": "output"}[layer]
        if isinstance(rule, DirectFeedbackAlignment):
            return e @ state[f"{layer}.feedback"].numpy()
        if isinstance(rule, SignSymmetry):
            w = weights(model)[above].numpy()
            return delta @ (math.sqrt((w**2).mean()) * np.sign(w))
        return delta @ first[f"{above}.feedback"].numpy()

    for layer, wanted in by_hand(model, x, y, carry).items():
        np.testing.assert_allclose(updates[f"{layer}.linear.weight"].numpy(), wanted, atol=1e-12)  # float64


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_kolen_and_pollacks_feedback_takes_the_very_steps_of_the_weights(momentum):
    model, (x, y) = mlp(), data()
    rule = KolenPollack(learning_rate=0.3, weight_decay=0.1, momentum=momentum)
    trainer = Trainer(model, rule, cross_entropy, order=generator(), chance=generator(), batch_size=2)
    gap = trainer.state["hidden2.feedback"] - weights(model)["hidden2"].clone()
    trainer.run(lambda indices, _: x[indices], y, 4)
    wanted, speed = gap, torch.zeros_like(gap)
    for _ in range(trainer.progress.updates):  # the change cancels in B - W, and the decay is left
        speed = momentum * speed + 0.1 * wanted
        wanted = wanted - 0.3 * speed
    assert trainer.progress.updates == 12
    found = trainer.state["hidden2.feedback"] - weights(model)["hidden2"]
    assert torch.allclose(found, wanted, atol=1e-12)  # float64
    assert found.norm() < 0.8 * gap.norm()  # 0.97^12 = 0.69 without momentum


@pytest.mark.parametrize("recipe", [MLP(hidden=(20, 15)), CNN(channels=(3, 4), hidden=(5,))], ids=lambda r: r.name)
def test_noise_alone_shows_the_mirror_the_weights(recipe):
    model = recipe.build((1, 8, 8), 3, generator()).double()
    x, y = data(64, shape=(1, 8, 8))
    rule, state, chance = WeightMirror(mirror_rate=0.02), WeightMirror().start(model, generator()), generator(5)
    for _ in range(300):
        _, state = rule.updates(model, x, y, cross_entropy, state, chance)
    for name, w in list(weights(model).items())[1:]:
        B = state[f"{name}.feedback"]
        # A running mean over 2 / rate = 100 phases of 64 samples: each entry errs by |w| of its row / sqrt(6400).
        error = math.sqrt(w[0].numel() / 6400)
        assert (B - w).norm() / w.norm() < 1.5 * error
        assert (B - w).norm() > 0


def test_the_mirrors_estimate_has_the_weight_as_its_mean_at_the_edges_of_an_image_too():
    model = CNN(channels=(2, 2), hidden=()).build((1, 4, 4), 3, generator()).double()
    x, y = data(4000, shape=(1, 4, 4))
    rule, state, chance = WeightMirror(mirror_rate=1.0), WeightMirror().start(model, generator()), generator(5)
    _, state = rule.updates(model, x, y, cross_entropy, state, chance)
    w = weights(model)["convolution2"]
    # Four positions of 4,000 samples, one or two of which a corner tap sees: an entry errs by |w| / sqrt(4000) at most.
    assert (state["convolution2.feedback"] - w).abs().max() < 4 * w.flatten(1).norm(dim=1).max() / math.sqrt(4000)


def test_direct_feedback_is_drawn_once_and_does_not_depend_on_who_asks_first():
    model = CNN(channels=(3,), hidden=(4,)).build((1, 6, 6), 3, generator()).double()
    x, y = data(shape=(1, 6, 6))
    rule = DirectFeedbackAlignment(feedback_scale=2.0)
    start = rule.start(model, generator())
    _, first = rule.updates(model, x, y, cross_entropy, start, generator(1))
    _, again = rule.updates(model, x[:2], y[:2], cross_entropy, start, generator(2))
    _, later = rule.updates(model, x, y, cross_entropy, first, generator(3))
    assert first["convolution1.feedback"].shape == (3, 3 * 3 * 3)
    assert first["convolution1.feedback"].abs().max() <= 2 / math.sqrt(27)
    for key, value in first.items():
        assert torch.equal(value, again[key])
        assert torch.equal(value, later[key])


def test_sign_symmetry_follows_the_present_signs_and_keeps_the_size_of_the_start():
    model, (x, y) = mlp(), data()
    state = SignSymmetry(feedback_scale=0.5).start(model, generator())
    sizes = {name: 0.5 * math.sqrt(float(w.square().mean())) for name, w in weights(model).items()}
    with torch.no_grad():
        for layer in model.children():
            layer.linear.weight.mul_(-3)
    updates, _ = SignSymmetry(feedback_scale=0.5).updates(model, x, y, cross_entropy, state, generator())

    def carry(layer, e, delta):
        above = {"hidden1": "hidden2", "hidden2": "output"}[layer]
        return delta @ (sizes[above] * np.sign(weights(model)[above].numpy()))

    for layer, wanted in by_hand(model, x, y, carry).items():
        np.testing.assert_allclose(updates[f"{layer}.linear.weight"].numpy(), wanted, atol=1e-12)  # float64


@pytest.mark.parametrize("rule", [*RULES[:3], WeightMirror()], ids=lambda rule: rule.name)
def test_hidden_layers_learn_a_convolution_too(rule):
    chance = np.random.Generator(np.random.PCG64(0))
    y = np.arange(120) % 2
    X = chance.uniform(0, 0.3, (120, 1, 8, 8))
    for label, place in zip(y, range(120), strict=True):  # a bar, upright or lying, somewhere
        at = chance.integers(8)
        X[place, 0, :, at] += label
        X[place, 0, at, :] += 1 - label
    rule = type(rule)(learning_rate=1e-2)
    learner = Classifier(CNN(channels=(6,), hidden=(12,)), rule, epochs=15, batch_size=10, device="cpu", random_state=0)
    before = Classifier(CNN(channels=(6,), hidden=(12,)), rule, epochs=0, device="cpu", random_state=0).fit(X, y)
    filters = learner.fit(X, y).weights()["convolution1.linear.weight"]
    assert np.abs(filters - before.weights()["convolution1.linear.weight"]).max() > 0.01
    assert learner.score(X, y) > 0.9  # chance is 0.5


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: FeedbackAlignment(feedback_scale=0), "feedback_scale = 0"),
        (lambda: SignSymmetry(feedback_scale=-1), "feedback_scale = -1"),
        (lambda: DirectFeedbackAlignment(feedback_scale=0), "feedback_scale = 0"),
        (lambda: KolenPollack(weight_decay=0), "weight_decay = 0"),
        (lambda: KolenPollack(optimiser="adam"), 'choose "sgd"'),
        (lambda: KolenPollack(schedule="cosine"), 'choose "constant"'),
        (lambda: WeightMirror(mirror_rate=0), "mirror_rate = 0"),
        (lambda: WeightMirror(mirror_rate=1.5), "at most 1"),
        (lambda: FeedbackAlignment(learning_rate=0), "learning_rate = 0"),
    ],
)
def test_a_number_out_of_its_range_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@named
def test_a_model_that_is_no_row_of_layers_is_refused_with_a_sentence(rule):
    sentence = rule.refuses(nn.Linear(2, 2), cross_entropy)
    assert sentence is not None
    assert "needs layers in a row" in sentence


def test_direct_feedbacks_operations_are_worked_by_hand():
    model = MLP(hidden=(4, 3), activation="tanh").build((5,), 2, generator())
    x, rule = torch.randn(6, 5, generator=generator()), DirectFeedbackAlignment()
    rows = rule.operations(model, x, rule.start(model, generator()), training=True)
    answer = rule.operations(model, x, rule.start(model, generator()), training=False)
    assert [(row["layer"], row["dense"]) for row in answer] == [("hidden1", 20), ("hidden2", 12), ("output", 6)]
    learning = rows[3:]
    # delta x' of each layer, and e through B: 2 errors for each of 4 and of 3 neurons. tanh is zero nowhere.
    wanted = [("hidden1", 20), ("hidden1", 8), ("hidden2", 12), ("hidden2", 6), ("output", 6)]
    assert [(row["layer"], row["dense"]) for row in learning] == wanted
    assert [row["effective"] for row in learning] == [row["dense"] for row in learning]


def test_a_relu_that_is_off_saves_the_product_of_its_weights_change():
    model = MLP(hidden=(4,), activation="relu").build((5,), 2, generator())
    x, rule = torch.randn(6, 5, generator=generator()), DirectFeedbackAlignment()
    x[:, 0] = 0
    on = float((model[0](x) > 0).sum()) / 6
    rows = rule.operations(model, x, rule.start(model, generator()), training=True)
    change = next(row for row in rows[2:] if row["layer"] == "hidden1")
    assert 0 < on < 4
    assert change["effective"] == pytest.approx(4 * on)  # 4 of 5 inputs are not zero


def test_the_mirror_phase_costs_two_products_of_every_weight_that_is_mirrored():
    model = MLP(hidden=(4, 3), activation="tanh").build((5,), 2, generator())
    x, rule = torch.randn(6, 5, generator=generator()), WeightMirror()
    rows = rule.operations(model, x, rule.start(model, generator()), training=True)
    assert sum(row["dense"] for row in rows) == (20 + 12 + 6) + 2 * (12 + 6) + (20 + 12 + 6) + (12 + 6)
