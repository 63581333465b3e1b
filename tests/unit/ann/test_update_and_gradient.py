"""A learner says what its rule would change now, and minus the gradient, without changing anything."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from ann import CNN, MLP, Backprop, Classifier, DirectFeedbackAlignment, FrozenHidden, NodePerturbation, WeightMirror


def data():
    X, y = load_digits(return_X_y=True)
    return (X[:200] / 16).reshape(-1, 1, 8, 8), y[:200] % 3


def learner(rule, epochs=1, model=None):
    recipe = MLP(hidden=(10, 8)) if model is None else model
    return Classifier(recipe, rule, epochs=epochs, batch_size=20, device="cpu", random_state=0)


def loss(one, X, y):
    return -np.log(one.predict_proba(X)[np.arange(len(y)), np.searchsorted(one.classes_, y)]).mean()


def test_the_gradient_is_what_central_differences_of_the_learners_own_answers_give():
    X, y = data()
    one = learner(DirectFeedbackAlignment()).fit(X, y)
    _, descent = one.update_and_gradient(X, y)
    weights, step = one.weights(), 1e-2
    assert set(descent) == {name for name in weights if not name.startswith("rule.")}
    for name in descent:
        direction = np.random.Generator(np.random.PCG64(0)).normal(size=weights[name].shape)
        direction = (direction / np.linalg.norm(direction)).astype(np.float32)
        up, down = (one.with_weights(weights | {name: weights[name] + sign * step * direction}) for sign in (1, -1))
        slope = (loss(up, X, y) - loss(down, X, y)) / (2 * step)
        # float32: answers err by 1e-7, a step of 0.02 makes 1e-5 of it; ReLUs that switch on the way add some 1e-4.
        assert slope == pytest.approx(-(descent[name] * direction).sum(), abs=1e-3)


def test_backprops_update_is_the_same_as_the_gradient_and_a_frozen_layer_has_none():
    X, y = data()
    updates, descent = learner(Backprop()).fit(X, y).update_and_gradient(X, y)
    assert updates.keys() == descent.keys()
    for name, update in updates.items():
        assert np.array_equal(update, descent[name])
    updates, descent = learner(FrozenHidden()).fit(X, y).update_and_gradient(X, y)
    assert set(updates) == {"output.linear.weight", "output.linear.bias"}
    assert "hidden1.linear.weight" in descent


class Asks:
    """Observes by asking for the update all the time."""

    def due(self, examples_seen):
        return True

    def __call__(self, learner, examples_seen, **facts):
        X, y = data()
        learner.update_and_gradient(X[:30], y[:30])


@pytest.mark.parametrize("rule", [Backprop(), DirectFeedbackAlignment(), NodePerturbation(), WeightMirror()])
def test_asking_changes_nothing_about_what_is_learned(rule):
    X, y = data()
    normalised = not isinstance(rule, NodePerturbation)
    model = CNN(channels=(3,), hidden=(5,), normalisation="batch" if normalised else "none")
    asked = learner(rule, model=model).fit(X, y, observer=Asks()).weights()
    alone = learner(rule, model=model).fit(X, y).weights()
    assert asked.keys() == alone.keys()
    for name, value in alone.items():
        assert np.array_equal(asked[name], value), name


def test_the_same_question_has_the_same_answer_also_where_the_rule_draws_chance():
    X, y = data()
    one = learner(NodePerturbation()).fit(X, y)
    first, again = (one.update_and_gradient(X, y)[0] for _ in range(2))
    for name, update in first.items():
        assert np.array_equal(update, again[name])


def test_a_label_that_was_not_learned_is_refused():
    X, y = data()
    one = learner(Backprop()).fit(X, y)
    with pytest.raises(ValueError, match="7"):
        one.update_and_gradient(X[:1], [7])
