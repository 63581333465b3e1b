"""Linear regression against the normal equations; quantised activations against their definition."""

import numpy as np
import pytest
import torch

from ann import MLP, Backprop, Classifier, Linear, QuantisedMLP, Regressor
from ann.models.quantised_mlp import Quantised

CHANCE = np.random.Generator(np.random.PCG64(0))


def test_linear_regression_comes_to_the_normal_equations():
    X = CHANCE.uniform(0, 1, (100, 2)).astype(np.float32)
    y = 2 * X[:, 0] + 3 + CHANCE.normal(0, 0.1, 100)
    learner = Regressor(Linear(), Backprop("sgd", 0.1), epochs=200, batch_size=100, device="cpu", random_state=0).fit(
        X, y
    )
    expected = np.linalg.lstsq(np.c_[X, np.ones(100)], y, rcond=None)[0]
    slopes = learner.predict(np.eye(2)) - learner.predict(np.zeros((2, 2)))
    # 200 steps with momentum 0.9 leave less than a thousandth of the start.
    assert np.allclose([*slopes, learner.predict(np.zeros((1, 2)))[0]], expected, atol=2e-3)
    assert expected[:2] == pytest.approx([2, 0], abs=0.1)  # three standard errors of the noise


def test_a_quantised_activation_takes_its_levels_and_no_other():
    a = torch.linspace(-1, 2, 601)
    h = Quantised(4)(a)
    assert torch.equal(h.unique(), torch.arange(4) / 3)
    inside = (a >= 0) & (a <= 1)
    assert (h - a)[inside].abs().max() <= 1 / 6 + 1e-6  # half a step, and float32


def test_learning_takes_the_rounding_for_the_identity():
    a = torch.tensor([-0.5, 0.2, 0.7, 1.5], requires_grad=True)
    Quantised(3)(a).sum().backward()
    assert a.grad.tolist() == [0, 1, 1, 0]


def test_many_levels_are_a_network_that_is_clipped_only():
    x = torch.rand(5, 6, generator=torch.Generator().manual_seed(1))
    fine, plain = (
        recipe.build((6,), 3, torch.Generator().manual_seed(0))
        for recipe in (QuantisedMLP((8,), levels=2**20), MLP((8,), "linear"))
    )
    hidden = plain.hidden1(x).clamp(0, 1)
    assert torch.allclose(fine(x), plain.output(hidden), atol=1e-5)  # a step is a millionth


def test_two_levels_learn_what_a_line_cannot_tell():
    X = CHANCE.uniform(-1, 1, (200, 2)).astype(np.float32)
    y = X[:, 0] * X[:, 1] > 0
    learner = Classifier(QuantisedMLP((32,), levels=2), Backprop(learning_rate=1e-2), epochs=60, batch_size=20,
                         device="cpu", random_state=0)  # fmt: skip
    assert learner.fit(X, y).score(X, y) > 0.85  # no line gets more than three quarters


def test_one_level_is_refused():
    with pytest.raises(ValueError, match="levels = 1, but an activation needs at least 2 levels"):
        QuantisedMLP(levels=1)
