"""Poisson spikes: the right statistics, and a function of seed, sample and presentation only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from ann.contract import Encoder
from bio.encoders import Poisson

LONG = Poisson(duration="100 s", max_rate="50 Hz", random_state=3)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).random((12, 1, 8, 8), dtype=np.float32)


def trains(encoder: Poisson, values: np.ndarray, presentation: int = 0) -> list[np.ndarray]:
    """Spike steps of each neuron of the only sample."""
    _, step, neuron = encoder.events(values[None], presentation)
    return [step[neuron == j] for j in range(values.size)]


def test_it_is_an_encoder() -> None:
    assert isinstance(Poisson(), Encoder)
    assert Poisson().steps == 350
    assert Poisson(dt="0.5*ms") == Poisson(dt="0.5 ms")


def test_the_firing_rate_is_the_value_times_the_full_rate() -> None:
    values = np.repeat(np.linspace(0, 1, 11, dtype=np.float32), 40)
    fired = LONG.counts(values[None])[0] * 5000
    chance = values * 0.05
    sd = np.sqrt(100_000 * chance * (1 - chance))
    z = (fired - 100_000 * chance)[40:] / sd[40:]
    assert (fired[:40] == 0).all()
    assert abs(z.mean()) < 4 / np.sqrt(z.size)  # four standard errors
    assert 0.8 < z.std() < 1.2  # 400 z-scores: s.d. 1 +- 0.035, five and more standard errors


def test_intervals_are_geometric_and_the_cv_is_one() -> None:
    gaps = np.concatenate([np.diff(t) for t in trains(LONG, np.full(40, 0.4, np.float32))])
    chance = 0.02
    assert gaps.size > 50_000
    assert abs(gaps.mean() * chance - 1) < 4 / np.sqrt(gaps.size)
    cv = gaps.std() / gaps.mean()
    assert abs(cv - np.sqrt(1 - chance)) < 0.02  # a Bernoulli process: sqrt(1 - p), here 0.99; error 1/sqrt(n) = 0.004
    edges = np.unique(stats.geom.ppf(np.linspace(0, 1, 21)[1:-1], chance)).astype(int)
    found = np.bincount(np.searchsorted(edges, gaps), minlength=edges.size + 1)
    expected = np.diff(np.concatenate([[0.0], stats.geom.cdf(edges, chance), [1.0]])) * gaps.size
    assert stats.chisquare(found, expected).pvalue > 1e-4


def test_counts_over_samples_are_binomial() -> None:
    encoder = Poisson(random_state=8)
    base = np.random.default_rng(1).random((4000, 1), dtype=np.float32) * 1e-4  # makes each sample another one
    fired = np.rint(encoder.counts(np.hstack([base, np.full((4000, 1), 0.8, np.float32)]))[:, 1] * 0.35 * 63.75)
    chance = 0.8 * 0.06375
    assert abs(fired.mean() - 350 * chance) < 4 * np.sqrt(350 * chance * (1 - chance) / 4000)
    assert abs(fired.var() / (350 * chance * (1 - chance)) - 1) < 4 * np.sqrt(2 / 4000)


def test_neurons_steps_and_presentations_are_uncorrelated() -> None:
    values = np.full(30, 0.5, np.float32)
    dense = np.array([np.bincount(t, minlength=100_000) for t in trains(LONG, values) + trains(LONG, values, 1)])
    off_diagonal = np.corrcoef(dense)[~np.eye(60, dtype=bool)]
    assert np.abs(off_diagonal).max() < 5.5 / np.sqrt(100_000)  # 1,770 pairs, each of s.d. 1/sqrt(n)
    lagged = np.array([np.corrcoef(row[:-1], row[1:])[0, 1] for row in dense])
    assert np.abs(lagged).max() < 5 / np.sqrt(100_000)


def test_batches_and_order_do_not_change_a_spike(images) -> None:
    encoder, order = Poisson(), np.random.default_rng(2).permutation(len(images))
    together = encoder.frames(images, 350, 4)
    np.testing.assert_array_equal(encoder.frames(images[order], 350, 4), together[order])
    for i in range(len(images)):
        np.testing.assert_array_equal(encoder.frames(images[i : i + 1], 350, 4)[0], together[i])


def test_the_same_values_in_another_type_or_layout_give_the_same_spikes(images) -> None:
    expected = Poisson().counts(images)
    np.testing.assert_array_equal(Poisson().counts(images.astype(np.float64)), expected)
    np.testing.assert_array_equal(Poisson().counts(np.asfortranarray(images)), expected)
    negative_zero = np.where(images < 0.5, np.float32(-0.0), images)
    np.testing.assert_array_equal(Poisson().counts(negative_zero), Poisson().counts(np.abs(negative_zero)))


@pytest.mark.parametrize("other", ["seed", "presentation", "sample"])
def test_another_seed_presentation_or_sample_is_another_draw(images, other) -> None:
    seed, presentation, x = 0, 0, images.copy()
    if other == "seed":
        seed = 1
    elif other == "presentation":
        presentation = 1
    else:
        x[:, 0, 0, 0] = np.nextafter(x[:, 0, 0, 0], np.float32(0.5))  # the last bit of one pixel
    a, b = Poisson().frames(images, 350), Poisson(random_state=seed).frames(x, 350, presentation)
    together = (a & b).sum() / a.sum()
    assert together < 0.06  # coincidences of independent trains: at most the chance of a step, 0.064 at value 1


def test_events_frames_and_counts_are_the_same_spikes(images) -> None:
    encoder = Poisson(random_state=5)
    offsets, step, neuron = encoder.events(images, 2)
    sample = np.repeat(np.arange(len(images)), np.diff(offsets))
    raster = np.zeros((len(images), 350, 64), np.uint8)
    np.add.at(raster, (sample, step, neuron), 1)
    assert offsets[-1] == step.size == neuron.size == raster.sum()
    assert all((np.diff(step[offsets[i] : offsets[i + 1]]) >= 0).all() for i in range(len(images)))
    np.testing.assert_array_equal(encoder.frames(images, 350, 2), raster)
    np.testing.assert_array_equal(encoder.frames(images, 25, 2), raster.reshape(-1, 25, 14, 64).sum(2))
    full = np.float32(0.35 * 63.75)
    np.testing.assert_array_equal(encoder.counts(images, 2), (raster.sum(1) / full).reshape(images.shape).astype("f4"))


def test_a_chance_of_one_spikes_in_every_step_and_zero_never() -> None:
    encoder = Poisson(duration="20 ms", max_rate="1 kHz")
    np.testing.assert_array_equal(encoder.frames(np.array([[0.0, 1.0]]), 20)[0], [[0, 1]] * 20)


def test_spikes_are_those_written_down_here() -> None:
    """A golden file: made by this code in its first version; a change means that every stored study changes."""
    offsets, step, neuron = Poisson(duration="40 ms", max_rate="100 Hz", random_state=7).events(
        [[0.5, 1.0], [1.0, 0.25]]
    )
    assert offsets.tolist() == GOLDEN[0]
    assert list(zip(step.tolist(), neuron.tolist(), strict=True)) == GOLDEN[1]


GOLDEN = (
    [0, 8, 15],
    [
        (1, 0),
        (1, 1),
        (3, 1),
        (7, 0),
        (8, 1),
        (23, 1),
        (32, 0),
        (34, 0),
        (10, 0),
        (19, 0),
        (20, 1),
        (24, 0),
        (26, 0),
        (33, 0),
        (36, 0),
    ],
)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[0.5, np.nan]], "NaN or infinity"),
        ([[0.5, np.inf]], "NaN or infinity"),
        ([[0.5, 1.5]], r"needs values in \[0, 1\], got 0.5 to 1.5"),
        ([[-0.5, 0.5]], r"needs values in \[0, 1\], got -0.5"),
        ([0.5, 0.5], "one sample as"),
    ],
)
def test_input_that_has_no_rate_is_refused(values, message) -> None:
    for encode in (Poisson().events, Poisson().counts, lambda x: Poisson().frames(x, 25)):
        with pytest.raises(ValueError, match=message):
            encode(np.array(values))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"duration": "350"}, 'duration = 350 has no unit. Write "350 ms".'),
        ({"dt": "1 mV"}, 'dt = "1 mV" is a voltage; a time is needed'),
        ({"duration": "350.5 ms"}, "not a multiple of dt"),
        ({"max_rate": "2 kHz"}, "expects 2 spikes a step"),
        ({"dt": "0 ms"}, "must be above 0"),
    ],
)
def test_impossible_settings_are_refused(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        replace(Poisson(), **options)


@pytest.mark.parametrize("bins", [0, 351])
def test_frames_that_cannot_be_made_are_refused(bins) -> None:
    with pytest.raises(ValueError, match="allow 2 to 350"):
        Poisson().frames(np.array([[0.5]]), bins)
