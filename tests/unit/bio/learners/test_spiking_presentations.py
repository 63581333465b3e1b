"""What DiehlCook and RewardSTDP both promise to those who train them, watch them and read their record."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bio.encoders import Poisson, Regular
from bio.learners import DiehlCook, RewardSTDP

SMALL = {"neurons": 30, "passes": 1, "dt": "1 ms", "random_state": 0}


@dataclass(frozen=True)
class Case:
    """A learner, the population that decides in it, its default and another read-out, and what an observer is told.

    Attributes:
        asks: which presentation is read for the read-out's labels, after three passes.
    """

    learner: type
    population: str
    readouts: tuple[str, str]
    told: str
    asks: tuple[int, ...]

    def make(self, **settings: Any) -> Any:
        return self.learner(**SMALL | settings)

    @property
    def weights(self) -> str:
        return f"input_{self.population}"


CASES = (
    Case(DiehlCook, "excitatory", ("vote", "linear"), "silent_share", asks=(0,)),
    Case(RewardSTDP, "decision", ("class", "linear"), "rewarded", asks=()),
)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.learner.__name__)
def case(request) -> Case:
    return request.param


@pytest.fixture(scope="module")
def clean(case, some_digits) -> Any:
    return case.make().fit(some_digits.X, some_digits.y)


@pytest.fixture(scope="module")
def encoded(case, some_digits) -> Any:
    return case.make(encoder=Poisson(random_state=9)).fit(some_digits.X, some_digits.y)


def same_weights(a: Any, b: Any) -> bool:
    return all(np.array_equal(value, b.weights()[name]) for name, value in a.weights().items())


# What is the same


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(case, some_digits, clean) -> None:
    assert same_weights(clean, case.make().fit(some_digits.X, some_digits.y))
    assert not same_weights(clean, case.make(random_state=1).fit(some_digits.X, some_digits.y))


@pytest.mark.parametrize("other", [False, True], ids=["default", "linear"])
def test_observing_changes_no_bit(case, some_digits, clean, watcher, other) -> None:
    X, y, readout = some_digits.X, some_digits.y, case.readouts[other]
    watch = watcher([0, 1, 50, 120], X[:5])
    observed = case.make(readout=readout).fit(X, y, observer=watch, validation=(X[:9], y[:9]))
    assert watch.seen == [0, 1, 50, 120]
    assert same_weights(observed, clean)
    alone = case.make(readout=readout).fit(X, y) if other else clean
    np.testing.assert_array_equal(observed.predict_proba(X), alone.predict_proba(X))
    assert set(watch.found[0][1]) == {case.told, "validation_accuracy"}


def test_the_observer_sees_the_untrained_network_first_and_the_final_one_last(
    case, some_digits, clean, watcher
) -> None:
    watch = watcher([0, 120], some_digits.X[:20])
    case.make().fit(some_digits.X, some_digits.y, observer=watch)
    untrained = case.make(passes=0).fit(some_digits.X, some_digits.y)
    np.testing.assert_array_equal(watch.found[0][2][case.weights], untrained.weights()[case.weights])
    np.testing.assert_array_equal(watch.found[-1][2][case.weights], clean.weights()[case.weights])
    np.testing.assert_array_equal(watch.found[-1][0], clean.predict(some_digits.X[:20]))


def test_an_observer_can_stop_it_and_it_keeps_what_it_learned(case, some_digits, clean, watcher) -> None:
    stopped = case.make().fit(some_digits.X, some_digits.y, observer=watcher([40], stop_at=40))
    assert stopped.progress_["examples"] == 40
    assert stopped.predict(some_digits.X[:3]).shape == (3,)
    assert not same_weights(stopped, clean)


def test_answers_do_not_depend_on_batch_or_order(some_digits, clean, encoded) -> None:
    X, order = some_digits.validation[0][:30], np.random.default_rng(0).permutation(30)
    for learner in (clean, encoded):
        together = learner.predict_proba(X)
        np.testing.assert_array_equal(learner.predict_proba(X[order]), together[order])
        np.testing.assert_array_equal(np.concatenate([learner.predict_proba(x[None]) for x in X]), together)


def test_labels_may_be_anything_that_sorts(case, some_digits, clean) -> None:
    named = case.make().fit(some_digits.X, np.array([f"digit {k}" for k in some_digits.y]))
    np.testing.assert_array_equal(named.predict(some_digits.X), [f"digit {k}" for k in clean.predict(some_digits.X)])


def test_a_copy_from_a_pickle_answers_the_same(some_digits, clean) -> None:
    copy = pickle.loads(pickle.dumps(clean))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(copy.predict_proba(some_digits.X[:20]), clean.predict_proba(some_digits.X[:20]))


# What it reads


def test_an_encoded_network_reads_the_encoders_spikes_one_by_one(some_digits, encoded) -> None:
    X = some_digits.validation[0][:6]
    np.testing.assert_array_equal(encoded.spikes(X)["input"], Poisson(random_state=9).frames(X, 350))


def test_training_reads_one_presentation_a_pass_and_answers_read_the_first(case, some_digits) -> None:
    asked = []

    class Listening(Poisson):
        def events(self, X, presentation=0):
            asked.append(presentation)
            return super().events(X, presentation)

    learner = case.make(passes=3, encoder=Listening()).fit(some_digits.X, some_digits.y)
    learner.predict(some_digits.X)
    assert asked == [0, 1, 2, *case.asks, 0]  # three passes, labels where they name neurons, answers


def test_an_encoder_with_coarser_steps_keeps_its_times(case, some_digits) -> None:
    learner = case.make(passes=0, encoder=Regular()).fit(some_digits.X, some_digits.y)
    raster = learner.spikes(some_digits.X[:3])["input"]
    np.testing.assert_array_equal(raster[:, ::14], Regular().frames(some_digits.X[:3], 25))
    assert raster.sum() == raster[:, ::14].sum()


# What it tells


def test_rasters_hold_the_spikes_that_activations_count(case, some_digits, clean) -> None:
    X = some_digits.validation[0][:12]
    found = clean.spikes(X)
    assert list(found)[:2] == ["input", case.population]
    assert all(raster.dtype == np.uint8 and raster.shape[:2] == (12, 350) for raster in found.values())
    assert all(raster.any() for raster in found.values())
    np.testing.assert_array_equal(found[case.population].sum(1), clean.activations(X)[case.population])


def test_without_weights_every_answer_is_the_most_frequent_class(case, some_digits, clean) -> None:
    weights, X = clean.weights(), some_digits.X[:4]
    mute = clean.with_weights(weights | {case.weights: np.zeros_like(weights[case.weights])})
    share = np.bincount(some_digits.y) / len(some_digits.y)
    assert mute.activations(X)[case.population].sum() == 0
    np.testing.assert_allclose(mute.predict_proba(X), np.tile(share, (4, 1)))
    assert set(mute.predict(X)) == {share.argmax()}
    assert clean.weights()[case.weights].any(), "with_weights must leave the original alone"


def test_with_its_own_weights_a_copy_answers_the_same(some_digits, clean) -> None:
    copy = clean.with_weights(clean.weights())
    np.testing.assert_array_equal(copy.predict_proba(some_digits.X), clean.predict_proba(some_digits.X))


# What it refuses


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"neurons": 0}, "neurons = 0, but it must be a whole number of at least 1"),
        ({"passes": -1}, "passes = -1"),
        ({"passes": 1.5}, "passes = 1.5"),
        ({"label_examples": 0}, "label_examples = 0"),
        ({"readout": "guess"}, "readout = 'guess' is none of '"),
        ({"dt": 1}, 'dt = 1 has no unit. Write "1 ms"'),
        ({"dt": "0 ms"}, "dt = '0 ms' must be above 0 ms"),
        ({"duration": "150 mV"}, 'duration = "150 mV" is a voltage; a time is needed'),
        ({"duration": "350.2 ms"}, "not a multiple of dt"),
    ],
)
def test_impossible_settings_are_refused(case, some_digits, settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        case.make(**settings).fit(some_digits.X[:10], np.arange(10) % 9)


def test_one_class_other_shapes_and_values_an_encoder_cannot_take_are_refused(case, some_digits, clean) -> None:
    name = case.learner.__name__
    with pytest.raises(ValueError, match=f"{name} tells classes apart, but y has 1 class only"):
        case.make().fit(some_digits.X, np.zeros(len(some_digits.X)))
    with pytest.raises(ValueError, match=rf"samples of shape \(1, 8, 8\), but {name} was fitted on \(1, 28, 28\)"):
        clean.predict(np.zeros((2, 1, 8, 8)))
    with pytest.raises(ValueError, match=r"needs values in \[0, 1\]"):
        case.make(encoder=Poisson()).fit(some_digits.X * 2, some_digits.y)


def test_tasks_without_classes_and_encoders_without_spikes_are_refused_in_a_sentence(case) -> None:
    facts = partial(SimpleNamespace, shape=(1, 8, 8))
    value, classes = facts(target="value", classes=None), facts(target="class", classes=10)
    assert case.make().refuses(classes) is None
    assert case.make(encoder=Poisson()).refuses(classes) is None
    assert "classes, but the task's target is 'value'" in case.make().refuses(value)
    current = SimpleNamespace(gives="current", name="direct_current")
    assert case.make(encoder=current).refuses(classes) == (
        f"{case.learner.__name__} reads spikes, but direct_current gives a current."
    )
