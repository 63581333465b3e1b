"""What every partial_fit promises: it begins once, goes on from there, and knows what it was told to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compare.testing._capabilities import CLASSES, check_equal, fresh, name_of, same_arrays

__all__ = ["check_going_on"]

_UNKNOWN = 1000 + CLASSES  # a label that nobody announced
Pieces = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # X and y of a first piece, X and y of a second


def check_going_on(learner: Any, fitted: Any, X: np.ndarray, y: np.ndarray, unseen: np.ndarray) -> None:
    """Raises AssertionError unless partial_fit, where there is one, keeps its promises.

    Args:
        learner: unfitted; five copies learn from the samples piece by piece.
        fitted: another copy, that has learned from all of them by `fit`.
        X, y: samples and their targets.
        unseen: samples that the copies are asked about.
    """
    if not hasattr(learner, "partial_fit"):
        return
    name, labelled = name_of(learner), y.dtype.kind == "i"
    pieces = _pieces(X, y, labelled)
    announced = {"classes": np.unique(y)} if labelled else {}
    if labelled:
        sentence = _refusal(lambda: fresh(learner).partial_fit(*pieces[:2]))
        assert "classes" in sentence, f"{name}.partial_fit: a first call without classes is answered by {sentence!r}."
    one, other = _begun(learner, pieces, announced), _begun(learner, pieces, announced)
    _check_unknown_labels(one, pieces, unseen, labelled)
    told = _told(one, unseen)
    for each in (one, other):
        _shown(each, *pieces[2:])
    check_equal(one, other, unseen, "the same pieces and random_state differ")
    _check_moved(name, told, one, _begun(learner, (*pieces[2:], *pieces[:2]), announced), unseen)
    check_equal(fitted, one.fit(X, y), unseen, "fit after partial_fit does not begin anew")


def _pieces(X: np.ndarray, y: np.ndarray, labelled: bool) -> Pieces:
    """The first piece lacks a class, where there are any: it need not hold all that were announced."""
    of_sample = y.reshape(len(y), -1)[:, 0]
    first = of_sample < CLASSES - 1 if labelled else np.arange(len(X)) < len(X) // 2
    return X[first], y[first], X[~first], y[~first]


def _begun(learner: Any, pieces: Pieces, announced: dict[str, Any]) -> Any:
    return _shown(fresh(learner), *pieces[:2], **announced)


def _shown(copy: Any, X: np.ndarray, y: np.ndarray, **announced: Any) -> Any:
    kept = X.copy(), y.copy()
    returned = copy.partial_fit(X, y, **announced)
    assert returned is copy, f"{name_of(copy)}.partial_fit does not return the learner itself."
    assert all(map(np.array_equal, (X, y), kept)), f"{name_of(copy)}.partial_fit changes X or y."
    return copy


def _check_unknown_labels(begun: Any, pieces: Pieces, unseen: np.ndarray, labelled: bool) -> None:
    """They are refused by name, and change nothing; the classes that were announced have a score each."""
    if not labelled:
        return
    before, name, y = _told(begun, unseen), name_of(begun), pieces[1]
    sentence = _refusal(lambda: begun.partial_fit(pieces[0], np.where(y == 0, _UNKNOWN, y)))
    assert str(_UNKNOWN) in sentence, f"{name}.partial_fit answers the unknown label {_UNKNOWN} by {sentence!r}."
    assert len(sentence.split()) >= 4, f"{name}.partial_fit refuses an unknown label without a sentence."
    assert same_arrays(before, _told(begun, unseen)), f"{name}.partial_fit learns from labels that it refuses."
    if hasattr(begun, "predict_proba"):
        scores = begun.predict_proba(unseen).shape[-1]
        assert scores == CLASSES, f"{name}.partial_fit was told of {CLASSES} classes, but answers with {scores} scores."


def _check_moved(name: str, told: dict[str, np.ndarray], gone_on: Any, anew: Any, unseen: np.ndarray) -> None:
    """The second call learns, and does not start anew. Labels alone are too coarse to tell."""
    found = _told(gone_on, unseen)
    if all(value.dtype.kind != "f" for value in found.values()):
        return
    assert not same_arrays(told, found), f"{name}.partial_fit learns nothing from its second piece."
    assert not same_arrays(_told(anew, unseen), found), f"{name}.partial_fit starts anew with its second piece."


def _told(learner: Any, X: np.ndarray) -> dict[str, np.ndarray]:
    """The finest of what it tells: its weights, its scores, or its answers."""
    if hasattr(learner, "weights"):
        return learner.weights()
    answer = "predict_proba" if hasattr(learner, "predict_proba") else "predict"
    return {answer: np.asarray(getattr(learner, answer)(X))}


def _refusal(ask: Callable[[], Any]) -> str:
    """The sentence of the ValueError, "" without one."""
    try:
        ask()
    except ValueError as error:
        return str(error)
    return ""
