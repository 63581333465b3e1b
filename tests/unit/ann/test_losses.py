"""Losses by name against scikit-learn's and against what their formulas give."""

import numpy as np
import pytest
import torch
from sklearn.metrics import hinge_loss, log_loss

from ann.losses import ClassLoss, ValueLoss

OUTPUT = torch.tensor([[2.0, -1.0, 0.5], [0.1, 0.3, -0.2], [-1.0, 0.0, 3.0], [0.4, 0.4, 0.0]])
Y = torch.tensor([0, 2, 2, 1])


def test_cross_entropy_is_the_log_loss_of_the_probabilities():
    loss = ClassLoss()
    expected = log_loss(Y.numpy(), loss.probability(OUTPUT.double()).numpy(), labels=[0, 1, 2])
    assert float(loss(OUTPUT, Y)) == pytest.approx(expected, rel=1e-6)  # float32


def test_binary_cross_entropy_is_the_mean_log_loss_of_one_against_the_rest():
    each = [log_loss((k == Y).int().numpy(), OUTPUT[:, k].sigmoid().double().numpy(), labels=[0, 1]) for k in range(3)]
    assert float(ClassLoss("binary_cross_entropy")(OUTPUT, Y)) == pytest.approx(np.mean(each), rel=1e-6)


def test_hinge_of_two_classes_is_half_of_scikit_learns():
    # torch's margin loss is divided by the number of classes, scikit-learn's is not.
    margins, labels = np.array([0.3, -0.5, 2.0]), np.array([1, 1, 0])
    output = torch.tensor(np.stack([np.zeros(3), margins], 1))
    expected = hinge_loss(2 * labels - 1, margins) / 2
    assert float(ClassLoss("hinge")(output, torch.tensor(labels))) == pytest.approx(expected, rel=1e-12)


def test_hinge_of_several_classes_sums_what_lacks_of_the_margin_over_every_other():
    lacking = np.maximum(0, 1 - OUTPUT.numpy()[np.arange(4), Y][:, None] + OUTPUT.numpy())
    lacking[np.arange(4), Y] = 0
    assert float(ClassLoss("hinge")(OUTPUT, Y)) == pytest.approx(lacking.sum(1).mean() / 3, rel=1e-6)  # float32


def test_mse_is_the_squared_distance_from_the_one_hot_target():
    expected = np.mean((OUTPUT.numpy() - np.eye(3)[Y.numpy()]) ** 2)
    assert float(ClassLoss("mse")(OUTPUT, Y)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy", "hinge", "mse"])
def test_a_class_of_twice_the_weight_counts_as_if_its_samples_came_twice(name):
    weighted = ClassLoss(name, torch.tensor([1.0, 1.0, 2.0]))(OUTPUT, Y)
    repeated = ClassLoss(name)(OUTPUT[[0, 1, 1, 2, 2, 3]], Y[[0, 1, 1, 2, 2, 3]])
    assert float(weighted) == pytest.approx(float(repeated), rel=1e-6)


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy", "hinge", "mse"])
def test_steps_of_a_sequence_count_as_samples(name):
    assert ClassLoss(name)(OUTPUT.reshape(2, 2, 3), Y.reshape(2, 2)) == ClassLoss(name)(OUTPUT, Y)


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy", "hinge", "mse"])
def test_probabilities_sum_to_one_and_order_the_classes_as_the_outputs_do(name):
    found = ClassLoss(name).probability(OUTPUT.double())
    assert torch.allclose(found.sum(-1), torch.ones(4).double(), atol=1e-12)
    assert torch.equal(found.argsort(dim=-1, stable=True), OUTPUT.argsort(dim=-1, stable=True))


def test_losses_of_values_are_what_their_names_say():
    output, y = torch.tensor([[0.0], [1.0], [4.0]]), torch.tensor([[0.5], [1.0], [1.0]])
    assert float(ValueLoss("mse")(output, y)) == pytest.approx((0.25 + 9) / 3)
    assert float(ValueLoss("mae")(output, y)) == pytest.approx((0.5 + 3) / 3)
    assert float(ValueLoss("huber")(output, y)) == pytest.approx((0.125 + 2.5) / 3)


@pytest.mark.parametrize("kind", [ClassLoss, ValueLoss])
def test_a_loss_that_is_not_known_is_refused_with_those_that_are(kind):
    with pytest.raises(ValueError, match=r"loss = 'cosine' is not known; choose one of .*mse"):
        kind("cosine")
