"""Whether a task's data are what the contract promises: shapes, values in [0, 1], no NaN, labels of several classes."""

from __future__ import annotations

import numpy as np

from compare.contract import Facts, Split
from compare.errors import EnvironmentFault


def check_split(facts: Facts, split: Split) -> None:
    """Raises EnvironmentFault, with a sentence, if a part of a task's data is not usable."""
    for which in ("train", "validation", "test", "probe"):
        check_part(facts, which, *getattr(split, which))


def check_part(facts: Facts, which: str, X: np.ndarray, y: np.ndarray) -> None:
    """Raises EnvironmentFault, with a sentence, where a part's values are not what the contract promises."""
    if X.shape[1:] != facts.shape or len(X) != len(y):
        _wrong(which, f"X has the shape {X.shape} and y {y.shape}; expected (sample, {facts.shape}) and (sample,)")
    missing = int((~np.isfinite(X)).sum())
    if missing:
        _wrong(which, f"{missing:,} of {X.size:,} values are NaN or infinite. Fill them in or leave those samples out")
    if X.size and (X.min() < 0 or X.max() > 1):
        _wrong(which, f"values reach from {X.min():g} to {X.max():g}; scale them to [0, 1]")
    if facts.target == "class" and len(y) and (y.min() < 0 or y.max() >= (facts.classes or 0)):
        _wrong(which, f"labels reach from {y.min()} to {y.max()}; expected 0 to {(facts.classes or 0) - 1}")
    if facts.target == "class" and which == "train" and len(np.unique(y)) < 2:
        _wrong(which, f"all {len(y):,} labels are {y[0] if len(y) else 'absent'}; two classes are needed")


def _wrong(which: str, what: str) -> None:
    raise EnvironmentFault(f"The {which} data are not usable: {what}.")
