"""Auditory-nerve fibres: their rates follow the level, intervals are those of a renewal process with a rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from ann.contract import Encoder
from bio.encoder_testing import check_encoder
from bio.encoders import Cochlear

ONE = Cochlear(duration="100 s", spontaneous=("0 Hz",), thresholds=(0.0,), span=1.0, random_state=3)


def trains(encoder: Cochlear, X: np.ndarray, presentation: int = 0) -> list[np.ndarray]:
    """Spike steps of each neuron of the only sample (time, band)."""
    _, step, neuron = encoder.events(X[None], presentation)
    return [step[neuron == j] for j in range(int(neuron.max()) + 1)]


def test_it_is_an_encoder() -> None:
    assert isinstance(Cochlear(), Encoder)
    assert Cochlear().steps == 1600
    check_encoder(Cochlear(fibres=2), np.random.default_rng(0).random((4, 80, 5), dtype=np.float32))


def test_the_mean_rate_is_the_stated_one_though_a_fibre_rests() -> None:
    levels = np.repeat(np.linspace(0, 1, 6, dtype=np.float32), 40)
    for refractory in ("0 ms", "1 ms", "4 ms"):
        encoder = replace(ONE, refractory=refractory)
        rate = np.array([train.size for train in trains(encoder, levels[None])[40:]]) / 100
        expected = 200 * levels[40:]
        # a Poisson count's error at most; resting only makes it smaller
        z = (rate - expected) / np.sqrt(expected / 100)
        assert abs(z.mean()) < 4 / np.sqrt(z.size)


def test_intervals_are_the_rest_and_a_geometric_wait() -> None:
    encoder = replace(ONE, refractory="2 ms")  # 4 steps of 0.5 ms
    gaps = np.concatenate([np.diff(train) for train in trains(encoder, np.full((1, 30), 0.5, np.float32))])
    expected = 100 * 0.0005  # spikes a step
    chance = expected / (1 - 3 * expected)
    assert gaps.min() == 4
    assert gaps.size > 250_000
    edges = np.unique(stats.geom.ppf(np.linspace(0, 1, 21)[1:-1], chance)).astype(int)
    found = np.bincount(np.searchsorted(edges, gaps - 3), minlength=edges.size + 1)
    wanted = np.diff(np.concatenate([[0.0], stats.geom.cdf(edges, chance), [1.0]])) * gaps.size
    assert stats.chisquare(found, wanted).pvalue > 1e-4
    # a Poisson process with a dead time d has CV 1 - rate * d (Cox 1962); steps of 0.5 ms take 1.5 ms of it as rest
    assert abs(gaps.std() / gaps.mean() - (1 - 100 * 0.00175)) < 0.01


def test_the_rate_follows_the_level_from_point_to_point() -> None:
    levels = np.array([0.0, 1.0, 0.25, 0.0, 0.5], np.float32)
    X = np.repeat(levels[:, None], 2000, axis=1)
    encoder = replace(ONE, duration="500 ms", refractory="1 ms")
    found = encoder.frames(X[None], 5)[0].mean(1) / 0.1  # spikes in 100 ms
    # 2,000 fibres; a Poisson error of the rate, and the spike that a rest may push over a point's end (0.02 of 100 ms)
    assert np.abs(found - 200 * levels).max() < 4 * np.sqrt(200 / 0.1 / 2000) + 2
    assert found[0] == found[3] == 0


def test_classes_differ_in_threshold_and_in_what_they_fire_in_silence() -> None:
    levels = np.array([[0.0, 0.2, 0.5, 1.0]], np.float32)
    rates = Cochlear(thresholds=(0.0, 0.2, 0.4), span=0.6).rates_hz(levels[None])[0, 0]
    expected = [[50, 100, 175, 200], [5, 5, 102.5, 200], [0.1, 0.1, 0.1 + 199.9 / 6, 200]]
    np.testing.assert_allclose(rates, expected, rtol=1e-6)  # float32 levels


def test_neurons_are_the_fibres_of_the_first_class_in_all_bands_then_the_next() -> None:
    encoder = Cochlear(spontaneous=("0 Hz", "0 Hz"), thresholds=(0.0, 0.5), span=0.5, fibres=2)
    X = np.zeros((1, 80, 3), np.float32)
    X[0, :, 1] = 0.5  # only the first class is driven
    counts = encoder.counts(X)
    assert encoder.neuron_shape((80, 3)) == (4, 3)
    assert counts.shape == (1, 4, 3)
    assert sorted(set(encoder.events(X)[2].tolist())) == [1, 4]
    first, second = (train for train in trains(encoder, X[0]) if train.size)
    assert not np.array_equal(first, second)
    assert counts[0, :2, 1] == pytest.approx(1, abs=0.3)  # 160 spikes, an error of 8 %


def test_no_interval_is_shorter_than_the_rest_and_at_the_highest_rate_all_are_as_long() -> None:
    encoder = replace(ONE, duration="1 s", max_rate="500 Hz", refractory="2 ms")
    (train,) = trains(encoder, np.ones((1, 1), np.float32))
    assert train.tolist() == list(range(0, 2000, 4))
    busy = trains(Cochlear(refractory="3 ms"), np.random.default_rng(0).random((80, 10)).astype(np.float32))
    assert min(np.diff(one).min() for one in busy if one.size > 1) >= 6


@pytest.mark.parametrize("shape", [(1, 8, 8), (64,), (81, 40), (3200, 40)])
def test_samples_that_are_no_sequences_of_its_length_are_refused(shape) -> None:
    message = "reads sequences .* divide its 1600 steps, 800 ms in steps of 0.5 ms, but a sample has the shape"
    for call in (lambda: Cochlear().neuron_shape(shape), lambda: Cochlear().events(np.zeros((2, *shape)))):
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"thresholds": (0.0, 0.5)}, "give one of each for every class of fibres"),
        ({"thresholds": (), "spontaneous": ()}, "give one of each"),
        ({"thresholds": (0.0, 0.5, 1.0)}, r"must lie in \[0, 1\)"),
        ({"span": 0.0}, "span = 0.0 must lie"),
        ({"spontaneous": ("50 Hz", "5 Hz", "300 Hz")}, "between 0 and max_rate = 200 Hz"),
        ({"spontaneous": ("50 Hz", "5 Hz", "1 mV")}, "spontaneous"),
        ({"fibres": 0}, "fibres = 0: give a whole number"),
        ({"max_rate": "300 Hz", "refractory": "4 ms"}, "max_rate = 300 Hz .* at most 250 Hz"),
        ({"max_rate": "0 Hz", "spontaneous": ("0 Hz", "0 Hz", "0 Hz")}, "max_rate = 0 Hz must be above 0"),
        ({"refractory": "0.7 ms"}, "refractory = 0.7 ms is not a multiple of dt = 0.5 ms"),
        ({"refractory": "-1 ms"}, "refractory = -1 ms is not"),
    ],
)
def test_impossible_fibres_are_refused(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        Cochlear(**options)
