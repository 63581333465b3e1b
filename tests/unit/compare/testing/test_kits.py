"""Each kit finds the fault that it is there to find."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from bio.neurons import LIF
from compare.contract import StopTraining
from compare.metrics import Accuracy
from compare.representations import CKA, ParticipationRatio
from compare.tasks import XOR, CopyMemory, Generation, Line
from compare.testing import check_description, check_learner, check_metric, check_similarity, check_task

# ---- tasks


def broken_task(**changes):
    """XOR whose split is changed by functions of (split, seed)."""

    @dataclass(frozen=True)
    class Broken(XOR):
        """XOR with a fault."""

        def load(self, seed=0):
            split = XOR.load(self, seed)
            return replace(split, **{name: change(split, seed) for name, change in changes.items()})

    return Broken()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": lambda s, _: (s.train[0].astype(float), s.train[1])}, "X is float64"),
        ({"train": lambda s, _: (s.train[0] * 2, s.train[1])}, "above 1"),
        ({"train": lambda s, _: (s.train[0] * np.float32(np.nan), s.train[1])}, "NaN"),
        ({"train": lambda s, _: (s.train[0], s.train[1].astype(np.int32))}, "y is int32"),
        ({"train": lambda s, _: (s.train[0], s.train[1] * 0)}, "a class has no training sample"),
        ({"train": lambda s, _: (s.train[0][:9], s.train[1][:9])}, "9 samples, facts say 400"),
        ({"train": lambda s, _: (np.concatenate([s.test[0], s.test[0]]), np.tile(s.test[1], 2))}, "100 % of the test"),
        ({"probe": lambda s, _: s.train}, "a probe sample is not in the test set"),
        ({"checksum": lambda s, _: "abc"}, "is no sha256"),
        ({"test": lambda s, seed: s.test if seed == 0 else (s.test[0], 1 - s.test[1])}, "another seed gives other"),
    ],
)
def test_a_faulty_task_is_found(changes, message):
    with pytest.raises(AssertionError, match=message):
        check_task(broken_task(**changes))


@pytest.mark.parametrize(
    ("original", "facts", "changes", "message"),
    [
        (Line, {}, {"train": lambda s, _: (s.train[0], s.train[1].astype(float))}, "y is float64, expected float32"),
        (Line, {}, {"train": lambda s, _: (s.train[0], s.train[1] * np.float32(np.nan))}, "targets are NaN"),
        (Line, {}, {"train": lambda s, _: (s.train[0], s.train[1][:-1])}, "samples, .* labels"),
        (Line, {"classes": 2}, {}, "expected None"),
        (Line, {"chance": 0.5}, {}, "chance 0.5 is not the mean squared error of a constant answer, 0.3"),
        (CopyMemory, {"chance": 0.99}, {}, "chance 0.99 is not within"),
        (CopyMemory, {"axes": ("feature", "time")}, {}, "begin not in time"),
        (CopyMemory, {}, {"test": lambda s, _: (s.test[0], s.test[1][:, 1:])}, "expected \\(.*, 40\\)"),
        (CopyMemory, {}, {"test": lambda s, _: (s.test[0], s.test[1][:, :, None])}, "a class is one number"),
        (Generation, {"chance": 0.1}, {}, "no answer is right by chance"),
        (Generation, {}, {"train": lambda s, _: (s.train[0], s.train[1] * 0)}, "a class has no training sample"),
        (Generation, {}, {"test": lambda s, _: (s.test[0], s.test[1].astype(np.int32))}, "y is int32, expected int64"),
        (Generation, {}, {"test": lambda s, _: (s.test[0], s.test[1] + 1)}, "a label is outside the classes"),
    ],
)
def test_a_faulty_task_of_other_targets_than_classes_is_found(original, facts, changes, message):
    @dataclass(frozen=True)
    class Broken(original):
        """A task with a fault."""

        def facts(self):
            return replace(original.facts(self), **facts)

        def load(self, seed=0):
            split = original.load(self, seed)
            return replace(split, **{name: change(split, seed) for name, change in changes.items()})

    with pytest.raises(AssertionError, match=message):
        check_task(Broken())


@pytest.mark.parametrize(
    ("tell", "message"),
    [
        (None, "needs a fingerprint"),
        (lambda content: 7, "expected a digest, as text"),
        (lambda content: "abc", "too short for a digest"),
        (lambda content: "0" * 64, "changed content has the same fingerprint"),
        (lambda content: content.append("read") or f"{len(content):064}", "the same content has two fingerprints"),
    ],
)
def test_a_faulty_fingerprint_is_found(tell, message):
    content: list[str] = []

    @dataclass(frozen=True)
    class Broken(XOR):
        """XOR from a file, so to speak."""

    if tell is not None:
        Broken.fingerprint = lambda self: tell(content)
    with pytest.raises(AssertionError, match=message):
        check_task(Broken(), change=lambda: content.append("changed"))


def test_a_task_that_can_be_changed_is_found():
    @dataclass
    class Loose:
        """Not frozen."""

        name = "loose"

    with pytest.raises(AssertionError, match="can be changed"):
        check_task(Loose())


# ---- metrics


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda self, e: np.float32(0.5), "gives a float32"),
        (lambda self, e: 2.0, "outside its bounds"),
        (lambda self, e: float(e.y[0] == e.prediction[0]), "order of the samples"),
        (lambda self, e: float(e.score.max(axis=1).mean()) if e.score is not None else 0.0, "not in its needs"),
        (lambda self, e: float((e.y != e.prediction).mean()), "of perfect answers is 0.0"),
        (lambda self, e: e.prediction.__setitem__(slice(None), e.y) or 0.5, "changes its evidence"),
    ],
)
def test_a_faulty_metric_is_found(call, message):
    @dataclass(frozen=True)
    class Broken(Accuracy):
        """A metric with a fault."""

        __call__ = call

    with pytest.raises(AssertionError, match=message):
        check_metric(Broken())


# ---- measures


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"__call__": lambda self, a, b: float(np.linalg.norm(a) / np.linalg.norm(b))}, "not symmetric"),
        ({"__call__": lambda self, a, b: float(a[0] @ a[1] * (b[0] @ b[1]))}, "order of the samples"),
        ({"invariant_to": frozenset({"rotation"})}, "is not moved by scale"),
        ({"invariant_to": CKA.invariant_to | {"linear map"}}, "says that linear map leaves it alone"),
        ({"invariant_to": frozenset({"magic"})}, "known are"),
        ({"is_metric": True}, "expected 0"),
        ({"__call__": lambda self, a, b: np.nan_to_num(CKA()(a, b)) + 0.0}, "gives a float64|silent layer is 0"),
    ],
)
def test_a_faulty_similarity_is_found(fields, message):
    kind = dataclass(frozen=True)(type("Broken", (CKA,), {"__doc__": "A measure with a fault.", **fields}))
    with pytest.raises(AssertionError, match=message):
        check_similarity(kind())


def test_a_description_that_changes_its_input_is_found():
    @dataclass(frozen=True)
    class Broken(ParticipationRatio):
        """A description with a fault."""

        def __call__(self, a, y=None):
            a -= a.mean(axis=0)
            return 1.0

    with pytest.raises(AssertionError, match="changes its input"):
        check_description(Broken())


# ---- learners


class Nearest(ClassifierMixin, BaseEstimator):
    """Nearest class mean with every capability that is cheap to have; `fault` breaks one promise."""

    def __init__(self, fault=None, random_state=None):
        self.fault = fault
        self.random_state = random_state

    def fit(self, X, y, *, validation=None, observer=None):
        if not np.isfinite(X).all() and self.fault != "learns from NaN":
            raise ValueError("X holds NaN.")
        self.classes_ = np.unique(y)
        flat = X.reshape(len(X), -1)
        noise = np.random.default_rng(None if self.fault == "other bits" else self.random_state)
        self.means_ = 0.01 * noise.normal(size=(len(self.classes_), flat.shape[1]))
        try:
            if observer is not None and self.fault != "late":
                observer(self, 0)
            self.means_ += np.stack([flat[y == label].mean(axis=0) for label in self.classes_])
            if observer is not None:
                if self.fault == "observing changes it":
                    self.means_ *= 1.1
                observer(self, len(X))
        except StopTraining:
            pass
        if self.fault == "changes X":
            X[0] = 0
        return self

    def predict_proba(self, X):
        distance = ((X.reshape(len(X), 1, -1) - self.means_) ** 2).sum(axis=2)
        score = np.exp(-distance)
        return score if self.fault == "no sum" else score / score.sum(axis=1, keepdims=True)

    def predict(self, X):
        index = self.predict_proba(X).argmax(axis=1)
        return self.classes_[(index + 1) % 3 if self.fault == "other class" else index]

    def activations(self, X):
        return {"output": self.predict_proba(X)[: 3 if self.fault == "few activations" else None]}

    def weights(self):
        return {"means": self.means_}

    def with_weights(self, weights):
        other = self if self.fault == "with_weights in place" else Nearest(self.fault, self.random_state)
        other.classes_, other.means_ = self.classes_, weights["means"]
        return other

    def receptive_fields(self):
        return self.means_.reshape(len(self.means_), *((64,) if self.fault == "flat fields" else (1, 8, 8)))

    def describe(self):
        facts = {
            "family": "control", "engine": "numpy", "reads": "clean values", "readout": "nearest mean", "layers": [],
            "parameters": self.means_.size, "state": None, "time_steps": None, "neuron": None, "rule": None,
            "training": {}, "settings": {}, "sources": [], "departures": [],
        }  # fmt: skip
        if self.fault == "short description":
            del facts["reads"]
        if self.fault == "no JSON":
            facts["settings"] = {"rate": np.float32(1)}
        return facts

    def definitions(self):
        return {"unshown neuron": [LIF], "no definition": ["lif"]}.get(str(self.fault), [])

    def refuses(self, facts):
        return "no" if self.fault == "curt" and facts.target == "value" else None


def test_a_sound_learner_passes():
    check_learner(Nearest())


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("changes X", "fit changes X"),
        ("no sum", "does not sum to one"),
        ("other class", "not the class of the largest probability"),
        ("few activations", "has 3 samples for 12"),
        ("with_weights in place", "changes the learner itself"),
        ("flat fields", "receptive_fields"),
        ("short description", r"lacks \['reads'\]"),
        ("other bits", "same random_state differs"),
        ("late", "first calls its observer at 45"),
        ("observing changes it", "observing changes what it learns"),
        ("learns from NaN", "learns from NaN without a word"),
        ("curt", "expected None or a sentence"),
        ("unshown neuron", r"describe\(\) does not show 'dv/dt = "),
        ("no definition", "neither a NeuronModel nor a PlasticityRule"),
    ],
)
def test_a_faulty_learner_is_found(fault, message):
    with pytest.raises(AssertionError, match=message):
        check_learner(Nearest(fault))


def test_a_description_that_json_cannot_hold_is_found():
    with pytest.raises((AssertionError, TypeError), match="JSON"):
        check_learner(Nearest("no JSON"))
