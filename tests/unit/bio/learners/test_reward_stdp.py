"""RewardSTDP as a learner: what a reward teaches it, and what it promises to those who watch it and read its record."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from bio.encoders import Poisson
from bio.engines.brian import Simulator as Brian
from bio.learners import RewardSTDP
from bio.learners._reward_stdp_critic import Critic, dealt
from bio.learners._reward_stdp_network import TRIAL_STDP, DecisionNetwork, network_of, new_network
from bio.plasticity import PAIR_STDP, REWARD_STDP
from compare.contract import Described
from compare.tasks.digits import Digits

SMALL = {"neurons": 30, "passes": 1, "random_state": 0}


@pytest.fixture(scope="module")
def clean(some_digits) -> RewardSTDP:
    return RewardSTDP(**SMALL).fit(some_digits.X, some_digits.y)


@pytest.fixture(scope="module")
def encoded(some_digits) -> RewardSTDP:
    return RewardSTDP(**SMALL, encoder=Poisson(random_state=9)).fit(some_digits.X, some_digits.y)


def same_weights(a: RewardSTDP, b: RewardSTDP) -> bool:
    return all(np.array_equal(value, b.weights()[name]) for name, value in a.weights().items())


# What the reward teaches


@pytest.mark.parametrize("readout", ["class", "linear"])
def test_reward_teaches_what_frozen_weights_with_the_same_readout_do_not_know(some_digits, readout) -> None:
    X, y = (part[:500] for part in some_digits.train)
    settings = {"neurons": 50, "passes": 3, "readout": readout, "random_state": 1}
    trained = RewardSTDP(**settings).fit(X, y).score(*some_digits.validation)
    frozen = RewardSTDP(**settings, learning_rate=0.0).fit(X, y).score(*some_digits.validation)
    assert trained > 0.35  # a sixth of the full training; chance is 0.1
    assert trained > frozen + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("readout", ["class", "vote", "linear"])
def test_the_defaults_reach_eighty_percent_and_ten_points_over_frozen_weights(readout) -> None:
    split, found = Digits().load(0), []
    for seed in range(3):
        for rate in (0.015, 0.0):
            learner = RewardSTDP(learning_rate=rate, readout=readout, random_state=seed).fit(*split.train)
            found.append(learner.score(*split.test))
    trained, frozen = np.mean(np.reshape(found, (3, 2)), axis=0)
    assert trained >= 0.8
    assert trained >= frozen + 0.1


def test_a_reward_that_tells_nothing_about_the_answer_teaches_nothing(some_digits) -> None:
    # The same network, images and number of rewards; only the labels have nothing to do with the images.
    X, y = some_digits.train[0][:400], np.random.default_rng(0).permutation(some_digits.train[1][:400])
    learner = RewardSTDP(50, passes=3, random_state=1).fit(X, y)
    assert learner.score(*some_digits.validation) < 0.25  # chance 0.1, and its neurons answer few classes at random
    assert learner.rewarded_ < 0.3


def test_the_right_class_is_told_to_nobody_so_all_wrong_decisions_teach_the_same() -> None:
    counts = np.array([0, 3, 1, 0, 0, 2, 4, 0])  # classes 0, 1, 2, 3 in turn: sums 0, 5, 5, 0, so the first of two wins
    deltas = [Critic(dealt(8, 4), 4, punishment=0.3)(counts, code) for code in range(4)]
    assert deltas == pytest.approx([-0.075, 0.75, -0.075, -0.075])  # 1 - 1/4, and 0.3 (0 - 1/4)


def test_the_critic_gives_the_reward_less_its_running_mean() -> None:
    critic = Critic(np.array([0, 1, 0, 1]), 2, punishment=0.5)
    right, wrong, none = np.array([3, 0, 0, 1]), np.array([0, 2, 1, 2]), np.zeros(4, int)
    assert critic(right, 0) == 0.5
    assert critic.expected == 0.505
    assert critic(wrong, 0) == pytest.approx(-0.5 * 0.505)
    assert critic(none, 0) < 0.0
    for _ in range(2000):
        critic(right, 0)
    assert critic.expected == pytest.approx(1.0, abs=1e-8)  # 0.99 ** 2000
    assert critic(right, 0) == pytest.approx(0.0, abs=1e-8)


def trial_events(seed=0, steps=100, inputs=20):
    step, neuron = np.nonzero(np.random.default_rng(seed).random((steps, inputs)) < 0.1)
    return np.array([0, step.size], np.int64), step.astype(np.int32), neuron.astype(np.int32)


def test_a_trial_and_its_reward_change_weights_as_brian_says() -> None:
    weights = np.random.default_rng(1).random((20, 6)) * 3
    network = DecisionNetwork(weights, 1e-3, theta=np.full(6, 7.2e-3))
    start = weights * network.weight_sum / weights.sum(0)
    events = trial_events(steps=300)
    counts = network.trial(events, 0, 300)
    network.reward(0.03)
    reference = Brian(network_of(20, 6, TRIAL_STDP), 1e-3)
    reference.synapses["input_decision"]["w"][...] = start.ravel()
    reference.states["decision"]["theta"][:] = 7.2e-3
    reward = np.append(np.zeros(300), 0.03 / 1e-3)
    found = reference.run(301, spikes={"input": events[1:]}, signals={"reward": reward})
    step, neuron = found.spikes["decision"]
    assert (counts > 0).sum() > 2
    np.testing.assert_array_equal(counts, np.bincount(neuron[step < 300], minlength=6))
    expected = np.asarray(reference.synapses["input_decision"]["w"]).reshape(20, 6)
    np.testing.assert_allclose(network.weights, expected, rtol=0, atol=1e-12)  # of 1: rounding over 300 steps
    changed = (network.weights != start) & (network.weights > 0) & (network.weights < 1)
    assert changed.sum() > 10


def test_a_punishment_is_a_reward_with_the_other_sign() -> None:
    start, changes = np.full((20, 6), 78 / 784), []
    for amount in (0.001, -0.001):
        network = DecisionNetwork(start, 1e-3, theta=np.full(6, 8e-3))
        network.trial(trial_events(), 0, 100)
        network.reward(amount)
        changes.append(network.weights - start)
    assert np.abs(changes[0]).max() > 1e-3
    np.testing.assert_allclose(changes[0], -changes[1], rtol=0, atol=1e-15)  # of 0.1, to which the changes were added


def test_answers_leave_the_network_as_it_was() -> None:
    network = new_network(20, 6, 1e-3, TRIAL_STDP, np.random.default_rng(0))
    network.write(network.weights * 10, np.full(6, 8e-3))
    before = network.weights, network.theta
    events = trial_events()
    counts = network.respond(events, 100)
    np.testing.assert_array_equal(network.rasters(events, 100).sum(1), counts)
    assert counts.sum() > 10
    for value, kept in zip((network.weights, network.theta), before, strict=True):
        np.testing.assert_array_equal(value, kept)


# Promises of a learner


def test_frozen_weights_stay_as_drawn_while_thresholds_adapt(some_digits) -> None:
    frozen, untrained = (
        RewardSTDP(**SMALL | one).fit(some_digits.X, some_digits.y) for one in ({"learning_rate": 0.0}, {"passes": 0})
    )
    drawn = untrained.weights()["input_decision"]
    np.testing.assert_allclose(frozen.weights()["input_decision"], drawn, rtol=1e-12)  # scaled 120 times to one sum
    assert frozen.progress_ == {"passes": 1, "examples": 120, "updates": 0}
    assert np.ptp(frozen.weights()["theta"]) > 1e-3 > np.ptp(untrained.weights()["theta"])
    assert frozen.describe()["family"] == untrained.describe()["family"] == "control"


def test_learning_keeps_weights_in_bounds_and_their_sum(clean) -> None:
    weights = clean.weights()["input_decision"]
    assert weights.min() >= 0.0
    np.testing.assert_allclose(weights.sum(0), 78.0, rtol=1e-12)  # rounding of a sum
    assert clean.receptive_fields().shape == (30, 1, 28, 28)


def test_operations_are_those_of_the_spikes(some_digits, clean) -> None:
    X = some_digits.validation[0][:10]
    fired = {name: raster.sum() / 10 for name, raster in clean.spikes(X).items()}
    table = clean.operations(X).set_index(["layer", "operation"])
    assert table.effective["input to decision", "AC"] == pytest.approx(fired["input"] * 30)
    assert table.dense["input to decision", "AC"] == 784 * 30 * 350
    assert table.effective["decision to decision", "AC"] == pytest.approx(fired["decision"] * 29)
    assert table.effective["decision", "state update"] == 30 * 350
    assert len(table) == 3
    training = clean.operations(X, training=True).set_index(["layer", "operation"])
    assert training.effective["input to decision", "weight update"] == 784 * 30
    marks = fired["input"] * 30 + fired["decision"] * 784
    assert training.effective["input to decision", "eligibility update"] == pytest.approx(marks)


def test_readouts_that_need_labels_change_nothing_that_was_learned(some_digits, clean) -> None:
    for readout in ("vote", "linear"):
        other = RewardSTDP(**SMALL, readout=readout).fit(some_digits.X, some_digits.y)
        assert same_weights(other, clean)
        assert other.score(some_digits.X, some_digits.y) > clean.score(some_digits.X, some_digits.y)
        np.testing.assert_allclose(other.predict_proba(some_digits.X).sum(1), 1.0)


def test_any_rule_that_reads_a_reward_can_take_the_place_of_florians(some_digits, clean) -> None:
    rule = replace(REWARD_STDP, parameters={**REWARD_STDP.parameters, "learning_rate": "1 Hz", "w_max": "1"})
    other = RewardSTDP(**SMALL, rule=rule).fit(some_digits.X, some_digits.y)
    assert not same_weights(other, clean)
    assert other.describe()["rule"]["name"] == "reward_stdp"


def test_it_describes_itself_with_every_key_in_plain_json(clean, encoded) -> None:
    promised = {line.split(":")[0].strip() for line in (Described.describe.__doc__ or "").splitlines() if ":" in line}
    for learner in (clean, encoded):
        told = learner.describe()
        assert {"family", "departures", "sources", "settings", "rule", "neuron"} <= set(told) & promised
        assert json.loads(json.dumps(told)) == told
        assert told["parameters"] == 784 * 30 + 30
        assert told["rule"]["signals"] == ["pre", "post", "reward"]
        assert told["sources"][0]["doi"] == "10.1162/neco.2007.19.6.1468"
    assert any("Poisson spikes of its own" in sentence for sentence in clean.describe()["departures"])
    assert not any("spikes of its own" in sentence for sentence in encoded.describe()["departures"])


def test_it_refuses_tasks_that_have_no_classes_or_more_than_it_has_neurons() -> None:
    value, classes = SimpleNamespace(target="value", classes=None), SimpleNamespace(target="class", classes=10)
    assert "'value'" in RewardSTDP().refuses(value)
    assert RewardSTDP().refuses(classes) is None
    assert RewardSTDP(9).refuses(classes) == "RewardSTDP has 9 neurons, but the task has 10 classes."


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"neurons": 5}, "neurons = 5, but y has 9 classes. Give each class a neuron"),
        ({"learning_rate": -1.0}, "learning_rate = -1.0, but it must be a number of at least 0"),
        ({"punishment": float("nan")}, "punishment = nan"),
        ({"readout": "guess"}, "readout = 'guess' is none of 'class', 'vote', 'linear'"),
        ({"rule": PAIR_STDP}, r'rule = pair_stdp reads \[\]; a rule that reads the one signal "reward" is needed'),
    ],
)
def test_settings_of_its_own_that_are_impossible_are_refused(some_digits, settings, message) -> None:
    with pytest.raises(ValueError, match=message):
        RewardSTDP(**SMALL | settings).fit(some_digits.X[:10], np.arange(10) % 9)
