"""Learning that goes on: pass by pass the same as all passes at once, piece by piece from samples that come in time."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ann import GRU, MLP, Autoencoder, Backprop, Classifier, EncoderDecoder, Regressor, SequenceClassifier
from bio import SpikingMLP
from bio.neurons import LIF

X, Y = load_digits(return_X_y=True)
X = (X / 16).astype(np.float32)


def same_weights(a, b):
    return all(np.array_equal(value, b.weights()[name]) for name, value in a.weights().items())


def test_three_calls_are_three_passes_of_fit_to_the_same_bits():
    whole = Classifier(MLP((16,)), epochs=3, random_state=0).fit(X[:200], Y[:200])
    parts = Classifier(MLP((16,)), epochs=99, random_state=0)
    for _ in range(3):
        parts.partial_fit(X[:200], Y[:200], classes=range(10))
    assert same_weights(whole, parts)
    assert parts.progress_.passes == 3


def test_digits_that_come_in_pieces_are_learned():
    learner = Classifier(MLP((64,)), Backprop(learning_rate=5e-3), batch_size=16, random_state=0)
    for start in [*range(0, 1500, 100)] * 3:  # the first piece need not hold every class
        learner.partial_fit(X[start : start + 100], Y[start : start + 100], classes=range(10))
    assert learner.score(X[1500:], Y[1500:]) > 0.85


def test_the_rules_pace_stays_at_its_start_since_nobody_knows_the_end():
    steady = Classifier(MLP((8,)), Backprop(schedule="constant"), random_state=0)
    falling = Classifier(MLP((8,)), Backprop(schedule="cosine"), random_state=0)
    for learner in (steady, falling):
        learner.partial_fit(X[:64], Y[:64], classes=range(10)).partial_fit(X[64:128], Y[64:128])
    assert same_weights(steady, falling)


@pytest.mark.parametrize(
    "keep",
    [copy.deepcopy, lambda learner: pickle.loads(pickle.dumps(learner))],  # noqa: S301 - written here
    ids=["copy", "pickle"],
)
def test_a_kept_learner_goes_on_to_the_same_bits(keep):
    one = Classifier(MLP((8,)), random_state=0).partial_fit(X[:100], Y[:100], classes=range(10))
    other = keep(one)
    for learner in (one, other):
        learner.partial_fit(X[100:200], Y[100:200])
    assert same_weights(one, other)


def test_learning_goes_on_after_fit_and_fit_begins_anew():
    learner = Classifier(MLP((16,)), epochs=2, random_state=0).fit(X[:300], Y[:300])
    first, score = copy.deepcopy(learner), learner.score(X[300:], Y[300:])
    for _ in range(5):
        learner.partial_fit(X[:300], Y[:300])
    assert learner.score(X[300:], Y[300:]) > score
    assert same_weights(learner.fit(X[:300], Y[:300]), first)


def test_values_samples_sequences_and_spikes_go_on_too():
    regressor = Regressor(MLP((8,)), random_state=0)
    scores = [regressor.partial_fit(X, X[:, 20]).score(X, X[:, 20]) for _ in range(3)]
    assert scores[2] > scores[0]
    coder = Autoencoder(EncoderDecoder(hidden=(16,), code=4), random_state=0)
    assert coder.partial_fit(X).score(X) < coder.partial_fit(X).score(X)
    steps, labels = X[:200].reshape(-1, 8, 8), (X[:200].reshape(-1, 8, 8).sum(2) > 3).astype(int)
    sequences = SequenceClassifier(GRU((8,)), random_state=0)
    assert sequences.partial_fit(steps, labels, classes=[0, 1]).predict(steps).shape == (200, 8)
    spiking = Classifier(SpikingMLP(LIF, hidden=(8,), reads="values"), random_state=0)
    assert spiking.partial_fit(steps[:64], Y[:64], classes=range(10)).predict(steps[:5]).shape == (5,)


def test_what_does_not_go_on_from_the_first_call_is_refused():
    with pytest.raises(ValueError, match="must name all labels"):
        Classifier(MLP((8,))).partial_fit(X[:50], Y[:50])
    learner = Classifier(MLP((8,)), random_state=0).partial_fit(X[:50], Y[:50], classes=range(10))
    with pytest.raises(ValueError, match=r"\[11\] are not among those learned"):
        learner.partial_fit(X[:1], [11])
    with pytest.raises(ValueError, match="features"):
        learner.partial_fit(X[:5, :10], Y[:5])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        learner.partial_fit(X[:5], Y[:4])
