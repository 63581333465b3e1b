"""Scores over time: what a classifier would say if the sample ended there."""

from typing import Any

import numpy as np
import pytest

from ann import GRU, LSTM, MLP, Backprop, Classifier, SequenceClassifier, ShuffledLabels
from bio.models import SnnTorchMLP, SpikingRNN
from bio.neurons import LIF
from bio.rules import EProp

CHANCE = np.random.Generator(np.random.PCG64(0))
X = CHANCE.random((60, 7, 3), dtype=np.float32)
Y = np.array(["few", "many"])[(X[:, :, 0].sum(1) > 3.5).astype(int)]
RECURRENT = Classifier(LSTM((9,)), Backprop(learning_rate=1e-2), epochs=3, device="cpu", random_state=0)
SPIKING = Classifier(SnnTorchMLP((20,), steps=8), Backprop(), epochs=2, device="cpu", random_state=0)


@pytest.fixture(scope="module")
def recurrent():
    return RECURRENT.fit(X, Y)


@pytest.fixture(scope="module")
def spiking():
    return SPIKING.fit(X, Y)


@pytest.mark.parametrize(("name", "steps"), [("recurrent", 7), ("spiking", 8)])
def test_after_the_last_step_they_are_the_probabilities_of_the_whole(name, steps, request):
    learner = request.getfixturevalue(name)
    scores = learner.scores_over_time(X)
    assert scores.shape == (60, steps, 2)
    assert scores.dtype == np.float32
    assert np.allclose(scores.sum(2), 1, atol=1e-6)  # float32
    assert np.allclose(scores[:, -1], learner.predict_proba(X), atol=1e-5)  # a running sum in float32


def test_a_recurrent_network_after_t_points_answers_as_on_samples_of_t_points(recurrent):
    scores = recurrent.scores_over_time(X)
    for end in (1, 4):
        shorter = Classifier(LSTM((9,)), epochs=0, device="cpu", random_state=0).fit(X[:, :end], Y)
        short = shorter.with_weights(recurrent.weights())  # the same weights serve any length
        assert np.allclose(scores[:, end - 1], short.predict_proba(X[:, :end]), atol=1e-5)


def test_a_spiking_network_after_t_bins_has_counted_the_spikes_of_t_bins(spiking):
    raster = spiking.spikes(X)["hidden1"]
    weight = spiking.weights()["readout.weight"]
    logits = raster.cumsum(1) @ weight.T.astype(float)
    expected = np.exp(logits) / np.exp(logits).sum(2, keepdims=True)
    assert np.allclose(spiking.scores_over_time(X), expected, atol=1e-4)  # float32 through an exponential


def test_a_rule_with_a_read_out_of_its_own_is_asked_about_every_beginning():
    model: Any = SpikingRNN(LIF, hidden=(12,), steps=6, duration="60 ms", dt="10 ms", gain=3.0)
    learner = Classifier(model, EProp(readout_tau="20 ms"), epochs=1, device="cpu", random_state=0).fit(X[:20], Y[:20])
    scores = learner.scores_over_time(X[:5])
    spikes, leak = learner.spikes(X[:5])["hidden1"], np.exp(-10 / 20)
    held, expected = 0.0, []
    for step in range(6):
        held = leak * held + spikes[:, step].astype(float)
        logits = held @ learner.weights()["readout.weight"].T
        expected.append(np.exp(logits) / np.exp(logits).sum(1, keepdims=True))
    assert np.allclose(scores, np.stack(expected, 1), atol=1e-4)  # float32 through an exponential


def test_a_spiking_network_of_a_sequences_values_has_one_for_each_of_its_own_steps():
    model: Any = SpikingRNN(LIF, hidden=(12,), steps=5, duration="100 ms", dt="10 ms", gain=3.0, reads="values")
    learner = Classifier(model, epochs=1, device="cpu", random_state=0).fit(X[:20], Y[:20])
    scores = learner.scores_over_time(X[:5])
    assert scores.shape[::2] == (5, 2)
    assert scores.shape[1] % 7 == 0  # a whole number of steps for each of the seven points
    assert np.allclose(scores[:, -1], learner.predict_proba(X[:5]), atol=1e-5)


def test_at_every_step_they_are_the_sequences_own_probabilities():
    labels = (X[:, :, 0].cumsum(1) > 2).astype(int)
    learner = SequenceClassifier(GRU((5,)), epochs=1, device="cpu", random_state=0).fit(X, labels)
    assert np.array_equal(learner.scores_over_time(X), learner.predict_proba(X).astype(np.float32))


def test_a_control_has_them_where_its_learner_has(recurrent):
    control = ShuffledLabels(RECURRENT, random_state=0).fit(X, Y)
    assert control.scores_over_time(X).shape == (60, 7, 2)
    assert not hasattr(ShuffledLabels(Classifier(MLP())), "scores_over_time")


def test_a_network_that_sees_all_points_at_once_has_none():
    assert not hasattr(Classifier(MLP()), "scores_over_time")
