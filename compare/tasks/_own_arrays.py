"""What the tasks of a user's own arrays share: what is asked, and how the inputs are scaled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from compare.contract import Facts, Split
from compare.errors import EnvironmentFault
from compare.tasks._own_parts import (
    OwnParts,
    class_facts,
    divided,
    examples_of,
    refuse_thin_classes,
    split_parts,
)

WIDEST = 4  # axes of an array of images: (sample, channel, height, width)


@dataclass(frozen=True)
class Answers:
    """What is to be predicted: class indices (int64) with the classes' names, or values (float32) and None.

    Attributes:
        own_test: the last so many are the data's own test part.
    """

    y: np.ndarray
    names: tuple[str, ...] | None
    own_test: int = 0

    @property
    def labels(self) -> np.ndarray:
        """(sample,) by which samples are stratified: values are all alike."""
        return np.zeros(len(self.y), np.int64) if self.names is None else self.y


@dataclass(frozen=True, kw_only=True)
class OwnArrays(OwnParts):
    """Options of tasks whose inputs and answers are arrays.

    Inputs have to lie in [0, 1]. With scale = "training" they are brought there by (x - lowest) / (highest - lowest);
    lowest and highest are those of each feature over the training samples (and their time steps), of images those of
    all pixels. What lies beyond in other samples becomes 0 or 1; a feature that never changes becomes 0. Answers are
    not scaled.

    Attributes:
        target: "class", "value", or "auto": whole numbers, text and truth values are classes, other numbers values.
        scale: "training", or "none" for inputs that lie in [0, 1] as they are.
    """

    target: Literal["auto", "class", "value"] = "auto"
    scale: Literal["training", "none"] = "training"

    def __post_init__(self) -> None:
        super().__post_init__()
        for option, known in (("target", ("auto", "class", "value")), ("scale", ("training", "none"))):
            if getattr(self, option) not in known:
                raise ValueError(f"{option} = {getattr(self, option)!r} is none of {', '.join(map(repr, known))}.")

    def facts(self) -> Facts:
        """What the answers and the shape of the inputs tell; the inputs themselves are not read.

        Chance of values is the mean squared error on the test part of answering with the training part's mean.

        Raises:
            DataMissing, EnvironmentFault: the file is absent or not usable.
            ConfigurationError: it has too few samples for the parts that are asked for.
        """
        answers = self._answers()
        return self._facts(answers, divided(self, answers.labels, answers.own_test))

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, *shape) in [0, 1], y class indices or float32 values.

        Raises:
            DataMissing, EnvironmentFault: the file is absent, damaged, or has not the pinned content.
            ConfigurationError: it has too few samples for the parts that are asked for.
        """
        answers = self._answers()
        parts = divided(self, answers.labels, answers.own_test)
        X = checked(self._samples(), parts, self._content()[1])
        low, span = scaling(X[parts["train"]]) if self.scale == "training" else (0.0, 1.0)

        def read(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            values = (X[indices] - low) / span
            return (values.clip(0, 1) if self.scale == "training" else values).astype(np.float32), answers.y[indices]

        return split_parts(self._facts(answers, parts), parts, read)

    def _facts(self, answers: Answers, parts: dict[str, np.ndarray]) -> Facts:
        axes, shape = self._axes()
        if answers.names is not None:
            mend = 'Give more samples of each class, or, if numbers are to be predicted, write target = "value".'
            refuse_thin_classes(answers.names, answers.y, parts, mend)
            return class_facts(axes, shape, len(answers.names), answers.y, parts)
        constant = answers.y[parts["train"]].mean(axis=0, dtype=float)
        chance = float(((answers.y[parts["test"]] - constant) ** 2).mean())
        return Facts("value", axes, shape, None, chance, examples_of(parts))

    def _answers(self) -> Answers:
        raise NotImplementedError

    def _axes(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Names and lengths of a sample's axes."""
        raise NotImplementedError

    def _samples(self) -> np.ndarray:
        """All inputs, (sample, *shape), numbers of any type, of the pinned content."""
        raise NotImplementedError


def answers_of(y: np.ndarray, target: str, where: str, own_test: int = 0) -> Answers:
    """Class indices or values, told by the type of `y` where `target` is "auto".

    Args:
        y: (sample,) of any type, or (sample, value) of numbers.
        target: "auto", "class" or "value".
        where: the array's or column's place in words, for messages.

    Raises:
        EnvironmentFault: `y` does not fit the target.
    """
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.dtype.kind not in "biufUS":
        raise EnvironmentFault(f"{where} holds {y.dtype}; expected numbers, text or truth values.")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        missing = int((~np.isfinite(y)).sum())
        raise EnvironmentFault(f"{where} has {missing:,} NaN or infinite answers. Leave those samples out.")
    if target == "value" or (target == "auto" and y.dtype.kind == "f"):
        return _values(y, where, own_test)
    if y.ndim != 1:
        raise EnvironmentFault(f"{where} has the shape {y.shape}; a class is one number or text for each sample.")
    if y.dtype.kind == "f" and (y % 1 != 0).any():
        raise EnvironmentFault(f'{where} holds {y[y % 1 != 0][0]:g}, which is no class. Write target = "value".')
    names, labels = np.unique(y.astype(np.int64) if y.dtype.kind == "f" else y, return_inverse=True)
    return Answers(labels.astype(np.int64), tuple(str(name) for name in names), own_test)


def _values(y: np.ndarray, where: str, own_test: int) -> Answers:
    if y.dtype.kind in "US":
        raise EnvironmentFault(f'{where} holds text, such as {str(y[0])!r}, which is no value. Write target = "class".')
    if y.ndim > 2:
        raise EnvironmentFault(f"{where} has the shape {y.shape}; expected (sample,) or (sample, value).")
    return Answers(y.astype(np.float32), None, own_test)


def checked(X: np.ndarray, parts: dict[str, np.ndarray], path: Path) -> np.ndarray:
    """The inputs, if those that are used are finite numbers; `path` is named if not.

    Raises:
        EnvironmentFault: they are not.
    """
    used = np.concatenate(list(parts.values()))
    if X.dtype.kind == "f":
        faulty = ~np.isfinite(X[used]).reshape(len(used), -1).all(axis=1)
        if faulty.any():
            raise EnvironmentFault(
                f"{path} is not usable: {int(faulty.sum()):,} of {len(used):,} samples hold NaN or infinity, the first "
                f"is sample {int(used[faulty].min())} (from 0). Fill them in or leave those samples out."
            )
    return X


def scaling(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest value, and highest minus lowest: of each feature, or of all pixels of (sample, channel, height, width)."""
    axes = None if X.ndim == WIDEST else tuple(range(X.ndim - 1))
    low, high = (np.asarray(found, np.float64) for found in (X.min(axis=axes), X.max(axis=axes)))
    return low, np.where(high > low, high - low, 1.0)
