"""Recurrent networks against their equations, and learners that answer at every step."""

import numpy as np
import pytest
import torch
from sklearn.metrics import r2_score

from ann import GRU, LSTM, MLP, RNN, Classifier, Regressor, SequenceClassifier, SequenceRegressor

CHANCE = np.random.Generator(np.random.PCG64(0))
X = CHANCE.integers(0, 2, (200, 8, 1)).astype(np.float32)
SO_FAR = np.cumsum(X[:, :, 0], 1)
SETTINGS = {"epochs": 40, "batch_size": 20, "device": "cpu", "random_state": 0}


def built(recipe, shape=(5, 3), outputs=2):
    return recipe.build(shape, outputs, torch.Generator().manual_seed(0)).double()


def sequence(samples=4, shape=(5, 3)):
    return torch.rand(samples, *shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def by_hand(model, x, step):
    """The network's answers, the layers' weights going through `step(a, b, state)` with a = W x + b, b = V h + c."""
    layer = dict(model.hidden1.named_parameters())
    state = None
    for t in range(x.shape[1]):
        h = x.new_zeros(len(x), model.hidden1.hidden_size) if state is None else state[0]
        a = x[:, t] @ layer["weight_ih_l0"].T + layer["bias_ih_l0"]
        state = step(a, h @ layer["weight_hh_l0"].T + layer["bias_hh_l0"], state)
    return state[0] @ model.output.weight.T + model.output.bias


def test_the_plain_network_follows_its_equation():
    model, x = built(RNN((4,))), sequence()
    assert torch.allclose(model(x), by_hand(model, x, lambda a, b, _: (torch.tanh(a + b),)), atol=1e-12)


def test_the_lstm_follows_its_equations():
    def step(a, b, state):
        i, f, g, o = (a + b).chunk(4, 1)
        c = torch.zeros_like(i) if state is None else state[1]
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    model, x = built(LSTM((4,))), sequence()
    assert torch.allclose(model(x), by_hand(model, x, step), atol=1e-12)


def test_the_gru_resets_behind_the_product_as_its_docstring_says():
    def step(a, b, state):
        (ar, az, an), (br, bz, bn) = a.chunk(3, 1), b.chunk(3, 1)
        h = torch.zeros_like(ar) if state is None else state[0]
        z = (az + bz).sigmoid()
        return ((1 - z) * (an + (ar + br).sigmoid() * bn).tanh() + z * h,)

    model, x = built(GRU((4,))), sequence()
    assert torch.allclose(model(x), by_hand(model, x, step), atol=1e-12)


def test_the_forget_gate_starts_where_it_was_told():
    layer = built(LSTM((4,), forget_bias=2.5)).hidden1
    assert torch.equal(layer.bias_ih_l0[4:8] + layer.bias_hh_l0[4:8], torch.full((4,), 2.5).double())


@pytest.mark.parametrize("recipe", [RNN((4, 3)), LSTM((4, 3)), GRU((4, 3))], ids=lambda r: r.name)
def test_an_answer_at_every_step_knows_nothing_of_later_ones(recipe):
    model = recipe.build_per_step((5, 3), 2, torch.Generator().manual_seed(0)).double()
    x = sequence()
    changed = x.clone()
    changed[:, 3:] += 1
    assert model(x).shape == (4, 5, 2)
    assert torch.equal(model(x)[:, :3], model(changed)[:, :3])
    assert not torch.equal(model(x)[:, 3:], model(changed)[:, 3:])


def test_operations_are_those_counted_by_hand():
    model = RNN((4,)).build((5, 3), 2, torch.Generator().manual_seed(0))
    x = torch.ones(2, 5, 3)
    x[:, 0] = 0  # one step of five without input
    rows = {row["layer"]: (row["dense"], row["effective"]) for row in model.operations(x)}
    assert rows == {"hidden1": (5 * (12 + 16), 4 * 12 + 4 * 16), "output": (8, 8)}
    rows = {row["layer"]: (row["dense"], row["effective"]) for row in model.operations(x, training=True)}
    # answer and gradient each as above; the error goes back over 4 steps
    assert rows == {"hidden1": (2 * 140 + 4 * 16, 2 * 112 + 4 * 16), "output": (24, 24)}


@pytest.mark.parametrize("recipe", [RNN(), LSTM(), GRU()], ids=lambda r: r.name)
def test_samples_that_are_no_sequences_are_refused(recipe):
    with pytest.raises(ValueError, match=r"reads sequences \(time, feature\), but a sample here has the shape \(16,\)"):
        Classifier(recipe, epochs=1).fit(np.zeros((4, 16)), [0, 1, 0, 1])
    with pytest.raises(ValueError, match="needs at least one layer"):
        type(recipe)(())


def test_a_sequence_with_one_label_is_classified_by_its_end():
    y = (SO_FAR[:, -1] > 3).astype(int)
    assert Classifier(GRU((16,)), **SETTINGS).fit(X, y).score(X, y) > 0.9


def test_every_step_is_classified():
    y = np.where(SO_FAR > 2, "many", "few")
    fitted = SequenceClassifier(GRU((16,)), **SETTINGS).fit(X, y)
    assert fitted.predict(X).shape == y.shape
    assert fitted.predict_proba(X).shape == (200, 8, 2)
    assert fitted.score(X, y) == pytest.approx((fitted.predict(X) == y).mean())
    assert fitted.score(X, y) > 0.9
    layers = fitted.describe()["layers"]
    assert [one["neurons"] for one in layers] == [8, 16, 2]


@pytest.mark.parametrize("columns", [1, 2])
def test_every_step_gets_its_values_in_the_targets_own_measure(columns):
    y = 100 + 30 * SO_FAR if columns == 1 else np.stack([100 + 30 * SO_FAR, -SO_FAR], 2)
    fitted = SequenceRegressor(GRU((16,)), **SETTINGS).fit(X, y)
    found = fitted.predict(X)
    assert found.shape == y.shape
    assert fitted.score(X, y) == pytest.approx(r2_score(y.reshape(1600, -1), found.reshape(1600, -1)))
    assert fitted.score(X, y) > 0.9


def test_a_regressor_scales_and_shifts_with_its_targets():
    y = SO_FAR[:, -1]
    plain, moved = (Regressor(GRU((8,)), **SETTINGS).fit(X, target).predict(X) for target in (y, 1e4 * y - 7e5))
    assert np.allclose(1e4 * plain - 7e5, moved, atol=1.0)  # of a range of 80,000: float32 holds the rest


def test_a_target_that_never_changes_is_predicted_as_it_is():
    assert Regressor(MLP((4,)), **SETTINGS).fit(X[:, :, 0], np.full(200, 3.5)).predict(X[:2, :, 0]) == pytest.approx(
        3.5, abs=0.2
    )


@pytest.mark.parametrize(
    ("learner", "samples", "targets", "message"),
    [
        (SequenceClassifier(GRU()), X[:, :, 0], SO_FAR, r"X has the shape \(200, 8\); expected sequences"),
        (SequenceClassifier(GRU()), X, SO_FAR[:, 0], r"y has the shape \(200,\), but X has 200 samples of 8 steps"),
        (
            SequenceClassifier(GRU()),
            X,
            X[..., [0, 0]],
            r"y has the shape \(200, 8, 2\); expected a label for each step",
        ),
        (SequenceRegressor(GRU()), X * np.nan, SO_FAR, "Input X contains NaN"),
        (SequenceRegressor(GRU()), X, SO_FAR * np.nan, "y holds NaN or infinite values"),
        (SequenceRegressor(MLP()), X, SO_FAR, "mlp gives one answer for a sample, not one for each step"),
    ],
)
def test_targets_and_models_that_do_not_fit_are_refused(learner, samples, targets, message):
    with pytest.raises(ValueError, match=message):
        learner.fit(samples, targets)
