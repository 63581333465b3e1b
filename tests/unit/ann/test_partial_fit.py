"""Learning that goes on: pass by pass the same as all passes at once, piece by piece from samples that come in time."""

import copy
import pickle
from typing import ClassVar

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from ann import (
    GRU,
    MLP,
    VAE,
    Autoencoder,
    Backprop,
    Classifier,
    EncoderDecoder,
    FeedbackAlignment,
    ForwardForward,
    Generator,
    Regressor,
    SequenceClassifier,
    SequenceRegressor,
    SoftHebb,
)
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


@pytest.mark.parametrize("rule", [FeedbackAlignment(), ForwardForward(), SoftHebb()], ids=lambda rule: rule.name)
def test_the_rules_own_state_goes_on_after_fit(rule):
    learner = Classifier(MLP((24,)), rule, epochs=1, random_state=0).fit(X[:200], Y[:200])
    before = {name: value for name, value in learner.weights().items() if name.startswith("rule.")}
    learner.partial_fit(X[200:210], Y[200:210])
    after = learner.weights()
    if rule.name == "soft_hebb":  # counts its batches: four of fit, one more
        assert (before["rule.batches"], after["rule.batches"]) == (4, 5)
    else:
        assert all(np.array_equal(value, after[name]) for name, value in before.items())


def test_a_piece_that_breaks_the_network_leaves_the_weights_and_the_state_of_fit():
    learner = Classifier(MLP((8,)), FeedbackAlignment("sgd", learning_rate=1e9), epochs=0, random_state=0)
    before = learner.fit(X[:64], Y[:64]).weights()
    with pytest.warns(RuntimeWarning, match="loss exploded"):
        learner.partial_fit(X[:640], Y[:640])
    assert all(np.array_equal(value, learner.weights()[name]) for name, value in before.items())


def test_a_first_call_that_failed_leaves_nothing_behind():
    learner = Classifier(MLP((8,)), random_state=0)
    with pytest.raises(ValueError, match="NaN"):
        learner.partial_fit(np.full_like(X[:5], np.nan), Y[:5], classes=range(99))
    assert learner.fit(X[:50], Y[:50]).classes_.tolist() == list(range(10))
    refused = Classifier(GRU((4,)), FeedbackAlignment(), random_state=0)
    for _ in range(2):
        with pytest.raises(ValueError, match="FeedbackAlignment needs layers in a row"):
            refused.partial_fit(X[:50].reshape(-1, 8, 8), Y[:50], classes=range(10))
    with pytest.raises(NotFittedError):
        refused.predict(X[:50].reshape(-1, 8, 8))


def test_classes_are_named_once():
    learner = Classifier(MLP((8,)), random_state=0).partial_fit(X[:50], Y[:50], classes=range(10))
    learner.partial_fit(X[:50], Y[:50], classes=range(9, -1, -1))
    with pytest.raises(ValueError, match=r"classes = \[0, 1\], but they were \[0, 1, 2, .*name the same or none"):
        learner.partial_fit(X[:50], Y[:50], classes=[0, 1])


def test_balanced_classes_cannot_be_measured_on_the_first_piece():
    with pytest.raises(ValueError, match=r"'balanced' is measured on all samples.*Give a number for each class"):
        Classifier(MLP((8,)), class_weight="balanced").partial_fit(X[:50], Y[:50], classes=range(10))
    Classifier(MLP((8,)), class_weight={3: 2.0}).partial_fit(X[:50], Y[:50], classes=range(10))
    Classifier(MLP((8,)), class_weight="balanced", epochs=0).fit(X[:50], Y[:50]).partial_fit(X[50:60], Y[50:60])


STEPS = X[:40].reshape(-1, 8, 8)


@pytest.mark.parametrize(
    ("learner", "samples", "targets", "more", "words"),
    [
        (Regressor(MLP((4,))), X[:40], X[:40, 0], X[:40, :2], r"shape (40, 2); expected (sample), as the first"),
        (Regressor(MLP((4,))), X[:40], X[:40, :2], X[:40, 0], r"shape (40,); expected (sample, 2), as the first"),
        (Regressor(MLP((4,))), X[:40], X[:40, 0], np.full(40, np.nan), "y holds NaN"),
        (SequenceRegressor(GRU((4,))), STEPS, STEPS[:, :, 0], STEPS[:, :3, 0], "a target for each step, (40, 8)"),
        (SequenceRegressor(GRU((4,))), STEPS, STEPS[:, :, 0], STEPS[:, :, :2], "expected (sample, time), as the first"),
        (Generator(VAE((4,))), X[:40], None, None, "VAE reads values as probabilities, but these reach from -1 to 0"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)  # fmt: skip
def test_later_targets_must_be_as_the_first_ones(learner, samples, targets, more, words):
    learner.set_params(random_state=0).partial_fit(samples, targets)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are looked at
        learner.partial_fit(samples - 1 if more is None else samples, more)
    assert words in str(caught.value)


def test_labels_of_other_steps_are_refused():
    learner = SequenceClassifier(GRU((4,)), random_state=0).partial_fit(STEPS, STEPS[:, :, 3] > 0.5, classes=[0, 1])
    with pytest.raises(ValueError, match=r"expected a target for each step, \(40, 8\)"):
        learner.partial_fit(STEPS, STEPS[:, :3, 3] > 0.5)
    with pytest.raises(ValueError, match="expected a label for each step"):
        learner.partial_fit(STEPS, STEPS > 0.5)


def test_a_column_of_values_or_labels_is_what_it_would_be_without_its_axis():
    for make, y, more in [(Regressor, X[:90, 0], {}), (Classifier, Y[:90], {"classes": range(10)})]:
        flat, column = (make(MLP((4,)), random_state=0).partial_fit(X[:90], y, **more) for _ in range(2))
        flat.partial_fit(X[:90], y)
        column.partial_fit(X[:90], y[:, None])
        assert same_weights(flat, column)


def test_a_person_who_interrupts_keeps_what_was_learned():
    class Interrupting(SoftHebb):
        def updates(self, model, x, y, loss, state, generator):
            if state["batches"] == 3:
                raise KeyboardInterrupt
            return super().updates(model, x, y, loss, state, generator)

    learner = Classifier(MLP((24,)), Interrupting(), random_state=0)
    with pytest.raises(KeyboardInterrupt):
        learner.fit(X[:640], Y[:640])
    assert learner.weights()["rule.batches"] == 3
    assert learner.predict(X[:5]).shape == (5,)


def test_after_an_explosion_the_next_piece_is_learned_by_a_fresh_optimiser():
    class Breaking(Backprop):
        calls: ClassVar[list[int]] = []

        def updates(self, model, x, y, loss, state, generator):
            changes, state = super().updates(model, x, y, loss, state, generator)
            self.calls.append(len(x))
            factor = float("nan") if len(self.calls) == 9 else 1.0
            return {name: factor * change for name, change in changes.items()}, state

    learner = Classifier(MLP((16,)), Breaking(learning_rate=5e-3), random_state=0)
    learner.partial_fit(X[:400], Y[:400], classes=range(10))  # seven updates
    with pytest.warns(RuntimeWarning, match="loss exploded"):
        learner.partial_fit(X[400:800], Y[400:800])
    scores = [learner.partial_fit(X[400:800], Y[400:800]).score(X, Y) for _ in range(8)]
    assert scores[-1] > 0.5
    assert learner.progress_.ended_early is None
