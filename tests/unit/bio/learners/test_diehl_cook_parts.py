"""The pieces under DiehlCook: its networks, its timer, read-outs, the grid of time steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from bio.engines.tensor import TensorNeuron
from bio.learners._diehl_cook_network import new_network, on_grid
from bio.learners._diehl_cook_neuron import excitatory
from bio.learners._diehl_cook_readout import Linear, Vote
from bio.neurons import ADAPTIVE_LIF, LIF
from bio.program import compile_program

THEIRS = excitatory(None, "0 ms", 1e-3)


def test_a_network_answers_with_weights_that_sum_to_what_they_are_scaled_to() -> None:
    network = new_network(20, 3, 1e-3, 0.0, THEIRS, np.random.default_rng(1))
    answers = network.answering()
    # 78 for 784 inputs; rounding of a sum
    np.testing.assert_allclose(answers.weights.sum(0), np.full(3, 78.0 * 20 / 784), rtol=1e-13)
    np.testing.assert_allclose(answers.weights / answers.weights[0], network.weights / network.weights[0], rtol=1e-13)


def test_a_network_without_input_does_nothing_but_forget_its_threshold() -> None:
    network = new_network(10, 4, 1e-3, 0.0, THEIRS, np.random.default_rng(0))
    nothing = np.zeros(2, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
    before = network.answering().weights
    assert network.learn(nothing, np.zeros(1, np.int64), 1000) == (1, 0)
    np.testing.assert_allclose(network.weights, before, rtol=1e-15)
    np.testing.assert_allclose(network.theta, 20e-3 * np.exp(-1e3 / 1e7), rtol=1e-12)  # 1000 products


def test_a_network_at_rest_answers_the_same_sample_the_same_way_every_time() -> None:
    network = new_network(50, 6, 1e-3, 0.0, THEIRS, np.random.default_rng(0)).answering()
    step = np.sort(np.random.default_rng(1).integers(0, 100, 3000)).astype(np.int32)
    neuron = np.random.default_rng(2).integers(0, 50, 3000).astype(np.int32)
    twice = np.array([0, 3000, 6000]), np.tile(step, 2), np.tile(neuron, 2)
    theta = network.theta
    counts, raster, _ = network.respond(twice, 100, record=True)
    assert counts[0, 0].sum() > 0
    np.testing.assert_array_equal(counts[0], counts[1])
    np.testing.assert_array_equal(raster.sum(1), counts[:, 0])
    np.testing.assert_array_equal(network.theta, theta)


def test_calls_of_one_sample_leave_the_bits_of_one_call_of_all() -> None:
    chance = np.random.default_rng(3)
    step = np.sort(chance.integers(0, 100, (5, 900)), axis=1).astype(np.int32).ravel()
    events = np.arange(6) * 900, step, chance.integers(0, 50, 4500).astype(np.int32)
    together, apart = (new_network(50, 6, 1e-3, 0.05, THEIRS, np.random.default_rng(0)) for _ in range(2))
    assert together.learn(events, np.arange(5), 100)[1] > 0
    for sample in range(5):
        apart.learn(events, np.array([sample]), 100)
    np.testing.assert_array_equal(together.weights, apart.weights)
    np.testing.assert_array_equal(together.theta, apart.theta)


def test_the_spike_timer_keeps_a_neuron_silent_for_its_time_and_no_longer() -> None:
    program = compile_program(excitatory(None, "50 ms", 0.5e-3).model, 0.5e-3)
    run = TensorNeuron(program).run(torch.full((1, 2000, 1), 5e-9, dtype=torch.float64))
    gaps = run.spikes[0, :, 0].nonzero()[:, 0].diff()
    assert gaps.min() == 101  # more than 100 steps, as the reference's `timer > refractory` says


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


def test_any_neuron_with_a_drive_can_take_the_excitatory_place() -> None:
    found = excitatory(LIF, "0 ms", 0.5e-3)
    program = compile_program(found.model, 0.5e-3)
    assert {"theta", "I_synapse"} < set(program.states)
    network = new_network(784, 20, 0.5e-3, 0.0, found, np.random.default_rng(0))
    step = np.sort(np.random.default_rng(1).integers(0, 700, 2300)).astype(np.int32)
    neuron = np.random.default_rng(2).integers(0, 784, 2300).astype(np.int32)
    _, spikes = network.learn((np.array([0, 2300]), step, neuron), np.array([0]), 700)
    assert 1 <= spikes <= 400  # it fires, and inhibition keeps most of the twenty silent most of the time


def test_a_neuron_without_a_drive_is_refused() -> None:
    with pytest.raises(ValueError, match="has no drive, so inputs cannot reach it as a current"):
        excitatory(replace(LIF, equations=LIF.equations.replace("R*I", "0*mV"), drive=""), "0 ms", 1e-3)


def test_a_threshold_that_is_no_comparison_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold"):
        excitatory(replace(LIF, threshold="v > v_threshold and v < 0*mV"), "0 ms", 1e-3)


def test_a_neuron_whose_names_the_network_needs_is_refused_with_them():
    message = "adaptive_lif has tau_theta, theta, theta_step, but the Diehl & Cook network adds an adaptive threshold"
    with pytest.raises(ValueError, match=message):
        excitatory(ADAPTIVE_LIF, "0 ms", 5e-4)
