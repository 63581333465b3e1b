"""Predictive coding and equilibrium propagation: what settles gives the gradients that the papers' theorems say."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, mse_loss

from ann import CNN, MLP, Backprop, Classifier, Logistic
from ann.rules.equilibrium_propagation import EquilibriumPropagation
from ann.rules.predictive_coding import PredictiveCoding


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def problem(recipe, shape=(1, 6, 6), samples=8):
    """A model in float64, samples and class indices."""
    model = recipe.build(shape, 3, generator()).double()
    return model, torch.rand(samples, *shape, generator=generator(1), dtype=torch.float64), torch.arange(samples) % 3


def changes(rule, model, x, y, loss=cross_entropy):
    return rule.updates(model, x, y, loss, rule.start(model, generator()), generator())[0]


def distance(a, b):
    """|a - b| / |b| over all parameters."""
    assert set(a) == set(b)
    miss = sum(float((a[name] - b[name]).square().sum()) for name in b)
    return (miss / sum(float(value.square().sum()) for value in b.values())) ** 0.5


@pytest.mark.parametrize(
    "recipe",
    [
        Logistic(),
        MLP(hidden=(7,), activation="relu"),
        MLP(hidden=(7, 6, 5), activation="tanh"),
        MLP(hidden=(7, 6, 5), activation="sigmoid"),
        CNN(channels=(3,), hidden=(5,), pooling="average", activation="elu"),
        CNN(channels=(3,), hidden=(5,), pooling="max"),
    ],
    ids=str,
)
def test_the_exact_schedule_of_predictive_coding_changes_weights_as_backpropagation_does(recipe):
    model, x, y = problem(recipe)
    found = changes(PredictiveCoding(inference="exact"), model, x, y)
    # The target of the field is 1e-6; in float64 nothing but rounding is left.
    assert distance(found, changes(Backprop(), model, x, y)) < 1e-12


def test_the_exact_schedule_holds_for_squared_errors_too():
    model, x, _ = problem(MLP(hidden=(7, 6), activation="tanh"))
    y = torch.rand(8, 3, generator=generator(2), dtype=torch.float64)
    found = changes(PredictiveCoding(inference="exact"), model, x, y, mse_loss)
    assert distance(found, changes(Backprop(), model, x, y, mse_loss)) < 1e-12  # rounding of float64


def test_learning_by_the_exact_schedule_gives_the_network_that_backpropagation_gives():
    chance = np.random.Generator(np.random.PCG64(0))
    X, y = chance.normal(size=(60, 8)).astype(np.float32), np.arange(60) % 3
    answers = [
        Classifier(MLP(hidden=(9, 7), activation="tanh"), rule, epochs=3, device="cpu", random_state=0).fit(X, y)
        for rule in (Backprop(), PredictiveCoding(inference="exact"))
    ]
    found = [learner.predict_proba(X) for learner in answers]
    np.testing.assert_allclose(*found, atol=1e-5)  # three updates by Adam, in float32


def test_a_linear_predictive_network_settles_where_its_normal_equations_say():
    """One hidden layer and a squared error: (I + c V'V) x = W h + c V'(y - b), solved without any settling."""
    model, x, _ = problem(MLP(hidden=(5,), activation="linear"), shape=(4,))
    y = torch.rand(8, 3, generator=generator(2), dtype=torch.float64)
    (W, b), (V, c) = [(layer.linear.weight.detach(), layer.linear.bias.detach()) for layer in model]
    factor = 2 / 3  # mse_loss is a mean over samples and outputs: 8 samples' sum of it is 8 |y - o|^2 / 24 each
    below = x @ W.T + b
    settled = torch.linalg.solve(torch.eye(5).double() + factor * V.T @ V, (below + factor * (y - c) @ V).T).T
    found = changes(PredictiveCoding(steps=400, inference_rate=0.3), model, x, y, mse_loss)
    wanted = (settled - below).T @ x / len(x)
    assert torch.allclose(found["hidden1.linear.weight"], wanted, atol=1e-10)  # what 400 steps leave is below rounding
    wanted = factor * (y - settled @ V.T - c).T @ settled / len(x)
    assert torch.allclose(found["output.linear.weight"], wanted, atol=1e-10)


def test_one_small_step_of_inference_already_points_along_backpropagation_above_the_lowest_layers():
    """After one step from the forward pass the highest hidden layer's error is the rate times backpropagation's."""
    model, x, y = problem(MLP(hidden=(7, 6), activation="tanh"))
    rate = 1e-6
    found = changes(PredictiveCoding(steps=1, inference_rate=rate), model, x, y)["hidden2.linear.weight"] / rate
    assert torch.allclose(found, changes(Backprop(), model, x, y)["hidden2.linear.weight"], atol=1e-5)  # O(rate)


def bptt(model, x, y, sweeps=400):
    """Minus the gradient of the loss of the free rest, by autograd through every sweep of a long settling."""
    long = EquilibriumPropagation(free_sweeps=sweeps, nudged_sweeps=1)
    value = cross_entropy(long.output(model, x, {}), y)
    names = dict(model.named_parameters())
    return {n: -g for n, g in zip(names, torch.autograd.grad(value, list(names.values())), strict=True)}


@pytest.mark.parametrize(("nudging", "order"), [("symmetric", 2), ("one-sided", 1)])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_equilibrium_propagation_tends_to_the_gradient_through_time_as_beta_falls(nudging, order, activation):
    model, x, y = problem(MLP(hidden=(9, 8, 7), activation=activation))
    wanted = bptt(model, x, y)
    misses = []
    for beta in (0.1, 0.01, 0.001):
        rule = EquilibriumPropagation(beta=beta, nudging=nudging, free_sweeps=200, nudged_sweeps=200)
        misses.append(distance(changes(rule, model, x, y), wanted))
    # Each tenth of beta leaves a tenth (one-sided) or a hundredth (symmetric) of the error, within 20 %: higher orders.
    for larger, smaller in pairwise(misses):
        assert smaller == pytest.approx(larger / 10**order, rel=0.2)
    assert misses[-1] < 10.0 ** -(1 + 2 * order)


@pytest.mark.parametrize("activation", ["softsign", "hardsigmoid", "hardtanh", "relu6"])
def test_other_bounded_activations_tend_to_the_gradient_through_time_too(activation):
    model, x, y = problem(MLP(hidden=(9, 8, 7), activation=activation))
    rule = EquilibriumPropagation(beta=1e-4, free_sweeps=200, nudged_sweeps=200)
    # beta squared is 1e-8; a neuron that lies within 1e-4 of an activation's corner would show.
    assert distance(changes(rule, model, x, y), bptt(model, x, y)) < 1e-6


def test_with_one_hidden_layer_equilibrium_propagation_tends_to_backpropagation():
    model, x, y = problem(MLP(hidden=(9,), activation="tanh"))
    found = changes(EquilibriumPropagation(beta=1e-4, nudged_sweeps=30), model, x, y)
    assert distance(found, changes(Backprop(), model, x, y)) < 1e-7  # beta squared is 1e-8
    assert torch.allclose(EquilibriumPropagation().output(model, x, {}), model(x))


def test_the_free_rest_satisfies_the_equation_of_every_layer():
    model, x, _ = problem(MLP(hidden=(9, 8), activation="tanh"))
    s = EquilibriumPropagation(free_sweeps=200).activity(model, x, {})
    W1, b1, W2, b2 = (p.detach() for p in list(model.parameters())[:4])
    lower = torch.tanh(x.flatten(1) @ W1.T + b1 + s["hidden2"] @ W2)
    assert torch.allclose(s["hidden1"], lower, atol=1e-12)  # converged: rounding of float64
    assert torch.allclose(s["hidden2"], torch.tanh(s["hidden1"] @ W2.T + b2), atol=1e-12)


@pytest.mark.parametrize(
    ("rule", "recipe", "words"),
    [
        (PredictiveCoding(), CNN(channels=(2,), normalisation="batch"), "convolution1 normalises over the batch"),
        (EquilibriumPropagation(), CNN(channels=(2,)), "needs fully connected layers in a row"),
        (EquilibriumPropagation(), Logistic(), "needs a hidden layer that can settle"),
        (EquilibriumPropagation(), MLP(hidden=(4, 4)), 'as "tanh", "sigmoid", "softsign"'),
        (EquilibriumPropagation(), MLP(hidden=(4, 4), activation="gelu"), "or use a single hidden layer"),
    ],
    ids=str,
)
def test_settling_rules_refuse_models_that_they_cannot_serve(rule, recipe, words):
    assert words in rule.refuses(recipe.build((1, 8, 8), 3, generator()), cross_entropy)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: PredictiveCoding(inference="z_il"), 'inference = .z_il. is not known; choose "settled" or "exact"'),
        (lambda: PredictiveCoding(steps=0), "steps = 0, but"),
        (lambda: PredictiveCoding(inference_rate=0), "inference_rate = 0, but"),
        (lambda: EquilibriumPropagation(beta=0), "beta = 0, but"),
        (lambda: EquilibriumPropagation(nudging="both"), 'nudging = .both. is not known; choose "symmetric"'),
        (lambda: EquilibriumPropagation(free_sweeps=0), "free_sweeps = 0, but"),
        (lambda: EquilibriumPropagation(nudged_sweeps=0.5), "nudged_sweeps = 0.5, but"),
    ],
)
def test_a_settling_rule_refuses_a_setting_when_it_is_made(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def products(rule, model, x, training):
    found = {}
    for one in rule.operations(model, x, {}, training=training):
        dense, effective = found.get(one["layer"], (0, 0))
        found[one["layer"]] = dense + one["dense"], effective + one["effective"]
    return found


def test_predictive_coding_pays_for_its_steps():
    model, x, _ = problem(MLP(hidden=(5, 4), activation="tanh"), shape=(6,))
    answer = {"hidden1": 30, "hidden2": 20, "output": 12}
    assert {n: d for n, (d, _) in products(PredictiveCoding(), model, x, False).items()} == answer
    # Answer and change for all; for the upper two also a prediction and an error sent down in each of the 7 steps.
    learned = {"hidden1": 30 * 2, "hidden2": 20 * (2 + 14), "output": 12 * (2 + 14)}
    assert products(PredictiveCoding(steps=7), model, x, True) == {n: (d, d) for n, d in learned.items()}
    exact = products(PredictiveCoding(steps=7, inference="exact"), model, x, True)
    assert exact["output"] == (12 * (2 + 4), 12 * (2 + 4))  # two moves


def test_equilibrium_propagation_pays_for_its_sweeps():
    model, x, _ = problem(MLP(hidden=(5, 4), activation="tanh"), shape=(6,))
    rule = EquilibriumPropagation(free_sweeps=3, nudged_sweeps=2)
    answer = {"hidden1": 30, "hidden2": 20 * (1 + 3 + 3), "output": 12}
    assert products(rule, model, x, False) == {n: (d, d) for n, d in answer.items()}
    # Two nudged rests of two sweeps; a product of each rest for the contrast; the read-out's slope and its change.
    learned = {"hidden1": 30 * 3, "hidden2": 20 * (1 + 2 * (3 + 4) + 2), "output": 12 * (1 + 4 + 4 + 1)}
    assert products(rule, model, x, True) == {n: (d, d) for n, d in learned.items()}
    single, x, _ = problem(MLP(hidden=(5,)), shape=(6,))
    assert products(rule, single, x, False)["hidden1"][0] == 30  # nobody above: nothing to settle


def test_predictive_codings_learning_rate_falls_only_where_asked():
    assert [PredictiveCoding(schedule="cosine").pace(done) for done in (0.0, 0.5, 1.0)] == pytest.approx(
        [1.0, 0.5, 0.0]
    )
    assert PredictiveCoding().pace(0.5) == 1.0
