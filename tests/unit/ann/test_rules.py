"""Rules make the changes that their equations say."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.nn.functional import cross_entropy

from ann import CNN, MLP, Backprop, FeedbackAlignment, FrozenHidden, Logistic, Sanger
from ann.testing import check_rule
from ann.training import Trainer


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def central_difference(model, parameter, place, x, y, step=1e-5):
    """dL/dw by (L(w + step) - L(w - step)) / 2 step, in float64."""
    losses = []
    with torch.no_grad():
        for sign in (1, -1):
            parameter.view(-1)[place] += sign * step
            losses.append(float(cross_entropy(model(x), y)))
            parameter.view(-1)[place] -= sign * step
    return (losses[0] - losses[1]) / (2 * step)


@pytest.mark.parametrize(
    "recipe",
    [
        Logistic(),
        MLP(hidden=(7, 5), activation="relu"),
        MLP(hidden=(7,), activation="tanh"),
        MLP(hidden=(7,), activation="sigmoid"),
        MLP(hidden=(7,), activation="elu"),
        MLP(hidden=(7,), activation="leaky_relu"),
        CNN(channels=(3,), hidden=(5,), pooling="average"),
        CNN(channels=(3,), hidden=(5,), pooling="max"),
    ],
    ids=str,
)
def test_backprops_update_is_minus_the_gradient_that_central_differences_give(recipe):
    model = recipe.build((1, 6, 6), 3, generator()).double()
    x, y = torch.rand(8, 1, 6, 6, generator=generator(1), dtype=torch.float64), torch.arange(8) % 3
    updates, _ = Backprop().updates(model, x, y, cross_entropy, {}, generator())
    assert set(updates) == {name for name, _ in model.named_parameters()}
    for name, parameter in model.named_parameters():
        places = torch.randperm(parameter.numel(), generator=generator(2))[:20].tolist()
        numeric = [central_difference(model, parameter, place, x, y) for place in places]
        exact = updates[name].reshape(-1)[places].numpy()
        # float64 with a step of 1e-5: about 1e-10 of truncation and 1e-11 of rounding; 1e-6 is the target of the field.
        np.testing.assert_allclose(exact, -np.array(numeric), atol=1e-6, rtol=0)


def gaussian(samples=4000, seed=0):
    """Samples whose principal components have the standard deviations 3, 2.4, 1.9, 1.5, 1, ... in a random basis."""
    chance = np.random.Generator(np.random.PCG64(seed))
    basis = np.linalg.qr(chance.normal(size=(8, 8)))[0]
    scales = np.array([3, 2.4, 1.9, 1.5, 1.0, 0.7, 0.4, 0.2])
    return (chance.normal(size=(samples, 8)) * scales) @ basis.T + chance.normal(size=8)


def learned_by_sanger(X, neurons, updates=600):
    """Hidden weights (neuron, feature) after full batches, so that no sampling noise is left."""
    model = MLP(hidden=(neurons,), activation="linear").build((8,), 2, generator())
    trainer = Trainer(model, Sanger(), cross_entropy, order=generator(1), chance=generator(2), batch_size=len(X))
    x = torch.tensor(X, dtype=torch.float32)
    trainer.run(lambda indices, _: x[indices], torch.zeros(len(X), dtype=torch.int64), updates)
    return model.get_parameter("hidden1.linear.weight").detach().numpy()


def test_sangers_neurons_become_the_first_principal_components_in_order():
    X = gaussian()
    W, components = learned_by_sanger(X, 4), PCA(4).fit(X).components_
    cosines = np.abs((W * components).sum(1)) / np.linalg.norm(W, axis=1)
    assert (cosines > 0.999).all(), cosines


def test_a_single_neuron_is_ojas_rule_its_norm_goes_to_one_and_it_points_at_the_first_component():
    X = gaussian(seed=1)
    (w,) = learned_by_sanger(X, 1)
    assert np.linalg.norm(w) == pytest.approx(1, abs=1e-3)  # converged; float32 leaves 1e-6
    assert abs(w @ PCA(1).fit(X).components_[0]) > 0.999


def test_the_rows_that_sanger_learns_are_orthonormal():
    W = learned_by_sanger(gaussian(seed=2), 3)
    np.testing.assert_allclose(W @ W.T, np.eye(3), atol=0.01)  # what is left of convergence after 600 updates


def test_sangers_first_change_is_its_formula():
    model = MLP(hidden=(2,), activation="linear").build((3,), 2, generator()).double()
    W = model.get_parameter("hidden1.linear.weight").detach().numpy()
    X = np.array([[1.0, 0, 2], [0, 3, 1], [2, 0, 0]])
    rule = Sanger()
    state = rule.start(model, generator())
    updates, _ = rule.updates(model, torch.tensor(X), torch.tensor([0, 1, 0]), cross_entropy, state, generator())
    centred = X - X.mean(0)
    wanted = np.zeros_like(W)
    for x in centred:
        y = W @ x
        for i in range(2):  # Sanger 1989, eq. 5: each neuron sees what the ones before it have not explained
            wanted[i] += y[i] * (x - sum(y[j] * W[j] for j in range(i + 1))) / len(X)
    power = (centred**2).sum(1).mean()
    np.testing.assert_allclose(updates["hidden1.linear.weight"].numpy(), wanted / power, atol=1e-12)  # float64


def test_sanger_does_not_look_at_labels_below_the_readout():
    model = MLP(hidden=(4,)).build((5,), 3, generator())
    x, rule = torch.rand(6, 5, generator=generator()), Sanger()
    changes = [
        rule.updates(model, x, torch.full((6,), label), cross_entropy, rule.start(model, generator()), generator())[0]
        for label in (0, 1)
    ]
    assert torch.equal(changes[0]["hidden1.linear.weight"], changes[1]["hidden1.linear.weight"])
    assert not torch.equal(changes[0]["output.linear.weight"], changes[1]["output.linear.weight"])


def test_sangers_rate_has_halved_after_the_batches_that_halving_says():
    model = MLP(hidden=(2,)).build((3,), 2, generator())
    x, y, rule = torch.rand(9, 3, generator=generator()), torch.zeros(9, dtype=torch.int64), Sanger(halving=4)
    state, steps = rule.start(model, generator()), []
    for _ in range(5):  # the same batch and weights again and again, so that nothing but the rate changes
        updates, state = rule.updates(model, x, y, cross_entropy, state, generator())
        steps.append(updates["hidden1.linear.weight"])
    assert torch.allclose(steps[4], steps[0] / 2, atol=1e-6)  # float32


@pytest.mark.parametrize("rule", [FrozenHidden(), Sanger()], ids=lambda rule: rule.name)
def test_the_readout_over_other_features_learns_by_the_delta_rule(rule):
    model = MLP(hidden=(4,)).build((5,), 3, generator()).double()
    x, y = torch.rand(6, 5, generator=generator(), dtype=torch.float64), torch.arange(6) % 3
    updates, state = rule.updates(model, x, y, cross_entropy, rule.start(model, generator()), generator())
    h = rule.activity(model, x, state)["hidden1"]
    p = rule.output(model, x, state).softmax(1)
    wanted = (torch.nn.functional.one_hot(y, 3) - p).T @ h / len(x)
    assert torch.allclose(updates["output.linear.weight"], wanted, atol=1e-12)  # float64


def test_frozen_hidden_updates_the_readout_only():
    model = CNN(channels=(2,), hidden=(4,)).build((1, 4, 4), 3, generator())
    updates, _ = FrozenHidden().updates(
        model, torch.rand(6, 1, 4, 4, generator=generator()), torch.arange(6) % 3, cross_entropy, {}, generator()
    )
    assert set(updates) == {"output.linear.weight", "output.linear.bias"}


@pytest.mark.parametrize(
    ("recipe", "words"), [(CNN(channels=(2,)), "fully connected layers"), (Logistic(), "this model has none")]
)
def test_sanger_refuses_models_without_fully_connected_hidden_layers(recipe, words):
    assert words in Sanger().refuses(recipe.build((1, 8, 8), 3, generator()), cross_entropy)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Backprop(optimiser="adagrad"), 'optimiser = .adagrad. is not known; choose "adam" or "sgd"'),
        (lambda: Backprop(learning_rate=0), "learning_rate = 0, but it must be greater than 0"),
        (lambda: FrozenHidden(momentum=1), "momentum = 1, but"),
        (lambda: Sanger(weight_decay=-1), "weight_decay = -1, but"),
        (lambda: Sanger(hebbian_rate=0), "hebbian_rate = 0, but"),
        (lambda: Sanger(horizon=0), "horizon = 0, but"),
        (lambda: Sanger(halving=0), "halving = 0, but"),
    ],
)
def test_a_rule_refuses_a_setting_when_it_is_made_and_says_what_was_expected(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_the_cosine_schedule_starts_at_the_learning_rate_and_ends_at_nothing():
    rule = Backprop(schedule="cosine")
    assert [rule.pace(done) for done in (0.0, 0.5, 1.0)] == pytest.approx([1.0, 0.5, 0.0])
    assert Backprop().pace(0.7) == 1.0
    with pytest.raises(ValueError, match="schedule = 'steep' is not known; choose one of"):
        Backprop(schedule="steep")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [("constant", [1, 1, 1, 1]), ("linear", [1, 0.5, 0.25, 0]), ("late linear", [1, 1, 0.5, 0])],
)
def test_every_rule_that_steps_an_optimiser_knows_the_schedules(schedule, factors):
    for rule in (FeedbackAlignment(schedule=schedule), FrozenHidden(schedule=schedule)):
        assert [rule.pace(done) for done in (0.0, 0.5, 0.75, 1.0)] == factors


def test_the_kit_refuses_a_rule_that_does_not_begin_at_its_own_learning_rate():
    class Hesitant(Backprop):
        """Half the rate that it was given."""

        def pace(self, done):
            return 0.5

    with pytest.raises(AssertionError, match="training begins at the rule's own learning rate"):
        check_rule(Hesitant())
