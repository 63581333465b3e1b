"""The trainer: order, observers, stopping, explosions, and updates that reach the weights as they are."""

import math
from collections import OrderedDict
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from ann import CNN, GRU, MLP, Backprop, Classifier, FrozenHidden
from ann.contract import StopTraining
from ann.models import Block
from ann.training import Trainer
from bio import SnnTorchMLP

CHANCE = np.random.Generator(np.random.PCG64(0))
X = CHANCE.uniform(0, 1, (90, 6)).astype(np.float32)
Y = (X[:, 0] + X[:, 1] > X[:, 2] + X[:, 3]).astype(int)


def learner(**changes):
    settings = {"epochs": 3, "batch_size": 16, "device": "cpu", "random_state": 0}
    return Classifier(MLP(hidden=(8,)), **(settings | changes))


class Watching:
    """An observer at some points that predicts whenever it is called."""

    def __init__(self, points=(0, 40, 200), stop_at=None):
        self.waiting, self.stop_at, self.calls, self.accuracies, self.facts = list(points), stop_at, [], [], []

    def due(self, examples_seen):
        return bool(self.waiting) and examples_seen >= self.waiting[0]

    def __call__(self, learner, examples_seen, **facts):
        self.waiting = [point for point in self.waiting if point > examples_seen]
        self.calls.append(examples_seen)
        self.facts.append(facts)
        self.accuracies.append(learner.score(X, Y))
        if self.stop_at is not None and examples_seen >= self.stop_at:
            raise StopTraining("Enough.")


def same(a, b):
    return all(np.array_equal(a.weights()[name], b.weights()[name]) for name in a.weights())


def test_one_seed_gives_the_same_bits_and_another_seed_others():
    assert same(learner().fit(X, Y), learner().fit(X, Y))
    assert not same(learner().fit(X, Y), learner(random_state=1).fit(X, Y))


def test_being_observed_changes_no_bit():
    assert same(learner().fit(X, Y), learner().fit(X, Y, observer=Watching(range(0, 300, 7))))


def test_an_observer_sees_the_untrained_network_first_and_then_what_it_is_due_at():
    observer = Watching()
    learner().fit(X, Y, observer=observer)
    assert observer.calls == [
        0,
        48,
        212,
    ]  # ends of batches: 16, 32, 48 ... 80, 90 (a pass is over), 106 ... 180, 196, 212
    assert observer.facts[0] == {}
    assert observer.facts[1]["loss"] > 0
    untrained = learner(epochs=0).fit(X, Y)
    assert observer.accuracies[0] == untrained.score(X, Y)


def test_an_observer_can_end_training_and_what_was_learned_is_kept():
    stopped = learner(epochs=50).fit(X, Y, observer=Watching([0, 90], stop_at=90))
    assert same(stopped, learner(epochs=1).fit(X, Y))
    told = stopped.describe()
    assert told["training"] == {"passes": 0, "examples": 90, "updates": 6, "batch_size": 16}
    assert "An observer ended training after 90 examples. Enough." in told["departures"]


def test_an_exploding_loss_ends_training_keeps_good_weights_and_says_so():
    wild = learner(rule=Backprop("sgd", learning_rate=1e8), epochs=30)
    with pytest.warns(RuntimeWarning, match="loss exploded after .* smaller learning rate"):
        wild.fit(X, Y)
    assert all(np.isfinite(value).all() for value in wild.weights().values())
    assert same(wild, learner(epochs=0).fit(X, Y))  # no pass was better than the start
    assert any("The loss exploded" in sentence for sentence in wild.describe()["departures"])


def test_the_weights_of_the_last_good_pass_survive_a_later_explosion():
    class Breaking(Backprop):
        def updates(self, model, x, y, loss, state, generator):
            changes, state = super().updates(model, x, y, loss, state | {"n": state["n"] + 1}, generator)
            if state["n"] > 9:  # in the second pass of six updates
                changes = {name: change * float("nan") for name, change in changes.items()}
            return changes, state

        def start(self, model, generator):
            return {"n": torch.zeros(())}

    with pytest.warns(RuntimeWarning, match="after 154 examples: training ended, and the weights of 90 examples"):
        broken = learner(rule=Breaking()).fit(X, Y)
    whole = learner(epochs=1).fit(X, Y).weights()
    assert all(np.array_equal(broken.weights()[name], value) for name, value in whole.items())


def test_an_update_is_the_wanted_change_before_the_learning_rate():
    model = MLP(hidden=(3,)).build((6,), 2, torch.Generator().manual_seed(0))
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    rule = Backprop("sgd", learning_rate=0.5, momentum=0.0)
    x, y = torch.tensor(X), torch.tensor(Y)
    updates, _ = rule.updates(model, x, y, cross_entropy, {}, torch.Generator())
    chance = torch.Generator().manual_seed(0)
    trainer = Trainer(model, rule, cross_entropy, order=chance, chance=chance, batch_size=len(X))
    trainer.run(lambda indices, _: x[indices], y, epochs=1)
    for name, value in model.named_parameters():
        assert torch.allclose(value, before[name] + 0.5 * updates[name], atol=1e-6)  # float32, samples in other order


def test_a_parameter_without_an_update_is_left_alone_to_the_bit():
    start, end = learner(epochs=0).fit(X, Y), learner(rule=FrozenHidden(weight_decay=0.1)).fit(X, Y)
    assert np.array_equal(start.weights()["hidden1.linear.weight"], end.weights()["hidden1.linear.weight"])
    assert not np.array_equal(start.weights()["output.linear.weight"], end.weights()["output.linear.weight"])


class Recording:
    """An encoder of counts that notes what it was asked for."""

    name, dt_s, duration_s, random_state, steps = "recording", 0.001, 0.01, 0, 10

    def __init__(self):
        self.asked = []

    def neuron_shape(self, shape):
        return shape

    def counts(self, X, presentation=0):
        self.asked.append((len(X), presentation))
        return np.round(X * self.steps) / np.float32(self.steps)


def test_pass_p_reads_presentation_p_batch_by_batch_and_prediction_reads_presentation_0():
    encoder = Recording()
    fitted = learner(encoder=encoder).fit(X, Y)
    batches = [16] * 5 + [10]
    assert encoder.asked == [(size, presentation) for presentation in range(3) for size in batches]
    encoder.asked.clear()
    fitted.predict(X)
    assert encoder.asked == [(90, 0)]


def test_every_pass_sees_every_sample_once_in_an_order_of_its_own():
    class Indices(Recording):
        def counts(self, X, presentation=0):
            self.asked.append(X[:, 0].copy())
            return X

    encoder = Indices()
    learner(encoder=encoder, epochs=2).fit(X, Y)
    first, second = np.concatenate(encoder.asked[:6]), np.concatenate(encoder.asked[6:])
    assert np.array_equal(np.sort(first), np.sort(X[:, 0]))
    assert np.array_equal(np.sort(second), np.sort(X[:, 0]))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(("name", "value"), [("epochs", -1), ("epochs", 1.5), ("batch_size", 0), ("batch_size", True)])
def test_settings_of_training_that_make_no_sense_are_refused_with_what_was_expected(name, value):
    with pytest.raises(ValueError, match=f"{name} = {value!r}, but it must be a whole number of at least"):
        learner(**{name: value}).fit(X, Y)


def test_each_update_takes_the_rate_that_the_rules_pace_gives():
    model = nn.Sequential(OrderedDict(output=Block(nn.Linear(1, 2, bias=False))))
    weights = []
    chance = torch.Generator().manual_seed(0)
    rule = Backprop("sgd", learning_rate=1.0, momentum=0.0, schedule="cosine")
    x, y = torch.ones(4, 1), torch.zeros(4, dtype=torch.int64)
    trainer = Trainer(model, rule, lambda output, _: output[:, 0].mean(), order=chance, chance=chance, batch_size=2)
    trainer.run(lambda i, _: x[i], y, 2, lambda *_, **__: weights.append(float(model[0].linear.weight[0, 0].detach())))
    # the gradient is 1 everywhere, so each of the four steps is minus the rate; float32 leaves 7 digits
    steps = [before - after for before, after in pairwise(weights)]
    assert steps == pytest.approx([0.5 * (1 + math.cos(math.pi * k / 4)) for k in range(4)], abs=1e-6)


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
@pytest.mark.parametrize("order", ["as the weights", "transposed", "expanded"])
def test_an_update_reaches_its_weights_whatever_its_order_in_memory(optimiser, order):
    # fused kernels walk gradient and weight as they lie in memory, and a product of two matrices may lie transposed
    wanted = torch.arange(12.0).reshape(3, 4) / 7 - 1
    if order == "transposed":
        wanted = wanted.T.contiguous().T
    elif order == "expanded":
        wanted = torch.ones(3, 1).expand(3, 4)

    class Wanting(Backprop):
        def updates(self, model, x, y, loss, state, generator):
            loss(model(x), y)
            return {"linear.weight": wanted}, state

    model = Block(nn.Linear(4, 3, bias=False))
    start = model.linear.weight.detach().clone()
    chance = torch.Generator().manual_seed(0)
    rule = Wanting(optimiser, learning_rate=0.1)
    trainer = Trainer(model, rule, cross_entropy, order=chance, chance=chance, batch_size=2)
    trainer.run(lambda i, _: torch.ones(4, 4)[i], torch.zeros(4, dtype=torch.int64), epochs=3)
    plain = start.clone().requires_grad_()
    if optimiser == "adam":
        reference = torch.optim.Adam([plain], lr=0.1, foreach=False, fused=False)
    else:
        reference = torch.optim.SGD([plain], lr=0.1, momentum=0.9, foreach=False, fused=False)
    for _ in range(6):
        plain.grad = -wanted.contiguous()
        reference.step()
    assert torch.allclose(model.linear.weight, plain, atol=1e-6)  # float32, sums in another order


def test_mixed_precision_follows_a_loop_in_plain_torch():
    x, y = torch.tensor(X), torch.tensor(Y)
    ours, plain = (MLP((8,)).build((6,), 2, torch.Generator().manual_seed(0)) for _ in range(2))
    order, losses, expected = torch.Generator().manual_seed(5), [], []
    rule = Backprop(learning_rate=0.05)
    trainer = Trainer(
        ours, rule, cross_entropy, order=order, chance=torch.Generator(), batch_size=15, precision="bfloat16"
    )
    trainer.run(lambda i, _: x[i], y, 3, lambda *_, **facts: losses.append(facts.get("loss")))
    optimiser, order = torch.optim.Adam(plain.parameters(), lr=0.05, fused=False), torch.Generator().manual_seed(5)
    for _ in range(3):
        for i in torch.randperm(90, generator=order).split(15):
            with torch.autocast("cpu", torch.bfloat16):
                loss = cross_entropy(plain(x[i]), y[i])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            expected.append(float(loss.detach()))
    # a last bit of float32 may move a number to the next of bfloat16's, 0.4 % away
    assert losses[1:] == pytest.approx(expected, abs=0.01)


def test_an_observer_is_answered_in_full_precision():
    class Asking(Watching):
        def __call__(self, learner, examples_seen, **facts):
            super().__call__(learner, examples_seen, **facts)
            self.said = learner.predict_proba(X)

    observer = Asking([270])
    fitted = learner(precision="bfloat16").fit(X, Y, observer=observer)
    assert observer.calls == [270]
    assert np.array_equal(observer.said, fitted.predict_proba(X))


@pytest.mark.parametrize("model", ["MLP", "CNN", "SnnTorchMLP", "GRU"])
def test_training_follows_a_loop_in_plain_torch(model):
    recipe, shape = {
        "MLP": (MLP(hidden=(8,)), (1, 8, 8)),
        "CNN": (CNN(channels=(3, 4)), (1, 8, 8)),
        "GRU": (GRU((6,)), (8, 8)),
        "SnnTorchMLP": (SnnTorchMLP(hidden=(8,), steps=6), (64,)),
    }[model]
    inputs = (6, 64) if model == "SnnTorchMLP" else shape
    x = torch.rand(40, *inputs, generator=torch.Generator().manual_seed(1)).round()
    y = torch.arange(40) % 3
    ours, plain = (recipe.build(shape, 3, torch.Generator().manual_seed(0)) for _ in range(2))
    trainer = Trainer(
        ours, Backprop(), cross_entropy, order=torch.Generator().manual_seed(5), chance=torch.Generator(), batch_size=10
    )
    trainer.run(lambda i, _: x[i], y, epochs=3)
    optimiser, order = torch.optim.Adam(plain.parameters(), lr=1e-3, fused=False), torch.Generator().manual_seed(5)
    for _ in range(3):
        for i in torch.randperm(40, generator=order).split(10):
            optimiser.zero_grad()
            cross_entropy(plain(x[i]), y[i]).backward()
            optimiser.step()
    for name, value in plain.named_parameters():
        moved = (value - ours.get_parameter(name)).abs().max()
        assert moved < 1e-4, f"{name} differs by {moved}"  # a step is 1e-3 and there are 12; float32 leaves 1e-6 of it
