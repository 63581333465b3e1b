"""The kit of learners finds what is wrong with scores over time, gradients and samples."""

import numpy as np
import pytest

from compare.testing._capabilities import check_capabilities

CHANCE = np.random.default_rng(0)
X = CHANCE.random((6, 2, 2)).astype(np.float32)
SCORES = CHANCE.dirichlet(np.ones(3), size=(6, 4)).astype(np.float32)
WEIGHTS = {"w": CHANCE.random((3, 4))}


class Sound:
    """Has four capabilities, and does nothing else."""

    def predict(self, X):
        return np.zeros(len(X), int)

    def predict_proba(self, X):
        return SCORES[: len(X), -1]

    def scores_over_time(self, X):
        return SCORES[: len(X)]

    def input_gradient(self, X, y):
        return 2 * X

    def update_and_gradient(self, X, y):
        return {"w": WEIGHTS["w"]}, {"w": -WEIGHTS["w"]}

    def weights(self):
        return WEIGHTS

    def with_weights(self, weights):
        return self

    def sample(self, n, *, random_state):
        return np.random.default_rng(random_state).random((n, 2, 2))


def spoiled(**methods):
    return type("Spoiled", (Sound,), methods)()


def test_what_is_sound_passes():
    check_capabilities(Sound(), X, (2, 2))


def test_a_refusal_of_updates_is_a_sentence():
    def refuse(self, X, y):
        raise NotImplementedError("It draws noise as it learns.")

    def grunt(self, X, y):
        raise NotImplementedError

    check_capabilities(spoiled(update_and_gradient=refuse), X, (2, 2))
    with pytest.raises(AssertionError, match="refuses without a sentence"):
        check_capabilities(spoiled(update_and_gradient=grunt), X, (2, 2))


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        ({"scores_over_time": lambda self, X: SCORES[:, 0]}, "expected (sample, time, class)"),
        ({"scores_over_time": lambda self, X: SCORES[:, :, :2]}, "expected (6, time, 3)"),
        ({"scores_over_time": lambda self, X: 2 * SCORES}, "does not sum to one"),
        ({"scores_over_time": lambda self, X: SCORES[:, ::-1]}, "after the last step it is not predict_proba"),
        ({"input_gradient": lambda self, X, y: X[:, 0]}, "expected that of X"),
        ({"input_gradient": lambda self, X, y: X * np.nan}, "has NaN"),
        ({"input_gradient": lambda self, X, y: X / len(X)}, "depends on the other samples"),
        ({"update_and_gradient": lambda self, X, y: ({}, WEIGHTS)}, "the update is empty"),
        ({"update_and_gradient": lambda self, X, y: (WEIGHTS, {"w": CHANCE.random((3, 4))})}, "when asked again"),
        ({"update_and_gradient": lambda self, X, y: (WEIGHTS, {"v": np.ones(2)})}, "does not fit the weights"),
        ({"sample": lambda self, n, *, random_state: np.zeros((n, 4))}, "expected (3, 2, 2)"),
        ({"sample": lambda self, n, *, random_state: CHANCE.random((n, 2, 2))}, "differs for the same random_state"),
    ],
)  # fmt: skip
def test_each_fault_is_named(methods, words):
    with pytest.raises(AssertionError) as caught:
        check_capabilities(spoiled(**methods), X, (2, 2))
    assert words in str(caught.value)
