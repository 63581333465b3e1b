"""Learners of samples with more than one axis keep scikit-learn's protocol too; its suite asks about tables only."""

import pickle
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from ann import CNN, GRU, LSTM, RNN, Classifier, Regressor, SequenceClassifier, SequenceRegressor

CHANCE = np.random.Generator(np.random.PCG64(0))
SEQUENCES = CHANCE.random((24, 5, 2), dtype=np.float32)
IMAGES = CHANCE.random((24, 1, 6, 6), dtype=np.float32)
SETTINGS = {"epochs": 2, "batch_size": 8, "device": "cpu", "random_state": 0}
SO_FAR = SEQUENCES[:, :, 0].cumsum(1)
LABELS = np.array(["few", "many"])[(SO_FAR[:, -1] > 2.5).astype(int)]
CASES = {  # learner, samples, targets
    "classes of steps": (SequenceClassifier(GRU((4,)), **SETTINGS), SEQUENCES, (SO_FAR > 1).astype(int)),
    "values of steps": (SequenceRegressor(LSTM((4,)), **SETTINGS), SEQUENCES, SO_FAR),
    "classes of sequences": (Classifier(RNN((4,)), **SETTINGS), SEQUENCES, LABELS),
    "values of sequences": (Regressor(GRU((4,)), **SETTINGS), SEQUENCES, SO_FAR[:, -1]),
    "classes of images": (Classifier(CNN(channels=(2,), hidden=(4,)), **SETTINGS), IMAGES, LABELS),
}
EVERY_STEP = ["classes of steps", "values of steps"]


def _new(learner: Any) -> Any:
    return clone(learner)


@pytest.fixture(params=CASES)
def case(request):
    learner, X, y = CASES[request.param]
    return _new(learner), X, y


@pytest.mark.parametrize("name", EVERY_STEP)
def test_the_tags_say_that_no_table_is_taken(name):
    tags = get_tags(CASES[name][0]).input_tags
    assert (tags.one_d_array, tags.two_d_array, tags.three_d_array) == (False, False, True)
    assert not tags.allow_nan
    assert not tags.sparse


def test_a_clone_has_the_same_parameters_and_has_learned_nothing(case):
    learner, X, y = case
    copy = _new(learner.fit(X, y))
    assert copy.get_params() == learner.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(X)


def test_fitting_changes_neither_parameters_nor_samples_and_gives_the_learner_back(case):
    learner, X, y = case
    before, parameters = (X.copy(), y.copy()), learner.get_params()
    assert learner.fit(X, y) is learner
    assert learner.get_params() == parameters
    assert np.array_equal(X, before[0])
    assert np.array_equal(y, before[1])
    assert learner.n_features_in_ == X.shape[1]


def test_fitting_again_forgets_what_was_before(case):
    learner, X, y = case
    fresh = _new(learner).fit(X, y).predict(X)
    assert np.array_equal(learner.fit(X, y).fit(X, y).predict(X), fresh)
    axes = [(0, 0)] * (X.ndim - 1) + [(0, 2 if X.ndim == 3 else 0)]  # wider sequences
    learner.fit(np.pad(X, axes)[::2], y[::2])
    assert np.array_equal(learner.fit(X, y).predict(X), fresh)


def test_it_answers_alike_from_a_pickle(case):
    learner, X, y = case
    again = pickle.loads(pickle.dumps(learner.fit(X, y)))  # noqa: S301 - our own
    assert np.array_equal(again.predict(X), learner.predict(X))


def test_the_order_in_memory_the_type_and_who_may_write_do_not_matter(case, tmp_path):
    learner, X, y = case
    X = np.round(X, 2).astype(np.float32)
    expected = learner.fit(X, y).predict(X)
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    for other in (np.asfortranarray(X), X.astype(np.float64), X.tolist(), mapped, X.astype(object)):
        assert np.array_equal(_new(learner).fit(other, y).predict(other), expected)


def test_a_sample_is_answered_alike_alone_in_any_order_and_among_others(case):
    learner, X, y = case
    whole, order = learner.fit(X, y).predict(X), CHANCE.permutation(len(X))
    answers = [
        learner.predict(X[order])[np.argsort(order)],
        np.concatenate([learner.predict(X[i : i + 1]) for i in range(24)]),
    ]
    for found in answers:
        same = np.allclose(found, whole, rtol=1e-4, atol=1e-5) if whole.dtype.kind == "f" else (found == whole).all()
        assert same  # values of float32 products: another batch size is another order of sums


def test_fewer_samples_than_a_batch_are_learned_from(case):
    learner, X, y = case
    first = [
        int(np.argmax(y.reshape(len(y), -1)[:, 0] == label)) for label in np.unique(y.reshape(len(y), -1)[:, 0])[:2]
    ]
    some = sorted({*first, 0, 1})
    assert learner.fit(X[some], y[some]).predict(X[:1]).shape == y[:1].shape


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_refused_in_learning_and_in_answering(case, value):
    learner, X, y = case
    spoiled = X.copy()
    spoiled.flat[7] = value
    for ask in (lambda: _new(learner).fit(spoiled, y), lambda: learner.fit(X, y).predict(spoiled)):
        with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
            ask()


def test_complex_and_sparse_and_empty_samples_are_refused(case):
    learner, X, y = case
    with pytest.raises(ValueError, match="Complex data not supported"):
        learner.fit(X + 1j, y)
    with pytest.raises((TypeError, ValueError), match=r"[Ss]parse"):
        learner.fit(sparse.csr_matrix(X.reshape(len(X), -1)), y)
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        learner.fit(X[:0], y[:0])


def test_samples_of_another_shape_are_refused_with_both_shapes(case):
    learner, X, y = case
    learner.fit(X, y)
    with pytest.raises(ValueError, match=r"samples of shape \(.*was fitted on \("):
        learner.predict(X[:, :, :-1])
    with pytest.raises(ValueError, match=f"X has {2 * X.shape[1]} features, but .* is expecting {X.shape[1]} features"):
        learner.predict(np.concatenate([X, X], 1))
    with pytest.raises(ValueError, match=r"samples of shape|Expected 2D array|features"):
        learner.predict(X[0, 0])


@pytest.mark.parametrize("name", EVERY_STEP)
def test_a_table_is_refused_by_who_answers_every_step(name):
    learner, X, y = CASES[name]
    with pytest.raises(ValueError, match=r"expected sequences \(sample, time, feature\)"):
        _new(learner).fit(X[:, :, 0], y)
    with pytest.raises(ValueError, match="expected a target for each step"):
        _new(learner).fit(X, y[:, 0])


def test_targets_of_another_number_are_refused(case):
    learner, X, y = case
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples|expected a target for each step"):
        learner.fit(X, y[:-1])
