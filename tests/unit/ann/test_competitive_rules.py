"""Krotov-Hopfield and SoftHebb: competing neurons change as the papers' equations say, and find what the data hold."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from ann import CNN, MLP, Logistic
from ann.rules.krotov_hopfield import KrotovHopfield
from ann.rules.soft_hebb import SoftHebb
from ann.training import Trainer

RULES = [KrotovHopfield(), SoftHebb()]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def first_change(rule, neurons=5, features=4, samples=6):
    """Weights in their unit, samples at unit length (numpy), and the rule's first change of the hidden layer in it."""
    model = MLP(hidden=(neurons,)).build((features,), 3, generator()).double()
    x = torch.rand(samples, features, generator=generator(1), dtype=torch.float64)
    state = rule.start(model, generator())
    updates, _ = rule.updates(model, x, torch.arange(samples) % 3, cross_entropy, state, generator())
    unit = float(state["hidden1.unit"])
    W = model.get_parameter("hidden1.linear.weight").detach().numpy() / unit
    X = (x / x.norm(dim=1, keepdim=True)).numpy()
    return W, X, updates["hidden1.linear.weight"].numpy() / unit


@pytest.mark.parametrize(("p", "rank"), [(2.0, 2), (3.0, 3)])
def test_krotov_and_hopfields_change_is_their_formula_divided_by_its_largest_entry(p, rank):
    rule = KrotovHopfield(lebesgue=p, rank=rank, delta=0.4)
    W, X, change = first_change(rule)
    assert np.mean((np.abs(W) ** p).sum(1) ** (1 / p)) == pytest.approx(rule.start_norm)
    wanted = np.zeros_like(W)
    for x in X:
        currents = [sum(abs(w) ** (p - 2) * w * v for w, v in zip(row, x, strict=True)) for row in W]
        order = np.argsort(currents)[::-1]
        for neuron, g in ((order[0], 1.0), (order[rank - 1], -0.4)):
            wanted[neuron] += g * (x - currents[neuron] * W[neuron])
    np.testing.assert_allclose(change, wanted / np.abs(wanted).max(), atol=1e-12)  # float64


@pytest.mark.parametrize("losers", ["unlearn", "learn"])
def test_softhebbs_change_is_its_formula_divided_by_its_largest_entry(losers):
    rule = SoftHebb(tau=2.0, losers=losers)
    W, X, change = first_change(rule)
    wanted = np.zeros_like(W)
    for x in X:
        u = W @ x
        y = np.exp(u / 2) / np.exp(u / 2).sum()
        for neuron in range(len(W)):
            sign = -1 if losers == "unlearn" and neuron != u.argmax() else 1
            wanted[neuron] += sign * y[neuron] * (x - u[neuron] * W[neuron])
    np.testing.assert_allclose(change, wanted / np.abs(wanted).max(), atol=1e-12)  # float64


def clusters(samples=300):
    """Three bundles of directions in eight dimensions, and which is whose."""
    chance = np.random.Generator(np.random.PCG64(0))
    centres = np.linalg.qr(chance.normal(size=(8, 8)))[0][:3]
    owner = np.arange(samples) % 3
    X = centres[owner] + 0.05 * chance.normal(size=(samples, 8))
    return torch.tensor(X, dtype=torch.float32), owner, X / np.linalg.norm(X, axis=1, keepdims=True)


def learned(rule, X, neurons, epochs=150):
    """Hidden weights in their unit after training in one batch per pass, which leaves no sampling noise."""
    model = MLP(hidden=(neurons,)).build((8,), 2, generator(3))
    trainer = Trainer(model, rule, cross_entropy, order=generator(1), chance=generator(2), batch_size=len(X))
    trainer.run(lambda indices, _: X[indices], torch.zeros(len(X), dtype=torch.int64), epochs)
    return model.get_parameter("hidden1.linear.weight").detach().numpy() / float(trainer.state["hidden1.unit"])


@pytest.mark.parametrize(
    "rule", [KrotovHopfield(delta=0.0, rest=1), SoftHebb(losers="learn", rest=1)], ids=lambda rule: rule.name
)
def test_winners_go_to_the_unit_sphere_at_the_mean_direction_of_their_bundle(rule):
    X, owner, directions = clusters()
    W = learned(rule, X, 12)
    norms = np.linalg.norm(W, axis=1)
    for bundle in range(3):
        mean = directions[owner == bundle].mean(0)
        best = int((W @ mean / norms).argmax())
        assert norms[best] == pytest.approx(1, abs=0.02)  # of the 150 passes, the last at a rate near 0
        assert W[best] @ mean / np.linalg.norm(mean) > 0.99


def test_a_single_soft_hebbian_neuron_becomes_the_mean_direction_of_all_samples():
    """With one neuron the softmax is 1: dW = x - u W rests at W = <x> / |<x>|, whose length is 1.

    It starts short, since a long one that points away (u < 0) runs away; among many, the softmax gives it no share.
    """
    X, _, directions = clusters()
    (w,) = learned(SoftHebb(start_norm=0.5), X, 1)
    mean = directions.mean(0)
    np.testing.assert_allclose(w, mean / np.linalg.norm(mean), atol=0.01)  # of the passes, the last at a rate near 0


def test_the_weights_of_a_krotov_hopfield_winner_have_length_one_in_its_own_norm():
    X, _, _ = clusters()
    W = learned(KrotovHopfield(lebesgue=3.0, delta=0.0, rest=1), X.abs(), 3)
    lengths = (np.abs(W) ** 3).sum(1) ** (1 / 3)
    assert np.abs(lengths - 1).min() < 0.02  # at least one neuron won to the end


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_competitors_do_not_look_at_labels_and_the_readout_learns_by_the_delta_rule(rule):
    model = MLP(hidden=(4,)).build((5,), 3, generator()).double()
    x = torch.rand(6, 5, generator=generator(), dtype=torch.float64)
    start = rule.start(model, generator())
    found = [
        rule.updates(model, x, y, cross_entropy, start, generator())
        for y in (torch.arange(6) % 3, torch.ones(6).long())
    ]
    (one, state), (other, _) = found
    assert torch.equal(one["hidden1.linear.weight"], other["hidden1.linear.weight"])
    h, p = rule.activity(model, x, state)["hidden1"], rule.output(model, x, state).softmax(1)
    wanted = (torch.nn.functional.one_hot(torch.arange(6) % 3, 3) - p).T @ h / len(x)
    assert torch.allclose(one["output.linear.weight"], wanted, atol=1e-12)  # float64


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_answer_does_not_depend_on_the_brightness_of_a_sample(rule):
    model = MLP(hidden=(6,)).build((5,), 3, generator()).double()
    x, state = torch.rand(6, 5, generator=generator(), dtype=torch.float64), rule.start(model, generator())
    assert torch.allclose(rule.output(model, x, state), rule.output(model, 7 * x, state), atol=1e-12)  # float64


@pytest.mark.parametrize("rule", [KrotovHopfield(hebbian_rate=0), SoftHebb(hebbian_rate=0)], ids=lambda rule: rule.name)
def test_without_a_rate_the_hidden_layer_stays_as_it_was_drawn_and_the_readout_learns(rule):
    model = MLP(hidden=(6,)).build((8,), 2, generator())
    before = {name: value.clone() for name, value in model.named_parameters()}
    X, owner, _ = clusters(60)
    trainer = Trainer(model, rule, cross_entropy, order=generator(1), chance=generator(2), batch_size=20)
    trainer.run(lambda indices, _: X[indices], torch.tensor(owner % 2), 2)
    after = dict(model.named_parameters())
    assert torch.equal(after["hidden1.linear.weight"], before["hidden1.linear.weight"])
    assert not torch.equal(after["output.linear.weight"], before["output.linear.weight"])
    assert trainer.progress.learned == {"output.linear.weight", "output.linear.bias"}
    rows = rule.operations(model, X, trainer.state, training=True)
    assert [row["layer"] for row in rows] == ["hidden1", "output", "output"]  # nothing is spent on a change


@pytest.mark.parametrize("power", [1.0, 4.5])
def test_the_readout_learns_from_answers_of_mean_0_and_deviation_1_which_are_the_formulas(power):
    rule = KrotovHopfield(hebbian_rate=0, power=power)
    model = MLP(hidden=(6,)).build((5,), 3, generator()).double()
    x, y = torch.rand(40, 5, generator=generator(1), dtype=torch.float64), torch.arange(40) % 3
    state = rule.start(model, generator())
    for _ in range(3):  # the same batch: its running moments are its own
        _, state = rule.updates(model, x, y, cross_entropy, state, generator())
    h = rule.activity(model, x, state)["hidden1"].detach().numpy()
    W = model.get_parameter("hidden1.linear.weight").detach().numpy() / float(state["hidden1.unit"])
    a = np.maximum(x.numpy() / np.linalg.norm(x.numpy(), axis=1, keepdims=True) @ W.T, 0) ** power
    deviation = a.std(0)
    assert (deviation > 1e-3 * deviation.mean()).sum() >= 3  # some of the six answer; the others are not amplified more
    wanted = (a - a.mean(0)) / np.maximum(deviation, 1e-3 * deviation.mean())
    np.testing.assert_allclose(h, wanted, atol=1e-9)  # float64


def test_a_neuron_that_was_silent_throughout_training_does_not_drown_the_others_when_it_answers():
    rule = KrotovHopfield(hebbian_rate=0, power=1.0)
    model = MLP(hidden=(2,)).build((2,), 2, generator())
    with torch.no_grad():
        model.get_parameter("hidden1.linear.weight").copy_(torch.tensor([[1.0, 0.5], [0.0, 1.0]]))
    x = torch.stack([torch.linspace(0.1, 1, 20), torch.linspace(-1, -0.1, 20)], 1)  # the second neuron hears nothing
    _, state = rule.updates(model, x, torch.arange(20) % 2, cross_entropy, rule.start(model, generator()), generator())
    h = rule.activity(model, torch.tensor([[1.0, 1e-3]]), state)["hidden1"]
    assert torch.isfinite(h).all()
    assert float(h[0, 1].detach()) < 100  # 1e-3 of a unit, amplified as if its deviation were 1e-3 of the mean one


@pytest.mark.parametrize("rest", [0.5, 1.0])
def test_hidden_layers_rest_after_their_share_of_training_and_the_readout_learns_to_the_end(rest):
    X, owner, _ = clusters(60)
    model = MLP(hidden=(6,)).build((8,), 2, generator())
    rule, seen = KrotovHopfield(rest=rest), []
    trainer = Trainer(model, rule, cross_entropy, order=generator(1), chance=generator(2), batch_size=60)

    def watch(examples, **facts):
        seen.append([model.get_parameter(f"{name}.linear.weight").detach().clone() for name in ("hidden1", "output")])

    trainer.run(lambda indices, _: X[indices], torch.tensor(owner % 2), 8, watch)
    steps = np.array([[float((b - a).abs().max()) for a, b in zip(*pair, strict=True)] for pair in pairwise(seen)])
    unit = float(trainer.state["hidden1.unit"])
    wanted = [0.3 * max(0.0, 1 - update / 8 / rest) for update in range(8)]
    np.testing.assert_allclose(steps[:, 0] / unit, wanted, atol=1e-4)  # float32, weights of about 10 units
    assert (steps[:, 1] > 0).all()


def test_products_are_those_of_the_answer_the_competition_and_the_readout():
    model = MLP(hidden=(5,)).build((6,), 3, generator())
    x = torch.rand(4, 6, generator=generator()) * torch.tensor([1, 0, 1, 1, 0, 1.0])  # four of six inputs are active
    for rule, learning in (
        (KrotovHopfield(), 2 * (4 + 6)),
        (KrotovHopfield(delta=0), 4 + 6),
        (SoftHebb(), 5 * (4 + 6)),
    ):
        state = rule.start(model, generator())
        active = float((rule.activity(model, x, state)["hidden1"] != 0).sum()) / 4
        found = [(r["layer"], r["dense"], r["effective"]) for r in rule.operations(model, x, state, training=True)]
        assert found == [
            ("hidden1", 30, 20),
            ("hidden1", 60, learning),
            ("output", 15, 3 * active),
            ("output", 15, 3 * active),
        ]
        found = [(r["layer"], r["dense"], r["effective"]) for r in rule.operations(model, x, state, training=False)]
        assert found == [("hidden1", 30, 20), ("output", 15, 3 * active)]


@pytest.mark.parametrize(
    ("rule", "recipe", "words"),
    [
        (KrotovHopfield(), CNN(channels=(2,)), "KrotovHopfield needs fully connected layers in a row"),
        (SoftHebb(), Logistic(), "SoftHebb trains hidden layers, and this model has none"),
        (KrotovHopfield(rank=7), MLP(hidden=(5,)), "rank = 7, but hidden1 has 5 neurons"),
    ],
    ids=str,
)
def test_competitive_rules_refuse_models_that_they_cannot_serve(rule, recipe, words):
    assert words in rule.refuses(recipe.build((1, 8, 8), 3, generator()), cross_entropy)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: KrotovHopfield(hebbian_rate=-1), "hebbian_rate = -1, but"),
        (lambda: KrotovHopfield(rank=1), "rank = 1, but the winner is 1"),
        (lambda: KrotovHopfield(delta=-0.1), "delta = -0.1, but"),
        (lambda: KrotovHopfield(lebesgue=1), "lebesgue = 1, but"),
        (lambda: KrotovHopfield(power=0), "power = 0, but"),
        (lambda: SoftHebb(start_norm=0), "start_norm = 0, but"),
        (lambda: SoftHebb(rest=0), "rest = 0, but it is a share of training"),
        (lambda: SoftHebb(tau=0), "tau = 0, but"),
        (lambda: SoftHebb(losers="rest"), 'losers = .rest. is not known; choose "unlearn" or "learn"'),
        (lambda: SoftHebb(optimiser="adagrad"), "optimiser = .adagrad. is not known"),
    ],
)
def test_a_competitive_rule_refuses_a_setting_when_it_is_made(make, words):
    with pytest.raises(ValueError, match=words):
        make()
