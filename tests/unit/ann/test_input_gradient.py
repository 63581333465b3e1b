"""How the loss changes with a sample's own values, against central differences of the learners' answers."""

import numpy as np
import pytest

from ann import (
    CNN,
    GRU,
    MLP,
    VAE,
    Backprop,
    Classifier,
    FrozenHidden,
    Generator,
    Linear,
    PCAClassifier,
    Regressor,
    SequenceRegressor,
    ShuffledLabels,
)
from bio.encoders import Poisson
from bio.models import SnnTorchMLP

CHANCE = np.random.Generator(np.random.PCG64(0))
IMAGES = CHANCE.random((60, 1, 6, 6), dtype=np.float32)
SEQUENCES = CHANCE.random((60, 5, 2), dtype=np.float32)
LABELS = np.array(["a", "b", "c"])[np.arange(60) % 3]
SETTINGS = {"epochs": 2, "batch_size": 16, "device": "cpu", "random_state": 0}
SMOOTH = MLP(hidden=(8,), activation="tanh")


def cross_entropy(learner, X, y):
    chosen = np.searchsorted(learner.classes_, y)
    return -np.log(learner.predict_proba(X)[np.arange(len(y)), chosen])


def squared_error(learner, X, y):
    distance = ((learner.predict(X) - y) / learner.target_scale_) ** 2
    return distance.reshape(len(y), -1).mean(1)


CASES = [
    (Classifier(SMOOTH, **SETTINGS), IMAGES, LABELS, cross_entropy),
    (Classifier(SMOOTH, class_weight={"a": 5.0, "b": 1.0, "c": 1.0}, **SETTINGS), IMAGES, LABELS, cross_entropy),
    (
        Classifier(CNN(channels=(3,), hidden=(6,), pooling="average", activation="tanh"), **SETTINGS),
        IMAGES,
        LABELS,
        cross_entropy,
    ),
    (Classifier(GRU((6,)), **SETTINGS), SEQUENCES, LABELS, cross_entropy),
    (PCAClassifier(4, FrozenHidden(), **SETTINGS), IMAGES, LABELS, cross_entropy),
    (Regressor(SMOOTH, **SETTINGS), IMAGES, 30 + 4 * IMAGES[:, 0, 0, :2], squared_error),
    (SequenceRegressor(GRU((6,)), **SETTINGS), SEQUENCES, SEQUENCES[:, :, 0].cumsum(1), squared_error),
]


@pytest.mark.parametrize(("learner", "X", "y", "loss"), CASES)
def test_it_is_what_central_differences_of_each_samples_own_loss_give(learner, X, y, loss):
    learner.fit(X, y)
    some, labels = X[:6], y[:6]
    found = learner.input_gradient(some, labels)
    assert found.shape == some.shape
    assert found.dtype == np.float32
    step = 1e-2  # answers are float32: smaller steps drown in their rounding, larger ones bend
    for place in list(np.ndindex(*X.shape[1:]))[::5]:
        moved = np.zeros_like(some)
        moved[(slice(None), *place)] = step
        slope = (loss(learner, some + moved, labels) - loss(learner, some - moved, labels)) / (2 * step)
        assert np.allclose(found[(slice(None), *place)], slope, atol=2e-4 + 2e-2 * np.abs(slope).max())


def test_a_samples_gradient_does_not_depend_on_the_others():
    learner = Classifier(SMOOTH, **SETTINGS).fit(IMAGES, LABELS)
    whole = learner.input_gradient(IMAGES, LABELS)
    assert np.allclose(learner.input_gradient(IMAGES[7:9], LABELS[7:9]), whole[7:9], atol=1e-6)  # float32 sums


def test_asking_changes_neither_samples_nor_weights():
    learner, before = Classifier(SMOOTH, **SETTINGS).fit(IMAGES, LABELS), IMAGES.copy()
    weights = learner.weights()
    learner.input_gradient(IMAGES, LABELS)
    assert np.array_equal(IMAGES, before)
    assert all(np.array_equal(value, learner.weights()[name]) for name, value in weights.items())


def test_a_label_that_was_not_learned_is_refused():
    learner = Classifier(SMOOTH, **SETTINGS).fit(IMAGES, LABELS)
    with pytest.raises(ValueError, match=r"labels \['z'\] are not among those learned"):
        learner.input_gradient(IMAGES[:1], ["z"])


def test_a_control_has_it_where_its_learner_has():
    control = ShuffledLabels(Classifier(SMOOTH, **SETTINGS), random_state=0).fit(IMAGES, LABELS)
    assert np.array_equal(control.input_gradient(IMAGES, LABELS), control.learner_.input_gradient(IMAGES, LABELS))
    update, gradient = control.update_and_gradient(IMAGES, LABELS)
    assert np.array_equal(update["output.linear.weight"], gradient["output.linear.weight"])


@pytest.mark.parametrize(
    "learner",
    [Classifier(SnnTorchMLP((5,))), Classifier(SMOOTH, encoder=Poisson()), Generator(VAE())],
    ids=["spikes", "counts", "no target"],
)
def test_what_reads_spikes_or_has_no_target_has_none(learner):
    assert not hasattr(learner, "input_gradient")


def test_the_gradient_of_a_linear_network_is_its_weights_times_the_error():
    X = CHANCE.random((40, 3), dtype=np.float32)
    learner = Regressor(Linear(), Backprop(learning_rate=0.05), **SETTINGS).fit(X, X @ [1.0, -2.0, 0.5])
    y = np.zeros(40)
    weight = learner.weights()["output.linear.weight"][0]
    error = (learner.predict(X) - y) / learner.target_scale_
    assert np.allclose(learner.input_gradient(X, y), 2 * error[:, None] * weight, atol=1e-5)  # float32
