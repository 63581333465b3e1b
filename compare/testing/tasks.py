"""Conformance kit of tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

import numpy as np

from compare.contract import Facts, Split, Task
from compare.testing._parts import check_part

PARTS = ("train", "validation", "test", "probe")
TARGETS = get_args(Facts.__annotations__["target"]) or (
    "class", "value", "class per step", "value per step", "none",
)  # fmt: skip
LEAK = 0.01  # share of test samples that may also be training samples, by chance in the data itself
STANDARD_ERRORS = 5  # by which a measured error may miss the declared one


def check_task(task: Task, change: Callable[[], object] | None = None) -> None:
    """Raises AssertionError unless the task keeps what compare.contract.Task promises. Loads its data three times.

    Args:
        task: with its options.
        change: changes the content of files that the task reads. Called last, to see that the fingerprint tells.
    """
    check_part(task)
    assert isinstance(task.version, int), f"{task.name}.version = {task.version!r} is no whole number."
    for words in ("title", "licence"):
        assert str(getattr(task, words, "")).strip(), f"{task.name} has no {words}."
    assert getattr(task.source, "text", ""), f"{task.name}.source has no text; give an ann.Source."
    facts = task.facts()
    _check_facts(task.name, facts)
    before = _fingerprint(task)
    first, again, other = task.load(0), task.load(0), task.load(1)
    _check_split(task.name, facts, first)
    _check_same(task.name, first, again, PARTS, "the same seed gives other")
    assert first.checksum == again.checksum, f"{task.name}: the same data have two checksums."
    _check_same(task.name, first, other, ("test", "probe"), "another seed gives other")
    assert _fingerprint(task) == before, f"{task.name}: the same content has two fingerprints."
    if change is not None:
        change()
        assert before is not None, f"{task.name} reads files that can change; it needs a fingerprint() of them."
        assert _fingerprint(task) != before, f"{task.name}: changed content has the same fingerprint."


def _fingerprint(task: Task) -> str | None:
    """What goes into the runs' keys; None for a task that has none."""
    if not hasattr(task, "fingerprint"):
        return None
    found = task.fingerprint()  # type: ignore[attr-defined] - not every task has it
    assert isinstance(found, str), f"{task.name}.fingerprint() is {found!r}; expected a digest, as text."
    assert len(found) >= 32, f"{task.name}.fingerprint() is {found!r}, too short for a digest; sha256 has 64 digits."
    return found


def _check_facts(name: str, facts: Facts) -> None:
    assert facts.target in TARGETS, f"{name}: target {facts.target!r} is none of {TARGETS}."
    assert len(facts.axes) == len(facts.shape), f"{name}: axes {facts.axes} do not fit the shape {facts.shape}."
    assert {"train", "validation", "test"} <= set(facts.examples), f"{name}: facts.examples lacks a part's size."
    if facts.target.startswith("class"):
        assert facts.classes is not None, f"{name} tells classes apart, but facts.classes is None."
        assert facts.classes >= 2, f"{name} has {facts.classes} classes; two are needed."
    if facts.target == "none":
        assert facts.chance is None, f"{name} has no target, so no answer is right by chance; facts.chance = None."
    if facts.target.startswith("value"):
        assert facts.classes is None, f"{name} asks for values, but facts.classes is {facts.classes}; expected None."
    if facts.target.endswith("per step"):
        assert facts.axes[0] == "time", (
            f"{name} has a target for each step, but its axes {facts.axes} begin not in time."
        )


def _check_split(name: str, facts: Facts, split: Split) -> None:
    for which in PARTS:
        X, y = getattr(split, which)
        where = f"{name}, {which}"
        assert X.dtype == np.float32, f"{where}: X is {X.dtype}, expected float32."
        assert X.shape[1:] == facts.shape, f"{where}: samples have the shape {X.shape[1:]}, facts say {facts.shape}."
        assert len(X) == len(y), f"{where}: {len(X)} samples, {len(y)} labels."
        assert len(X) > 0, f"{where} is empty."
        assert np.isfinite(X).all(), f"{where}: values are NaN or infinite."
        assert X.min() >= 0, f"{where}: values begin at {X.min()}, below 0."
        assert X.max() <= 1, f"{where}: values reach {X.max()}, above 1."
        if which in facts.examples:
            assert len(X) == facts.examples[which], f"{where}: {len(X)} samples, facts say {facts.examples[which]}."
    _check_targets(name, facts, split)
    _check_overlap(name, split)
    assert re.fullmatch(r"[0-9a-f]{64}", split.checksum), f"{name}: checksum {split.checksum!r} is no sha256."


def _check_targets(name: str, facts: Facts, split: Split) -> None:
    steps = facts.shape[:1] if facts.target.endswith("per step") else ()
    for which in PARTS:
        X, y = getattr(split, which)
        expected = (len(X), *steps)
        assert y.shape[: 1 + len(steps)] == expected, (
            f"{name}, {which}: y has the shape {y.shape}, expected {expected}."
        )
    if facts.target.startswith("class"):
        _check_classes(name, facts, split, len(steps))
    if facts.target.startswith("value"):
        _check_values(name, facts, split)
    if facts.target == "none" and facts.classes is not None:
        _check_labels(name, facts, split, 0)  # of the classifier by whose features made samples are judged


def _check_classes(name: str, facts: Facts, split: Split, axes: int) -> None:
    """Labels, and a chance between guessing blindly and knowing how frequent each class is (at that step)."""
    _check_labels(name, facts, split, axes)
    y = split.test[1]
    frequent = np.mean([np.bincount(step).max() for step in y.reshape(len(y), -1).T]) / len(y)
    low, high = 1 / (facts.classes or 1) - 0.02, frequent + 0.02
    assert facts.chance is not None, f"{name} tells classes apart, but facts.chance is None."
    assert low <= facts.chance <= high, f"{name}: chance {facts.chance} is not within {low:.3f} to {high:.3f}."


def _check_labels(name: str, facts: Facts, split: Split, axes: int) -> None:
    """Class indices, each of which is taught."""
    for which in PARTS:
        y = getattr(split, which)[1]
        assert y.dtype == np.int64, f"{name}, {which}: y is {y.dtype}, expected int64."
        assert y.ndim == 1 + axes, f"{name}, {which}: y has the shape {y.shape}; a class is one number."
        assert set(np.unique(y)) <= set(range(facts.classes or 0)), f"{name}, {which}: a label is outside the classes."
    assert len(np.unique(split.train[1])) == facts.classes, f"{name}: a class has no training sample."


def _check_values(name: str, facts: Facts, split: Split) -> None:
    """Numbers, and a chance that is the mean squared error of answering with the training targets' mean."""
    for which in PARTS:
        y = getattr(split, which)[1]
        assert y.dtype == np.float32, f"{name}, {which}: y is {y.dtype}, expected float32."
        assert np.isfinite(y).all(), f"{name}, {which}: targets are NaN or infinite."
    assert facts.chance is not None, f"{name} asks for values, but facts.chance is None."
    constant = split.train[1].mean(axis=0, dtype=float)
    errors = ((split.test[1] - constant) ** 2).reshape(len(split.test[1]), -1).mean(axis=1)
    error, allowed = errors.mean(), STANDARD_ERRORS * errors.std() / np.sqrt(len(errors))
    assert abs(facts.chance - error) <= allowed, (
        f"{name}: chance {facts.chance:g} is not the mean squared error of a constant answer, "
        f"{error:.4g} +- {allowed:.2g}."
    )


def _check_overlap(name: str, split: Split) -> None:
    test = _digests(split.test[0])
    assert _digests(split.probe[0]) <= test, f"{name}: a probe sample is not in the test set."
    for which in ("train", "validation"):
        shared = len(test & _digests(getattr(split, which)[0])) / len(test)
        assert shared <= LEAK, f"{name}: {100 * shared:.0f} % of the test samples are in the {which} data as well."


def _digests(X: np.ndarray) -> set[int]:
    return {hash(sample.tobytes()) for sample in X}


def _check_same(name: str, a: Split, b: Split, parts: tuple[str, ...], how: str) -> None:
    for which in parts:
        for one, other in zip(getattr(a, which), getattr(b, which), strict=True):
            assert np.array_equal(one, other), f"{name}: {how} {which} data."
