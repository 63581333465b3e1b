"""Handwritten digits read row by row: an image becomes a sequence

The 1,797 raw 8x8 images of the task digits, with its split, so that accuracies on the two can be compared; a network
sees one row of eight pixels at a time, from the top, and has to put the rows together itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._split import split_of
from compare.tasks.digits import Digits

__all__ = ["RowDigits"]


@dataclass(frozen=True)
class RowDigits:
    """Which digit was it? Sequences (time, feature) of eight rows with eight pixels.

    Train, validation, test and probe are those of digits (size 8): the same images in the same order.
    """

    name: ClassVar[str] = "row_digits"
    version: ClassVar[int] = Digits.version
    title: ClassVar[str] = "Handwritten digits, row by row (UCI, 1,797 images)"
    licence: ClassVar[str] = Digits.licence
    source: ClassVar[Source] = Digits.source

    def facts(self) -> Facts:
        """What is known before loading."""
        return replace(Digits(size=8).facts(), axes=("time", "feature"), shape=(8, 8))

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 8, 8) in [0, 1], y (sample,)."""
        images = Digits(size=8).load(seed)
        parts = ((X[:, 0], y) for X, y in (images.train, images.validation, images.test, images.probe))
        return split_of(self.facts(), *parts)
