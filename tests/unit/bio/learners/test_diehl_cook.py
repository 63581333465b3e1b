"""DiehlCook as a learner: what it promises to those who train it, watch it and read its record."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest

from bio.encoders import Poisson
from bio.learners import DiehlCook
from compare.contract import Described
from compare.tasks.digits import Digits

SMALL = {"neurons": 30, "passes": 1, "dt": "1 ms", "random_state": 0}


@pytest.fixture(scope="module")
def clean(some_digits) -> DiehlCook:
    return DiehlCook(**SMALL).fit(some_digits.X, some_digits.y)


@pytest.fixture(scope="module")
def encoded(some_digits) -> DiehlCook:
    return DiehlCook(**SMALL, encoder=Poisson(random_state=9)).fit(some_digits.X, some_digits.y)


def same_weights(a: DiehlCook, b: DiehlCook) -> bool:
    return all(np.array_equal(value, b.weights()[name]) for name, value in a.weights().items())


@pytest.mark.parametrize("encoder", [None, Poisson(random_state=9)])
def test_it_learns_to_tell_digits_apart(some_digits, encoder) -> None:
    (X, y), split = some_digits.validation, Digits().load(0)
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


def test_labels_name_neurons_and_teach_nothing(some_digits, clean) -> None:
    other = DiehlCook(**SMALL).fit(some_digits.X, np.roll(some_digits.y, 1))
    assert same_weights(other, clean)
    assert not np.array_equal(other._readout_.label, clean._readout_.label)


def test_untrained_weights_are_scaled_to_the_papers_sum_in_ratio_to_the_inputs(some_digits) -> None:
    untrained = DiehlCook(**SMALL | {"passes": 0}).fit(some_digits.X[:, :, :14], some_digits.y)
    np.testing.assert_allclose(untrained.weights()["input_excitatory"].sum(0), 39.0, rtol=1e-12)  # rounding of a sum
    np.testing.assert_array_equal(untrained.weights()["theta"], 20e-3)
    assert untrained.describe()["family"] == "control"


def test_learning_raises_thresholds_and_keeps_weights_in_bounds(clean) -> None:
    weights = clean.weights()
    assert weights["theta"].max() > 20e-3
    assert weights["input_excitatory"].min() >= 0.0
    np.testing.assert_allclose(weights["input_excitatory"].sum(0), 78.0, rtol=1e-12)  # rounding of a sum
    assert clean.receptive_fields().shape == (30, 1, 28, 28)


def test_a_faint_sample_is_shown_again_with_more_intensity_unless_its_spikes_are_the_studys(some_digits) -> None:
    faint, some = some_digits.X * 0.35, slice(0, 30)
    own = DiehlCook(**SMALL).fit(faint[some], some_digits.y[some])
    study = DiehlCook(**SMALL, encoder=Poisson()).fit(faint[some], some_digits.y[some])
    assert own.progress_["updates"] > own.progress_["examples"] == 30
    assert study.progress_["updates"] == study.progress_["examples"] == 30
    counted = own.activations(faint[:10])["excitatory"].sum(1)
    assert (counted >= 5).all()
    np.testing.assert_array_equal(own.spikes(faint[:10])["excitatory"].sum((1, 2)), counted)


def test_operations_are_those_of_the_spikes(some_digits, clean) -> None:
    X = some_digits.validation[0][:10]
    fired = {name: raster.sum() / 10 for name, raster in clean.spikes(X).items()}
    table = clean.operations(X).set_index(["layer", "operation"])
    assert table.effective["input to excitatory", "AC"] == pytest.approx(fired["input"] * 30)
    assert table.dense["input to excitatory", "AC"] == 784 * 30 * 350
    assert table.effective["excitatory to inhibitory", "AC"] == pytest.approx(fired["excitatory"])
    assert table.effective["inhibitory to excitatory", "AC"] == pytest.approx(fired["inhibitory"] * 29)
    assert table.effective["excitatory", "state update"] == 30 * 350
    assert "weight update" not in table.index.get_level_values(1)
    assert "weight update" in set(clean.operations(X, training=True).operation)


def test_the_linear_readout_is_trained_on_training_counts_only(some_digits, clean) -> None:
    linear = DiehlCook(**SMALL, readout="linear").fit(some_digits.X, some_digits.y)
    assert same_weights(linear, clean)
    assert linear.score(some_digits.X, some_digits.y) > clean.score(some_digits.X, some_digits.y)
    np.testing.assert_allclose(linear.predict_proba(some_digits.X).sum(1), 1.0)


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
        ({"readout": "guess"}, "readout = 'guess' is none of 'vote', 'linear'"),
        ({"rest": "150 mV"}, 'rest = "150 mV" is a voltage; a time is needed'),
        ({"spike_timer": "-1 ms"}, "at least 0 ms"),
    ],
)
def test_settings_of_its_own_that_are_impossible_are_refused(some_digits, settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        DiehlCook(**SMALL | settings).fit(some_digits.X[:10], some_digits.y[:10])
