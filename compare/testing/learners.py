"""Conformance kit of learners: the capabilities that one has must be what the contract says."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Literal

import numpy as np

from compare.contract import Facts, Learner, StopTraining
from compare.testing._capabilities import CLASSES, check_capabilities, check_equal, fresh, name_of
from compare.testing._going_on import check_going_on

TRAIN, TEST = 45, 12
Target = Literal["class", "value", "class per step", "value per step", "none"]


class Watcher:
    """An observer that predicts each time it is called, and may end training."""

    wanted: ClassVar[tuple[int, ...]] = (0, 10, 30, 60)

    def __init__(self, X: np.ndarray, stop_at: int | None = None) -> None:
        self.X, self.stop_at = X, stop_at
        self.seen: list[int] = []
        self.last = -1

    def due(self, examples_seen: int) -> bool:
        """Once for each wanted number, when it is reached or passed."""
        return any(self.last < number <= examples_seen for number in self.wanted)

    def __call__(self, learner: Any, examples_seen: int, **facts: float) -> None:
        """Asks the learner what it can, as a runner does."""
        self.last = examples_seen
        self.seen.append(examples_seen)
        learner.predict(self.X)
        if hasattr(learner, "activations"):
            learner.activations(self.X)
        if self.stop_at is not None and examples_seen >= self.stop_at:
            raise StopTraining


def check_learner(learner: Learner, shape: tuple[int, ...] = (1, 8, 8), target: Target = "class") -> None:
    """Raises AssertionError unless an unfitted learner keeps what compare.contract.Learner promises.

    Args:
        learner: a scikit-learn estimator, cloned before each of the five fits, and for each of the calls of its
            partial_fit, where it has one.
        shape: of one sample, without the sample axis; (time, feature) for targets per step.
        target: what it learns, as in compare.contract.Facts.
    """
    X, y = _data(TRAIN, shape, seed=0, target=target)
    unseen, _ = _data(TEST, shape, seed=1, target=target)
    kept = X.copy(), unseen.copy()
    fitted = _fitted(learner, X, y)
    check_answers(fitted, unseen, y, target)
    check_capabilities(fitted, unseen, shape)
    assert np.array_equal(X, kept[0]), f"{name_of(learner)}.fit changes X."
    assert np.array_equal(unseen, kept[1]), f"{name_of(learner)} changes the X that it is asked about."
    _check_repeats(learner, fitted, X, y, unseen)
    _check_observing(learner, fitted, X, y, unseen, target)
    check_going_on(learner, fitted, X, y, unseen)
    _check_bad_input(learner, X, y, target)
    _check_refusal(learner, shape)


def check_answers(fitted: Any, X: np.ndarray, y: np.ndarray, target: Target) -> None:
    """Predictions have the targets' shape; labels are known, and the largest of probabilities that sum to one.

    Without a target the samples come back, or there is one number for each, as a GAN's discriminator gives.
    """
    name, prediction = name_of(fitted), np.asarray(fitted.predict(X))
    shape = (len(X), *y.shape[1:])
    numbers = target == "none" and prediction.shape == (len(X),)
    assert numbers or prediction.shape == shape, f"{name}.predict gives the shape {prediction.shape}, expected {shape}."
    assert np.isfinite(prediction).all(), f"{name}.predict gives NaN."
    if y.dtype.kind == "f":
        return
    assert np.isin(prediction, y).all(), f"{name} predicts labels that it was never shown."
    if not hasattr(fitted, "predict_proba"):
        return
    score, wanted = np.asarray(fitted.predict_proba(X)), (*shape, CLASSES)
    assert score.shape == wanted, f"{name}.predict_proba: {score.shape}, expected {wanted}."
    assert (score >= 0).all(), f"{name}.predict_proba has negative entries."
    assert np.allclose(score.sum(axis=-1), 1, atol=1e-5), f"{name}.predict_proba does not sum to one."  # float32 sums
    largest = np.asarray(fitted.classes_)[score.argmax(axis=-1)]
    assert np.array_equal(largest, prediction), f"{name}.predict is not the class of the largest probability."


def _check_repeats(learner: Any, fitted: Any, X: np.ndarray, y: np.ndarray, unseen: np.ndarray) -> None:
    check_equal(fitted, _fitted(learner, X, y), unseen, "a second fit with the same random_state differs")
    half, whole = np.concatenate([fitted.predict(unseen[:5]), fitted.predict(unseen[5:])]), fitted.predict(unseen)
    # values of float32 products: another batch size is another order of sums
    same = np.allclose(half, whole, rtol=1e-4, atol=1e-5) if whole.dtype.kind == "f" else np.array_equal(half, whole)
    assert same, f"{name_of(learner)} answers differently in smaller batches."


def _check_observing(
    learner: Any, fitted: Any, X: np.ndarray, y: np.ndarray, unseen: np.ndarray, target: Target
) -> None:
    if "observer" not in inspect.signature(learner.fit).parameters:
        return
    watcher = Watcher(unseen)
    validation = _data(TEST, X.shape[1:], seed=1, target=target)
    observed = _fitted(learner, X, y, validation=validation, observer=watcher)
    assert watcher.seen, f"{name_of(learner)} never calls its observer."
    assert watcher.seen[0] == 0, f"{name_of(learner)} first calls its observer at {watcher.seen[0]} examples, not at 0."
    assert watcher.seen == sorted(watcher.seen), f"{name_of(learner)} counts the examples backwards: {watcher.seen}."
    check_equal(fitted, observed, unseen, "observing changes what it learns")
    stopper = Watcher(unseen, stop_at=0)
    stopped = _fitted(learner, X, y, observer=stopper)
    assert stopper.seen == [0], f"{name_of(learner)} goes on after StopTraining: observed at {stopper.seen}."
    assert len(stopped.predict(unseen)) == len(unseen), f"{name_of(learner)} cannot predict after StopTraining."


def _check_bad_input(learner: Any, X: np.ndarray, y: np.ndarray, target: Target) -> None:
    spoiled = X.copy()
    spoiled.flat[3] = np.nan
    one_class = [(X, np.zeros_like(y), "class")] if target == "class" else []
    for bad, labels, what in [(spoiled, y, "NaN"), *one_class]:
        sentence = _refusal(learner, bad, labels)
        if sentence is None and what == "class":
            continue  # a learner may learn the one class that there is
        assert sentence is not None, f"{name_of(learner)} learns from {what} without a word."
        assert what.lower() in sentence.lower(), f"{name_of(learner)}: {sentence!r} does not speak of {what}."


def _refusal(learner: Any, X: np.ndarray, y: np.ndarray) -> str | None:
    try:
        _fitted(learner, X, y)
    except ValueError as error:
        return str(error)
    return None


def _check_refusal(learner: Any, shape: tuple[int, ...]) -> None:
    if not hasattr(learner, "refuses"):
        return
    for target in ("class", "value"):
        axes = ("channel", "height", "width") if len(shape) == 3 else ("feature",) * len(shape)
        facts = Facts(target, axes, shape, CLASSES if target == "class" else None, 1 / CLASSES)
        sentence = learner.refuses(facts)
        spoken = sentence is None or (isinstance(sentence, str) and len(sentence.split()) >= 4)
        assert spoken, f"{name_of(learner)}.refuses gives {sentence!r}; expected None or a sentence."


def _fitted(learner: Any, X: np.ndarray, y: np.ndarray, **options: Any) -> Any:
    copy = fresh(learner)
    returned = copy.fit(X, y, **options)
    assert returned is copy, f"{name_of(learner)}.fit does not return the learner itself."
    return copy


def _data(n: int, shape: tuple[int, ...], seed: int, target: Target = "class") -> tuple[np.ndarray, np.ndarray]:
    """Samples around one pattern per class, values in [0, 1]; the patterns do not depend on the seed.

    A value is the class as a number, a step's target that of its sample, and without a target the sample is its own.
    """
    patterns = np.random.default_rng(99).random((CLASSES, *shape))
    generator = np.random.default_rng(seed)
    y = np.arange(n, dtype=np.int64) % CLASSES
    X = np.clip(patterns[y] + generator.normal(0, 0.15, (n, *shape)), 0, 1)
    X = X.astype(np.float32)
    if target == "none":
        return X, X
    y = np.repeat(y[:, None], shape[0], axis=1) if target.endswith("per step") else y
    return X, y.astype(np.float64) if target.startswith("value") else y
