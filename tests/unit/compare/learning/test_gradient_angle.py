"""Angles between updates and gradients: known ones, and the band in which chance lies."""

import math

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ann import MLP, Backprop, Classifier, FeedbackAlignment
from compare.learning import gradient_angles


def chance(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize("degrees", [0.0, 1e-6, 30.0, 90.0, 179.9999, 180.0])
def test_a_planted_angle_is_found_whatever_the_lengths(degrees):
    u = chance().normal(size=(6, 5))
    other = chance(1).normal(size=(6, 5))
    other -= (other * u).sum() / (u * u).sum() * u
    turn = math.radians(degrees)
    g = 7 * (math.cos(turn) * u / np.linalg.norm(u) + math.sin(turn) * other / np.linalg.norm(other))
    found = gradient_angles({"layer.weight": u}, {"layer.weight": g})["layer"]
    assert found.degrees == pytest.approx(degrees, abs=1e-10)  # float64; an arc cosine would err by 1e-6 near 0
    assert found.weights == 30


def test_random_directions_lie_in_the_band_that_chance_gives():
    random, angles = chance(), []
    for _ in range(400):
        pair = [{"w": random.normal(size=(20, 30))} for _ in range(2)]
        angles.append(gradient_angles(*pair)["w"])
    spread = np.std([angle.degrees - 90 for angle in angles])
    # The standard deviation of 400 draws is known to 3.5 %: 12 % is more than three of it.
    assert spread == pytest.approx(angles[0].chance_degrees, rel=0.12)
    assert angles[0].chance_degrees == pytest.approx(math.degrees(1 / math.sqrt(600)), rel=1e-3)


def test_weights_of_a_layer_are_one_direction_and_biases_are_left_out():
    update = {
        "hidden1.linear.weight": np.eye(2), "hidden1.linear.bias": np.ones(2), "rnn.weight_ih": np.eye(2),
        "rnn.weight_hh": np.eye(2), "mixing": np.eye(3),
    }  # fmt: skip
    descent = update | {"rnn.weight_hh": -np.eye(2), "output.linear.weight": np.eye(4)}
    found = gradient_angles(update, descent)
    assert {layer: round(angle.degrees) for layer, angle in found.items()} == {"hidden1": 0, "rnn": 90, "mixing": 0}
    assert found["rnn"].weights == 8


def test_a_layer_that_does_not_move_has_no_angle():
    found = gradient_angles({"a.weight": np.zeros((2, 2))}, {"a.weight": np.eye(2)})
    assert math.isnan(found["a"].degrees)


def test_an_update_and_a_gradient_of_different_networks_are_refused():
    with pytest.raises(ValueError, match=r"update of a.weight has shape \(2, 2\).*shape \(3, 2\)"):
        gradient_angles({"a.weight": np.eye(2)}, {"a.weight": np.ones((3, 2))})


def learner(rule, epochs):
    X, y = load_digits(return_X_y=True)
    X, y = X[:400] / 16, y[:400]
    recipe = MLP(hidden=(20, 20), activation="tanh")
    return Classifier(recipe, rule, epochs=epochs, batch_size=10, device="cpu", random_state=0), X, y


def test_backprops_update_lies_on_the_gradient_and_feedback_alignments_turns_towards_it():
    angles = {}
    for name, rule, epochs in (
        ("backprop", Backprop(), 1),
        ("before", FeedbackAlignment(), 0),
        ("after", FeedbackAlignment(learning_rate=3e-3), 15),
    ):
        one, X, y = learner(rule, epochs)
        angles[name] = gradient_angles(*one.fit(X, y).update_and_gradient(X, y))
    assert list(angles["after"]) == ["hidden1", "hidden2", "output"]
    assert all(angle.degrees < 1e-3 for angle in angles["backprop"].values())  # float32 leaves 1e-5 of a radian
    for layer in ("hidden1", "hidden2"):
        first, last = angles["before"][layer], angles["after"][layer]
        assert first.degrees > 90 - 8 * first.chance_degrees
        assert last.degrees < 60
        assert last.degrees < first.degrees - 15
    assert angles["after"]["output"].degrees < 1e-3  # the read-out's update is the gradient
