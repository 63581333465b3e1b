"""Operations are counted as by hand: every product once, and those with a zero factor left out."""

import itertools

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from ann import (
    CNN,
    GRU,
    MLP,
    RNN,
    Attention,
    Backprop,
    Classifier,
    FrozenHidden,
    Linear,
    PCAClassifier,
    QuantisedMLP,
    Regressor,
    ResidualCNN,
    Sanger,
    operations,
)
from ann.rules import DirectFeedbackAlignment, TargetPropagation
from ann.rules._layers import blocks


def chance(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def counted(learner, X, **kwargs):
    table = learner.operations(X, **kwargs)
    assert list(table.columns) == ["layer", "operation", "dense", "effective"]
    return {row.layer: (row.dense, row.effective) for row in table.itertuples()}


def test_an_answer_of_an_mlp_costs_its_weights_and_effectively_those_behind_active_neurons():
    X = np.array([[1, 0, 0, 0.5], [0, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]], np.float32)
    learner = Classifier(MLP(hidden=(3,)), epochs=1, device="cpu", random_state=0).fit(X, [0, 1, 0, 1])
    active = (learner.activations(X)["hidden1"] > 0).sum(1).mean()
    assert counted(learner, X) == {
        "hidden1": (12, (2 + 1 + 4 + 0) / 4 * 3),
        "output": (6, pytest.approx(active * 2)),
    }


def test_effective_operations_follow_the_samples_that_are_given():
    X = np.eye(4, dtype=np.float32)
    learner = Classifier(MLP(hidden=(3,)), epochs=1, device="cpu", random_state=0).fit(X, [0, 1, 0, 1])
    assert counted(learner, X[:1])["hidden1"] == (12, 3)
    assert counted(learner, np.ones((2, 4), np.float32))["hidden1"] == (12, 12)


def test_more_samples_than_one_chunk_give_the_mean_over_all():
    X = chance().uniform(0, 1, (600, 4)).astype(np.float32)
    X[300:] = 0
    learner = Classifier(MLP(hidden=(3,)), epochs=1, device="cpu", random_state=0).fit(X, np.arange(600) % 2)
    assert counted(learner, X)["hidden1"] == (pytest.approx(12), pytest.approx(6))  # rounding of the mean's sum


def brute_force_convolution(x, kernel, channels):
    """Products of a zero-padded convolution over x (channel, height, width): all, and those of a non-zero pixel."""
    reach, (depth, height, width) = kernel // 2, x.shape
    dense = effective = 0
    for row, column, up, left in itertools.product(range(height), range(width), *[range(-reach, reach + 1)] * 2):
        inside = 0 <= row + up < height and 0 <= column + left < width
        dense += depth * channels
        effective += channels * int((x[:, row + up, column + left] != 0).sum()) if inside else 0
    return dense, effective


def test_a_convolution_costs_what_counting_one_by_one_gives():
    X = (chance().uniform(0, 1, (5, 2, 6, 4)) * (chance(1).uniform(0, 1, (5, 2, 6, 4)) > 0.4)).astype(np.float32)
    learner = Classifier(CNN(channels=(3,), hidden=()), epochs=1, device="cpu", random_state=0)
    learner.fit(X, [0, 1, 0, 1, 0])
    wanted = np.mean([brute_force_convolution(x, 3, 3) for x in X], axis=0)
    assert counted(learner, X)["convolution1"] == pytest.approx(tuple(wanted))


def test_training_an_mlp_adds_the_gradient_of_each_weight_and_the_error_for_the_layer_below():
    X = chance().uniform(0.1, 1, (6, 4)).astype(np.float32)
    learner = Classifier(MLP(hidden=(3,)), Backprop(), epochs=1, device="cpu", random_state=0)
    learner.fit(X, [0, 1, 2] * 2)
    active = (learner.activations(X)["hidden1"] > 0).sum(1).mean()
    found = counted(learner, X, training=True)
    # Forward and gradient; the first layer sends no error down, and where a ReLU is off its error is exactly zero.
    assert found["hidden1"] == (2 * 12, pytest.approx(12 + 4 * active))
    assert found["output"] == (3 * 9, pytest.approx(2 * active * 3 + 9))


def test_training_a_convolution_costs_what_the_masks_of_its_input_and_error_allow():
    model = CNN(channels=(3, 2), hidden=()).build((1, 8, 8), 2, torch.Generator().manual_seed(0))
    x = torch.tensor(chance().uniform(-1, 1, (4, 1, 8, 8)).clip(0), dtype=torch.float32)
    layers = blocks(model)
    rows = operations.total(operations.backward(layers, x, {name for name, _ in model.named_parameters()}))
    dense = {row["layer"]: row["dense"] for row in rows}
    effective = {row["layer"]: row["effective"] for row in rows}
    assert dense == {"convolution1": 9 * 3 * 64, "convolution2": 2 * 9 * 3 * 2 * 16, "output": 2 * 8 * 2}
    # Of each 2x2 pool at most one error flows, so at least three quarters of convolution1's products drop out.
    assert 0 < effective["convolution1"] <= dense["convolution1"] / 4


def test_rules_that_leave_hidden_layers_alone_pay_for_the_readout_only():
    X = chance().uniform(0.1, 1, (30, 6)).astype(np.float32)
    y = np.arange(30) % 3
    recipe = MLP(hidden=(4,), activation="linear")
    for learner in (
        Classifier(recipe, FrozenHidden(), epochs=1, device="cpu", random_state=0),
        PCAClassifier(4, epochs=1, device="cpu", random_state=0),
    ):
        found = counted(learner.fit(X, y), X, training=True)
        assert found["hidden1"] == (24, pytest.approx(24))
        assert found["output"] == (2 * 12, pytest.approx(2 * 12))


def test_sanger_pays_three_times_for_a_hidden_layer_answer_hebbian_term_and_decorrelation():
    X = chance().uniform(0.1, 1, (30, 6)).astype(np.float32)
    learner = Classifier(MLP(hidden=(4,), activation="linear"), Sanger(), epochs=1, device="cpu", random_state=0)
    learner.fit(X, np.arange(30) % 3)
    assert counted(learner, X)["hidden1"] == (24, pytest.approx(24))
    assert counted(learner, X, training=True)["hidden1"] == (72, pytest.approx(72))


SETTINGS = {"epochs": 1, "device": "cpu", "random_state": 0}


def test_a_single_value_sends_its_error_back_as_several_do():
    X = chance().uniform(0.1, 1, (8, 4)).astype(np.float32)
    linear = Regressor(Linear(), **SETTINGS).fit(X, X[:, 0])
    assert counted(linear, X, training=True) == {"output": (8, 8)}  # the answer, and the weights' gradient
    learner = Regressor(MLP(hidden=(3,)), **SETTINGS).fit(X, X[:, 0])
    active = (learner.activations(X)["hidden1"] > 0).sum(1).mean()
    found = counted(learner, X, training=True)
    assert found["hidden1"] == (2 * 12, pytest.approx(12 + 4 * active))
    assert found["output"] == (3 * 3, pytest.approx(2 * active + 3))


@pytest.mark.parametrize("rule", [DirectFeedbackAlignment(), TargetPropagation()], ids=lambda rule: rule.name)
def test_a_single_value_costs_the_feedback_rules_its_weights_change(rule):
    X = chance().uniform(0.1, 1, (8, 4)).astype(np.float32)
    learner = Regressor(MLP(hidden=(3,), activation="tanh"), rule, **SETTINGS).fit(X, X[:, 0])
    answer, learned = (counted(learner, X, training=training)["output"][1] for training in (False, True))
    assert learned >= answer + 3  # a change of three weights


def test_a_single_value_of_attention_sends_its_error_back_too():
    X = chance().uniform(0.1, 1, (8, 5, 3)).astype(np.float32)
    learner = Regressor(Attention(8, 2, hidden=4, positions="none"), **SETTINGS).fit(X, X[:, 0, 0])
    assert counted(learner, X, training=True)["output"] == (3 * 8, pytest.approx(3 * 8))
    assert counted(learner, X, training=True)["embedding"] == (2 * 120, pytest.approx(2 * 120))


def brute_force_recurrence(x, network):
    """Products of a network of two recurrent ReLU layers and a read-out with a factor that is not 0, one by one."""
    effective, below = {}, x
    for name in ("hidden1", "hidden2"):
        layer = network.get_submodule(name)
        W, V = layer.weight_ih_l0.numpy(force=True), layer.weight_hh_l0.numpy(force=True)
        shift = (layer.bias_ih_l0 + layer.bias_hh_l0).numpy(force=True)
        h, states, count = np.zeros(len(V), np.float32), [], 0
        for step in below:
            count += (step != 0).sum() * len(W) + (h != 0).sum() * len(V)
            h = np.maximum(W @ step + V @ h + shift, 0)
            states.append(h)
        effective[name], below = int(count), np.stack(states)
    return effective | {"output": int((below[-1] != 0).sum()) * network.output.out_features}


def test_recurrent_relus_that_are_off_cost_nothing_in_time_nor_at_the_read_out():
    X = (chance().uniform(0, 1, (7, 5, 3)) * (chance(1).uniform(0, 1, (7, 5, 3)) > 0.4)).astype(np.float32)
    learner = Classifier(RNN((4, 3), activation="relu"), **SETTINGS).fit(X, [0, 1, 0, 1, 0, 1, 0])
    one_by_one = [brute_force_recurrence(x, learner.network_) for x in X]
    found = counted(learner, X)
    assert {name: row[0] for name, row in found.items()} == {"hidden1": 5 * 28, "hidden2": 5 * 21, "output": 6}
    for name, (_, effective) in found.items():
        assert effective == pytest.approx(np.mean([row[name] for row in one_by_one]))


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (MLP((5, 4)), (1, 8, 8)), (QuantisedMLP((5,)), (6,)), (CNN((3, 4)), (1, 8, 8)),
        (CNN((6, 16), kernel=5, pooling="average", hidden=(12, 8), activation="tanh"), (1, 8, 8)),
        (CNN((4,), normalisation="batch"), (2, 8, 8)), (ResidualCNN((4, 8)), (1, 8, 8)), (RNN((4, 3)), (5, 3)),
        (GRU((4, 3)), (5, 3)), (Attention(8, 2, layers=2, hidden=4), (5, 3)),
        (Attention(8, 2, hidden=4, score="multiplicative"), (1, 8, 8)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)  # fmt: skip
def test_dense_operations_are_those_that_torch_itself_counts(model, shape):
    X, y = chance().uniform(0.1, 1, (12, *shape)).astype(np.float32), np.arange(12) % 3
    learner = Classifier(model, **SETTINGS).fit(X, y)
    network, x = learner.network_, torch.tensor(X)
    with FlopCounterMode(display=False) as answering, torch.no_grad():
        network.eval()(x)
    with FlopCounterMode(display=False) as learning:
        cross_entropy(network.train()(x), torch.tensor(y)).backward()
    for training, counter in ((False, answering), (True, learning)):  # torch counts a product and its sum as two
        dense = learner.operations(X, training=training)["dense"].sum()
        assert dense == pytest.approx(counter.get_total_flops() / 2 / len(X))
