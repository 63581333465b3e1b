"""Learners that behave badly, or that know nothing of this package; a plugin file for the tests of the runner."""

from __future__ import annotations

import os
import signal
import time
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class NearestMean(ClassifierMixin, BaseEstimator):
    """Knows neither encoder nor seed nor observer; draws its chance from numpy's global generator."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.means_ = np.stack([X[y == label].reshape((y == label).sum(), -1).mean(0) for label in self.classes_])
        self.chance_ = np.random.random(3)  # noqa: NPY002 - what a foreign learner may do
        warnings.warn("the means are means", stacklevel=1)
        return self

    def predict(self, X):
        return self.classes_[((X.reshape(len(X), 1, -1) - self.means_) ** 2).sum(-1).argmin(1)]

    def weights(self):
        return {"means": self.means_, "chance": self.chance_}


class Failing(NearestMean):
    """Raises while it learns."""

    def fit(self, X, y):
        raise ArithmeticError("The loss is not finite.")


class Killed(NearestMean):
    """Its process is killed while it learns, as when memory runs out."""

    def fit(self, X, y):
        os.kill(os.getpid(), signal.SIGKILL)


class Crashing(NearestMean):
    """Ends its process from compiled code, and prints to where results travel before."""

    def fit(self, X, y):
        os.write(1, b"a library prints to standard output\n")
        print("and so does Python", flush=True)  # noqa: T201
        os._exit(7)


class Refusing(NearestMean):
    """Cannot serve any task."""

    def refuses(self, facts):
        return f"It learns nothing with {facts.classes} classes."


class Contradicting(NearestMean):
    """Its probabilities do not agree with what it predicts."""

    def predict_proba(self, X):
        return np.tile(np.eye(len(self.classes_))[0], (len(X), 1))


class Unstorable(NearestMean):
    """Its receptive fields have no shape that a report could draw."""

    def receptive_fields(self):
        return np.zeros((2, 2, 2, 2, 2))


class Slow(NearestMean):
    """Takes long; ends with its parent even though it never looks."""

    def fit(self, X, y):
        time.sleep(60)
        return super().fit(X, y)
