"""Participation ratio and linear read-out: numbers known beforehand."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from compare.representations import LinearProbe, ParticipationRatio


def test_the_participation_ratio_is_that_of_the_covariances_eigenvalues():
    a = np.random.default_rng(0).normal(size=(50, 8)) * np.arange(1, 9)
    values = np.linalg.eigvalsh(np.cov(a.T))
    assert ParticipationRatio()(a) == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-10)


def test_activity_on_a_line_has_one_dimension():
    assert ParticipationRatio()(np.outer(np.arange(10.0), [1, 2, 3])) == pytest.approx(1, abs=1e-10)


def test_equal_directions_count_fully_and_never_more_than_samples_minus_one():
    assert ParticipationRatio()(np.concatenate([np.eye(6), -np.eye(6)])) == pytest.approx(6, abs=1e-10)
    assert ParticipationRatio()(np.random.default_rng(0).normal(size=(10, 5000))) <= 9


def test_a_silent_layer_has_no_dimension():
    assert np.isnan(ParticipationRatio()(np.zeros((10, 4))))


def test_the_read_out_tells_digits_apart_and_shuffled_labels_not():
    X, y = load_digits(return_X_y=True)
    X, y = X[:400], y[:400]
    assert LinearProbe()(X, y) > 0.9
    shuffled = np.random.default_rng(0).permutation(y)
    assert LinearProbe()(X, shuffled) < 0.1 + 4 * np.sqrt(0.09 / 400)  # 4 binomial standard errors above chance


def test_the_read_out_is_scikit_learns_ridge_classifier_on_the_same_folds():
    from sklearn.linear_model import RidgeClassifier
    from sklearn.preprocessing import StandardScaler

    X, y = load_digits(return_X_y=True)
    X, y = X[:200], y[:200]
    probe = LinearProbe()
    fold = probe._folds(np.unique(y, return_inverse=True)[1])
    correct = 0
    for held_out in range(5):
        train, test = fold != held_out, fold == held_out
        scaler = StandardScaler().fit(X[train])
        # The ridge here is per neuron: kernels are divided by the number of neurons.
        model = RidgeClassifier(alpha=probe.ridge * X.shape[1]).fit(scaler.transform(X[train]), y[train])
        correct += (model.predict(scaler.transform(X[test])) == y[test]).sum()
    assert probe(X, y) == pytest.approx(correct / 200, abs=1e-12)


def test_the_read_out_does_not_mind_silent_neurons_or_more_neurons_than_samples():
    X, y = load_digits(return_X_y=True)
    X, y = X[:200], y[:200]
    wide = np.concatenate([X, np.zeros((200, 500))], axis=1)
    assert LinearProbe()(wide, y) > 0.7


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "20 samples, 0 labels"),
        (np.zeros(20, int), "1 classes were given"),
        (np.array([0] * 17 + [1] * 3), "smallest with 3"),
    ],
)
def test_the_read_out_says_which_labels_it_needs(y, message):
    with pytest.raises(ValueError, match=message):
        LinearProbe()(np.random.default_rng(0).normal(size=(20, 3)), y)
