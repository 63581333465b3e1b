"""Divides examples into train, validation, test and probe: the same on every machine, every class in its share."""

from __future__ import annotations

import hashlib
import zlib

import numpy as np

from compare.contract import Facts, Split
from compare.usable import check_part

Part = tuple[np.ndarray, np.ndarray]


def stratified_order(labels: np.ndarray, name: str) -> np.ndarray:
    """An order of the examples in which every run of neighbours has each class in its share.

    Each class is shuffled, its k-th of m examples gets the place (k + 1/2) / m, and all are sorted by place. The
    first n examples are then a stratified sample for every n, and smaller samples lie inside larger ones.

    Args:
        labels: (sample,) class indices.
        name: what the shuffle is drawn from; there is no seed to choose.

    Returns:
        (sample,) indices, int64.
    """
    keys = _keys(len(labels), name)
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        members = members[np.argsort(keys[members], kind="stable")]
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.lexsort((keys, place))


def shuffled(indices: np.ndarray, name: str) -> np.ndarray:
    """The same indices in another fixed order, so that neighbours in training are of no particular class."""
    return indices[np.argsort(_keys(len(indices), name), kind="stable")]


def _keys(n: int, name: str) -> np.ndarray:
    # PCG64's raw output is part of its definition; numpy's shuffles are not promised to stay the same.
    return np.random.PCG64(zlib.crc32(name.encode())).random_raw(n)


def split_of(facts: Facts, train: Part, validation: Part, test: Part, probe: Part) -> Split:
    """A Split with its checksum, its values checked.

    Raises:
        EnvironmentFault: the data are not what the task says.
    """
    parts = [(np.ascontiguousarray(X, dtype=np.float32), np.ascontiguousarray(y)) for X, y in
             (train, validation, test, probe)]  # fmt: skip
    for which, (X, y) in zip(("train", "validation", "test", "probe"), parts, strict=True):
        check_part(facts, which, X, y)
    return Split(*parts, checksum=checksum(parts))


def checksum(parts: list[Part]) -> str:
    """sha256 of the arrays' types, shapes and bytes, in order."""
    digest = hashlib.sha256()
    for part in parts:
        for array in part:
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
