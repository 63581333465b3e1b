"""DiehlCook as a learner: what it promises to those who train it, watch it and read its record."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from ann.contract import StopTraining
from bio.encoders import Poisson, Regular
from bio.learners import DiehlCook
from compare.contract import Described
from compare.tasks.digits import Digits

SMALL = {"neurons": 30, "passes": 1, "dt": "1 ms", "random_state": 0}


class Watcher:
    """Looks at given points and keeps what it saw; may stop the training."""

    def __init__(self, points, X=None, stop_at=None) -> None:
        self.points, self.X, self.stop_at, self.seen, self.found = set(points), X, stop_at, [], []

    def due(self, examples_seen: int) -> bool:
        return examples_seen in self.points

    def __call__(self, learner, examples_seen: int, **facts: float) -> None:
        self.seen.append(examples_seen)
        self.found.append((learner.predict(self.X) if self.X is not None else None, facts, learner.weights()))
        if examples_seen == self.stop_at:
            raise StopTraining


@pytest.fixture(scope="module")
def digits():
    split = Digits().load(0)
    return SimpleNamespace(X=split.train[0][:120], y=split.train[1][:120], validation=split.validation)


@pytest.fixture(scope="module")
def clean(digits) -> DiehlCook:
    return DiehlCook(**SMALL).fit(digits.X, digits.y)


@pytest.fixture(scope="module")
def encoded(digits) -> DiehlCook:
    return DiehlCook(**SMALL, encoder=Poisson(random_state=9)).fit(digits.X, digits.y)


def same_weights(a: DiehlCook, b: DiehlCook) -> bool:
    return all(np.array_equal(value, b.weights()[name]) for name, value in a.weights().items())


@pytest.mark.parametrize("encoder", [None, Poisson(random_state=9)])
def test_it_learns_to_tell_digits_apart(digits, encoder) -> None:
    (X, y), split = digits.validation, Digits().load(0)
    settings = {"passes": 3, "encoder": encoder, "random_state": 1}
    trained = DiehlCook(60, **settings).fit(split.train[0][:400], split.train[1][:400]).score(X, y)
    untrained = DiehlCook(60, **settings | {"passes": 0}).fit(split.train[0][:400], split.train[1][:400]).score(X, y)
    assert trained > 0.6  # a fifth of the demo's training; chance is 0.1
    assert trained > untrained + 0.2


@pytest.mark.slow
def test_the_demos_network_reaches_eighty_percent_and_twenty_points_over_the_untrained() -> None:
    split, found = Digits().load(0), []
    for seed in range(3):
        trained, untrained = (DiehlCook(passes=n, random_state=seed).fit(*split.train) for n in (3, 0))
        found.append([trained.score(*split.test), untrained.score(*split.test)])
    trained, untrained = np.mean(found, axis=0)
    assert trained >= 0.8
    assert trained >= untrained + 0.2


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(digits, clean) -> None:
    assert same_weights(clean, DiehlCook(**SMALL).fit(digits.X, digits.y))
    assert not same_weights(clean, DiehlCook(**SMALL | {"random_state": 1}).fit(digits.X, digits.y))


def test_observing_changes_no_bit(digits, clean) -> None:
    watcher = Watcher([0, 1, 50, 120], digits.X[:5])
    observed = DiehlCook(**SMALL).fit(digits.X, digits.y, observer=watcher, validation=(digits.X[:9], digits.y[:9]))
    assert watcher.seen == [0, 1, 50, 120]
    assert same_weights(observed, clean)
    np.testing.assert_array_equal(observed.predict_proba(digits.X), clean.predict_proba(digits.X))
    assert {"silent_share", "validation_accuracy"} <= set(watcher.found[0][1])


def test_the_observer_sees_the_untrained_network_first_and_the_final_one_last(digits, clean) -> None:
    watcher = Watcher([0, 120], digits.X[:20])
    DiehlCook(**SMALL).fit(digits.X, digits.y, observer=watcher)
    untrained = DiehlCook(**SMALL | {"passes": 0}).fit(digits.X, digits.y)
    np.testing.assert_array_equal(watcher.found[0][2]["input_excitatory"], untrained.weights()["input_excitatory"])
    np.testing.assert_array_equal(watcher.found[-1][2]["input_excitatory"], clean.weights()["input_excitatory"])
    np.testing.assert_array_equal(watcher.found[-1][0], clean.predict(digits.X[:20]))


def test_an_observer_can_stop_it_and_it_keeps_what_it_learned(digits, clean) -> None:
    stopped = DiehlCook(**SMALL).fit(digits.X, digits.y, observer=Watcher([40], stop_at=40))
    assert stopped.progress_["examples"] == 40
    assert stopped.predict(digits.X[:3]).shape == (3,)
    assert not same_weights(stopped, clean)


def test_answers_do_not_depend_on_batch_or_order(digits, clean, encoded) -> None:
    X, order = digits.validation[0][:40], np.random.default_rng(0).permutation(40)
    for learner in (clean, encoded):
        together = learner.predict_proba(X)
        np.testing.assert_array_equal(learner.predict_proba(X[order]), together[order])
        np.testing.assert_array_equal(np.concatenate([learner.predict_proba(x[None]) for x in X]), together)


def test_labels_name_neurons_and_teach_nothing(digits, clean) -> None:
    other = DiehlCook(**SMALL).fit(digits.X, np.roll(digits.y, 1))
    assert same_weights(other, clean)
    assert not np.array_equal(other._readout_.label, clean._readout_.label)


def test_labels_may_be_anything_that_sorts(digits, clean) -> None:
    names = np.array([f"digit {k}" for k in digits.y])
    named = DiehlCook(**SMALL).fit(digits.X, names)
    np.testing.assert_array_equal(named.predict(digits.X), [f"digit {k}" for k in clean.predict(digits.X)])


def test_an_encoded_network_reads_the_encoders_spikes_one_by_one(digits, encoded) -> None:
    X = digits.validation[0][:6]
    np.testing.assert_array_equal(encoded.spikes(X)["input"], Poisson(random_state=9).frames(X, 350))
    assert encoded.progress_["updates"] == encoded.progress_["examples"] == len(digits.X)


def test_training_reads_one_presentation_a_pass_and_answers_read_the_first(digits) -> None:
    asked = []

    class Listening(Poisson):
        def events(self, X, presentation=0):
            asked.append(presentation)
            return super().events(X, presentation)

    DiehlCook(**SMALL | {"passes": 3}, encoder=Listening()).fit(digits.X, digits.y).predict(digits.X)
    assert asked == [0, 1, 2, 0, 0]  # three passes, labels, answers


def test_an_encoder_with_coarser_steps_keeps_its_times(digits) -> None:
    learner = DiehlCook(**SMALL | {"passes": 0}, encoder=Regular()).fit(digits.X, digits.y)
    raster = learner.spikes(digits.X[:3])["input"]
    np.testing.assert_array_equal(raster[:, ::14], Regular().frames(digits.X[:3], 25))
    assert raster.sum() == raster[:, ::14].sum()


def test_rasters_hold_the_spikes_that_activations_count(digits, clean) -> None:
    X = digits.validation[0][:12]
    found = clean.spikes(X)
    assert list(found) == ["input", "excitatory", "inhibitory"]
    assert all(raster.dtype == np.uint8 and raster.shape[:2] == (12, 350) for raster in found.values())
    np.testing.assert_array_equal(found["excitatory"].sum(1), clean.activations(X)["excitatory"])
    assert found["inhibitory"].sum() > 0


def test_without_weights_every_answer_is_the_most_frequent_class(digits, clean) -> None:
    weights = clean.weights()
    mute = clean.with_weights(weights | {"input_excitatory": np.zeros_like(weights["input_excitatory"])})
    share = np.bincount(digits.y) / len(digits.y)
    np.testing.assert_allclose(mute.predict_proba(digits.X[:4]), np.tile(share, (4, 1)))
    assert set(mute.predict(digits.X[:4])) == {share.argmax()}
    assert clean.weights()["input_excitatory"].any(), "with_weights must leave the original alone"


def test_with_its_own_weights_a_copy_answers_the_same(digits, clean) -> None:
    copy = clean.with_weights(clean.weights())
    np.testing.assert_array_equal(copy.predict_proba(digits.X), clean.predict_proba(digits.X))


def test_untrained_weights_are_scaled_to_the_papers_sum_in_ratio_to_the_inputs(digits) -> None:
    untrained = DiehlCook(**SMALL | {"passes": 0}).fit(digits.X[:, :, :14], digits.y)
    np.testing.assert_allclose(untrained.weights()["input_excitatory"].sum(0), 39.0, rtol=1e-12)  # rounding of a sum
    np.testing.assert_array_equal(untrained.weights()["theta"], 20e-3)
    assert untrained.describe()["family"] == "control"


def test_learning_raises_thresholds_and_keeps_weights_in_bounds(clean) -> None:
    weights = clean.weights()
    assert weights["theta"].max() > 20e-3
    assert weights["input_excitatory"].min() >= 0.0
    np.testing.assert_allclose(weights["input_excitatory"].sum(0), 78.0, rtol=1e-12)  # rounding of a sum
    assert clean.receptive_fields().shape == (30, 1, 28, 28)


def test_a_faint_sample_is_shown_again_with_more_intensity_unless_its_spikes_are_the_studys(digits) -> None:
    faint, some = digits.X * 0.35, slice(0, 30)
    own = DiehlCook(**SMALL).fit(faint[some], digits.y[some])
    study = DiehlCook(**SMALL, encoder=Poisson()).fit(faint[some], digits.y[some])
    assert own.progress_["updates"] > own.progress_["examples"] == 30
    assert study.progress_["updates"] == study.progress_["examples"] == 30
    counted = own.activations(faint[:10])["excitatory"].sum(1)
    assert (counted >= 5).all()
    np.testing.assert_array_equal(own.spikes(faint[:10])["excitatory"].sum((1, 2)), counted)


def test_operations_are_those_of_the_spikes(digits, clean) -> None:
    X = digits.validation[0][:10]
    fired = {name: raster.sum() / 10 for name, raster in clean.spikes(X).items()}
    table = clean.operations(X).set_index(["layer", "operation"])
    assert table.effective["input to excitatory", "AC"] == pytest.approx(fired["input"] * 30)
    assert table.dense["input to excitatory", "AC"] == 784 * 30 * 350
    assert table.effective["excitatory to inhibitory", "AC"] == pytest.approx(fired["excitatory"])
    assert table.effective["inhibitory to excitatory", "AC"] == pytest.approx(fired["inhibitory"] * 29)
    assert table.effective["excitatory", "state update"] == 30 * 350
    assert "weight update" not in table.index.get_level_values(1)
    assert "weight update" in set(clean.operations(X, training=True).operation)


def test_the_linear_readout_is_trained_on_training_counts_only(digits, clean) -> None:
    linear = DiehlCook(**SMALL, readout="linear").fit(digits.X, digits.y)
    assert same_weights(linear, clean)
    assert linear.score(digits.X, digits.y) > clean.score(digits.X, digits.y)
    np.testing.assert_allclose(linear.predict_proba(digits.X).sum(1), 1.0)


def test_it_describes_itself_with_every_key_in_plain_json(clean, encoded) -> None:
    promised = {line.split(":")[0].strip() for line in (Described.describe.__doc__ or "").splitlines() if ":" in line}
    for learner in (clean, encoded):
        told = learner.describe()
        assert {"family", "departures", "sources", "settings", "rule", "neuron"} <= set(told) & promised
        assert json.loads(json.dumps(told)) == told
        assert told["parameters"] == 784 * 30 + 30
        assert told["sources"][0]["doi"] == "10.3389/fncom.2015.00099"
    assert any("fewer than 5 spikes" in sentence for sentence in clean.describe()["departures"])
    assert any("once only" in sentence for sentence in encoded.describe()["departures"])


def test_it_refuses_tasks_that_have_no_classes() -> None:
    value, classes = SimpleNamespace(target="value", classes=None), SimpleNamespace(target="class", classes=10)
    assert "'value'" in DiehlCook().refuses(value)
    assert DiehlCook().refuses(classes) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"neurons": 0}, "neurons = 0, but it must be a whole number of at least 1"),
        ({"passes": -1}, "passes = -1"),
        ({"passes": 1.5}, "passes = 1.5"),
        ({"readout": "guess"}, "readout = 'guess' is none of 'vote', 'linear'"),
        ({"dt": 1}, 'dt = 1 has no unit. Write "1 ms"'),
        ({"rest": "150 mV"}, 'rest = "150 mV" is a voltage; a time is needed'),
        ({"dt": "0 ms"}, "above 0 ms"),
        ({"spike_timer": "-1 ms"}, "at least 0 ms"),
        ({"duration": "350.2 ms"}, "not a multiple of dt"),
    ],
)
def test_impossible_settings_are_refused(digits, settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        DiehlCook(**SMALL | settings).fit(digits.X[:10], digits.y[:10])


def test_one_class_other_shapes_and_values_an_encoder_cannot_take_are_refused(digits, clean) -> None:
    with pytest.raises(ValueError, match="y has 1 class only"):
        DiehlCook(**SMALL).fit(digits.X, np.zeros(len(digits.X)))
    with pytest.raises(ValueError, match=r"samples of shape \(1, 8, 8\)"):
        clean.predict(np.zeros((2, 1, 8, 8)))
    with pytest.raises(ValueError, match=r"needs values in \[0, 1\]"):
        DiehlCook(**SMALL, encoder=Poisson()).fit(digits.X * 2, digits.y)
