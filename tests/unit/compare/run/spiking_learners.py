"""Learners that name what they simulate, in good and in bad ways, and learn nothing; a plugin file for tests."""

from __future__ import annotations

import os
import signal

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from bio import NeuronModel, Source

MY_LIF = NeuronModel(
    name="my_lif",
    equations="dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="3 ms",
    parameters={"tau_m": "15 ms", "R": "100 Mohm", "v_rest": "-65 mV", "v_threshold": "-50 mV", "v_reset": "-65 mV"},
    start={"v": "v_rest"},
    drive="I",
    source=Source("made up"),
)


class Naming(ClassifierMixin, BaseEstimator):
    """Answers the first class, and names its neuron."""

    def __init__(self, factor: float = 1.0):
        self.factor = factor

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])

    def definitions(self):
        return [MY_LIF]


class Silent(Naming):
    """Has no neurons."""

    def definitions(self):
        return []


class Raising(Naming):
    """Cannot say what it simulates."""

    def definitions(self):
        raise LookupError("lost the list")


class Dying(Naming):
    """Takes its process along when it is asked."""

    def definitions(self):
        os.kill(os.getpid(), signal.SIGKILL)
