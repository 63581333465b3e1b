"""The pieces under DiehlCook: the kernel's exponential, normalisation, read-outs, the grid of time steps."""

from __future__ import annotations

import numpy as np
import pytest

from bio.learners import _diehl_cook_kernel as kernel
from bio.learners._diehl_cook_network import new_network, on_grid
from bio.learners._diehl_cook_readout import Linear, Vote


def test_the_kernels_exponential_is_right_to_two_units_in_the_last_place() -> None:
    chance = np.random.default_rng(0)
    x = np.concatenate([[0.0, -1e-300, -1e-12, -700.0], -chance.random(100_000) * 3, -chance.random(100_000) * 700])
    out = np.empty_like(x)
    kernel._exp(x.copy(), out, np.empty_like(x))
    np.testing.assert_array_max_ulp(out, np.exp(x), 2)  # numpy's own is good to one
    kernel._exp(np.array([-1e9]), out[:1], np.empty(1))
    assert out[0] == np.exp(-700.0)


def test_normalising_gives_every_neuron_the_same_sum_and_leaves_a_neuron_without_weights() -> None:
    weights = np.random.default_rng(1).random((20, 3))
    weights[:, 1] = 0.0
    shape = weights[:, 0] / weights[:, 0].sum()
    kernel.normalise(weights, 5.0)
    np.testing.assert_allclose(weights.sum(0), [5.0, 0.0, 5.0], rtol=1e-13)  # rounding of a sum
    np.testing.assert_allclose(weights[:, 0], shape * 5.0, rtol=1e-13)


def test_a_network_without_input_does_nothing_but_forget_its_threshold() -> None:
    network = new_network(10, 4, 1e-3, 0.0, 0.0, np.random.default_rng(0))
    nothing = np.zeros(2, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
    kernel.normalise(network.weights, network.constants.weight_sum)
    before = network.weights.copy()
    assert network.learn(nothing, np.zeros(1, np.int64), 1000) == (1, 0)
    np.testing.assert_allclose(network.weights, before, rtol=1e-15)  # normalised twice
    np.testing.assert_allclose(network.theta, 20e-3 * np.exp(-1e3 / 1e7), rtol=1e-12)  # 1000 products


def test_a_network_at_rest_answers_the_same_sample_the_same_way_every_time() -> None:
    network = new_network(50, 6, 1e-3, 0.0, 0.0, np.random.default_rng(0))
    step = np.sort(np.random.default_rng(1).integers(0, 100, 3000)).astype(np.int32)
    neuron = np.random.default_rng(2).integers(0, 50, 3000).astype(np.int32)
    twice = np.array([0, 3000, 6000]), np.tile(step, 2), np.tile(neuron, 2)
    counts, raster, _ = network.respond(twice, 100, record=True)
    assert counts[0, 0].sum() > 0
    np.testing.assert_array_equal(counts[0], counts[1])
    np.testing.assert_array_equal(raster.sum(1), counts[:, 0])


def test_the_vote_is_the_mean_of_each_classs_neurons() -> None:
    counts = np.array([[4, 0, 1, 0], [6, 2, 1, 0], [0, 9, 2, 0]])
    vote = Vote(counts, np.array([0, 0, 1]), np.array([0.5, 0.3, 0.2]))
    assert vote.label.tolist() == [0, 1, 1, -1]
    np.testing.assert_allclose(vote.probabilities(np.array([[3, 4, 2, 9]])), [[0.5, 0.5, 0.0]])
    np.testing.assert_allclose(vote.probabilities(np.array([[0, 0, 0, 9]])), [[0.5, 0.3, 0.2]])


def test_large_classes_do_not_win_neurons_by_their_size() -> None:
    counts = np.array([[2]] * 50 + [[5]])
    assert Vote(counts, np.array([0] * 50 + [1]), np.array([0.98, 0.02])).label.tolist() == [1]


def test_the_linear_readout_gives_nothing_to_a_class_without_labelled_samples() -> None:
    counts = np.array([[5, 0], [6, 1], [0, 5], [1, 7]])
    found = Linear(counts, np.array([0, 0, 2, 2]), np.ones(3) / 3).probabilities(counts)
    assert found.argmax(1).tolist() == [0, 0, 2, 2]
    np.testing.assert_allclose(found.sum(1), 1.0)
    assert (found[:, 1] == 0).all()


@pytest.mark.parametrize(("theirs", "ours", "expected"), [(1e-3, 0.5e-3, [0, 2, 6]), (0.1e-3, 1e-3, [0, 0, 0])])
def test_spikes_keep_their_times_on_another_grid(theirs, ours, expected) -> None:
    events = np.array([0, 3]), np.array([0, 1, 3], np.int32), np.array([5, 5, 5], np.int32)
    assert on_grid(events, theirs, ours)[1].tolist() == expected
