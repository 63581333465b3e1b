"""Difference target propagation: targets that inverses reach, inverses that are learned, a loss that falls."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch.nn.functional import cross_entropy

from ann import CNN, MLP, Backprop, Classifier, FrozenHidden, TargetPropagation
from ann.rules import _layered


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def network(hidden, activation, inputs=5):
    return MLP(hidden=hidden, activation=activation).build((inputs,), 3, generator()).double()


def data(samples=6, inputs=5):
    return torch.randn(samples, inputs, generator=generator(1), dtype=torch.float64), torch.arange(samples) % 3


def test_with_linear_layers_and_transposed_weights_as_inverses_the_update_is_backprops():
    model, (x, y) = network((4, 3, 4), "linear"), data()
    rule = TargetPropagation(target_rate=0.7)
    state = rule.start(model, generator())
    for name in ("hidden2", "hidden3"):
        state[f"{name}.inverse"] = model.get_parameter(f"{name}.linear.weight").detach().T
    updates, _ = rule.updates(model, x, y, cross_entropy, state, generator())
    wanted, _ = Backprop().updates(model, x, y, cross_entropy, {}, generator())
    assert updates.keys() == wanted.keys()
    for name, update in wanted.items():
        assert torch.allclose(updates[name], update, atol=1e-12)  # float64; the target's step cancels


def test_with_exact_inverses_a_layer_that_reaches_its_target_lets_the_next_one_reach_its_own():
    model, (x, y) = network((4, 4), "linear", inputs=4), data(inputs=4)
    W, b = (model.get_parameter(f"hidden2.linear.{part}").detach() for part in ("weight", "bias"))
    rule, undo = TargetPropagation(target_rate=0.5), torch.linalg.inv(W)
    state = {"hidden2.inverse": undo, "hidden2.inverse_bias": -undo @ b}
    passed = _layered.walk(model, x)
    top, _ = _layered.drive_error(passed[-1], _layered.output_error(passed, y, cross_entropy))
    errors = rule._deltas(passed, top, state)
    step = rule.target_rate * len(x)
    targets = [layer.h.detach() - step * error for layer, error in zip(passed, errors, strict=False)]
    assert (errors[0].abs() > 1e-3).any()
    assert torch.allclose(model[1](targets[0]), targets[1], atol=1e-12)  # Lee et al. 2015, the aim of eq. 11


def test_the_targets_are_worked_by_hand_in_a_tanh_network():
    model, (x, y) = network((4, 3), "tanh"), data()
    rule, n = TargetPropagation(target_rate=0.5), 6
    state = rule.start(model, generator())
    state["hidden2.inverse_bias"] = torch.tensor([0.1, -0.2, 0.3, 0.4], dtype=torch.float64)
    updates, _ = rule.updates(model, x, y, cross_entropy, state, generator())
    w = {name: layer.linear.weight.detach().numpy() for name, layer in model.named_children()}
    b = {name: layer.linear.bias.detach().numpy() for name, layer in model.named_children()}
    h1 = np.tanh(x.numpy() @ w["hidden1"].T + b["hidden1"])
    h2 = np.tanh(h1 @ w["hidden2"].T + b["hidden2"])
    p = np.exp(h2 @ w["output"].T + b["output"])
    e = p / p.sum(1, keepdims=True) - np.eye(3)[y.numpy()]  # each sample's own
    t2 = h2 - 0.5 * e @ w["output"]
    g = lambda h: np.tanh(h @ state["hidden2.inverse"].numpy().T + state["hidden2.inverse_bias"].numpy())  # noqa: E731
    t1 = h1 - g(h2) + g(t2)
    wanted = {
        "output": -e.T @ h2 / n,
        "hidden2": -((h2 - t2) * (1 - h2**2)).T @ h1 / n / 0.5,
        "hidden1": -((h1 - t1) * (1 - h1**2)).T @ x.numpy() / n / 0.5,
    }
    for name, update in wanted.items():
        np.testing.assert_allclose(updates[f"{name}.linear.weight"].numpy(), update, atol=1e-12)  # float64


def test_the_inverses_learn_to_undo_their_layers():
    model, (x, y) = network((6, 12), "tanh"), data(64)
    rule, chance = TargetPropagation(inverse_rate=0.5, noise=0.2), generator(3)
    state = rule.start(model, generator())

    def miss(state):
        h = model[0](x).detach() + 0.2 * torch.randn(64, 6, generator=generator(9), dtype=torch.float64)
        back = torch.tanh(model[1](h).detach() @ state["hidden2.inverse"].T + state["hidden2.inverse_bias"])
        return float((back - h).square().sum() / h.square().sum())

    before = miss(state)
    for _ in range(500):
        _, state = rule.updates(model, x, y, cross_entropy, state, chance)
    assert before > 0.5
    assert miss(state) < 0.1  # 12 neurons hold all that 6 say


def test_it_learns_digits_better_than_a_network_whose_hidden_layers_are_frozen():
    X, y = load_digits(return_X_y=True)
    X, y = X[:1000] / 16, y[:1000]
    recipe = MLP(hidden=(30, 20, 20), activation="tanh")
    scores = {}
    for rule in (TargetPropagation(learning_rate=3e-3), FrozenHidden(learning_rate=3e-3)):
        learner = Classifier(recipe, rule, epochs=8, batch_size=10, device="cpu", random_state=0)
        scores[rule.name] = learner.fit(X[:700], y[:700]).score(X[700:], y[700:])
    assert scores["target_propagation"] > 0.8
    assert scores["target_propagation"] > scores["frozen_hidden"] + 0.1


@pytest.mark.parametrize("field", ["target_rate", "inverse_rate", "noise"])
def test_a_number_out_of_its_range_is_refused(field):
    with pytest.raises(ValueError, match=f"{field} = 0"):
        TargetPropagation(**{field: 0})


def test_filters_are_refused_with_a_sentence():
    sentence = TargetPropagation().refuses(CNN().build((1, 8, 8), 3, generator()), cross_entropy)
    assert sentence is not None
    assert "convolution1 is another kind" in sentence


def test_the_operations_are_worked_by_hand():
    model, (x, _) = network((4, 3), "tanh"), data()
    rule = TargetPropagation()
    rows = rule.operations(model, x, rule.start(model, generator()), training=True)
    answer = changes = 20 + 12 + 9
    # the error through the read-out, then g(h), g(t), f(noisy), g of that, and the change of V
    assert sum(row["dense"] for row in rows) == answer + changes + 9 + 5 * 12
