"""The kit of learners finds a partial_fit that does not go on, and asks nothing where there is none."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPClassifier

from compare.testing._going_on import check_going_on

CHANCE = np.random.default_rng(0)
X = CHANCE.random((30, 4)).astype(np.float32)
Y = np.arange(30) % 3
UNSEEN = CHANCE.random((5, 4)).astype(np.float32)


class Means(ClassifierMixin, BaseEstimator):
    """Running means of the classes; `fault` breaks one promise."""

    def __init__(self, fault=None, random_state=None):
        self.fault = fault
        self.random_state = random_state

    def fit(self, X, y):
        if self.fault != "fit goes on":
            self.__dict__.pop("classes_", None)
        return self.partial_fit(X, y, classes=np.unique(y))

    def partial_fit(self, X, y, classes=None):
        if not hasattr(self, "classes_"):
            if classes is None and self.fault == "no classes needed":
                classes = np.unique(y)
            if classes is None:
                raise ValueError("No." if self.fault == "curt" else "The first call must name the classes.")
            seed = None if self.fault == "other bits" else self.random_state
            self.classes_ = np.unique(y) if self.fault == "forgets" else np.arange(3)
            self.sums_ = 0.01 * np.random.default_rng(seed).normal(size=(len(self.classes_), 4))
            self.counts_ = np.ones(len(self.classes_))
        unknown = np.setdiff1d(y, self.classes_)
        if self.fault == "learns first":
            self.counts_ += 1
        if unknown.size and self.fault != "takes all":
            raise ValueError("What?" if self.fault == "mumbles" else f"The labels {unknown} were not announced.")
        if self.fault == "anew":
            self.sums_, self.counts_ = np.zeros((3, 4)), np.ones(3)
        if self.fault != "idle" or not self.sums_.max() > 1:
            for label in np.unique(y[np.isin(y, self.classes_)]):
                place = np.searchsorted(self.classes_, label)
                self.sums_[place] += X[y == label].sum(0)
                self.counts_[place] += (y == label).sum()
        if self.fault == "changes X":
            X[:] = 0
        return None if self.fault == "gives nothing" else self

    def predict_proba(self, X):
        score = np.exp(-((X[:, None] - self.sums_ / self.counts_[:, None]) ** 2).sum(2))
        return score / score.sum(1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(1)]


class Mean(RegressorMixin, BaseEstimator):
    """The running mean of a value; no label is to be announced."""

    def fit(self, X, y):
        self.values_ = []
        return self.partial_fit(X, y)

    def partial_fit(self, X, y):
        self.values_ = [*getattr(self, "values_", []), *y]
        return self

    def predict(self, X):
        return np.full(len(X), np.mean(self.values_))


class Silent(Mean):
    """Goes on with the first piece whatever comes."""

    def partial_fit(self, X, y):
        self.values_ = self.values_ or [*y] if hasattr(self, "values_") else [*y]
        return self


def checked(learner, y=Y):
    check_going_on(
        learner,
        learner.__class__(**learner.get_params()).set_params(**seed(learner)).fit(X.copy(), y),
        X.copy(),
        y,
        UNSEEN,
    )


def seed(learner):
    return {"random_state": 3} if "random_state" in learner.get_params() else {}


def test_what_goes_on_passes():
    checked(Means())
    checked(Mean(), X[:, 0].astype(float))


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_a_learner_of_scikit_learn_passes():
    checked(MLPClassifier((4,), max_iter=2))


def test_a_learner_without_it_is_asked_nothing():
    checked(LinearRegression(), X[:, 0].astype(float))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("gives nothing", "does not return the learner itself"),
        ("no classes needed", "a first call without classes is answered by ''"),
        ("curt", "a first call without classes is answered by 'No.'"),
        ("forgets", "was told of 3 classes, but answers with 2 scores"),
        ("takes all", "answers the unknown label 1003 by ''"),
        ("mumbles", "answers the unknown label 1003 by 'What[?]'"),
        ("learns first", "learns from labels that it refuses"),
        ("other bits", "the same pieces and random_state differ"),
        ("anew", "starts anew with its second piece"),
        ("idle", "learns nothing from its second piece"),
        ("changes X", "changes X or y"),
        ("fit goes on", "fit after partial_fit does not begin anew"),
    ],
)
def test_a_faulty_partial_fit_is_found(fault, message):
    with pytest.raises(AssertionError, match=message):
        checked(Means(fault))


def test_values_that_stay_what_they_were_are_found():
    with pytest.raises(AssertionError, match="learns nothing from its second piece"):
        checked(Silent(), X[:, 0].astype(float))
