"""What published sets of events share: a training and a test part of known sizes, of which a task may take a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compare.contract import Facts
from compare.tasks._events import AXES, EventFrames

LEAST = 200  # test samples, so that there is a whole probe


@dataclass(frozen=True, kw_only=True)
class PublishedEvents(EventFrames):
    """Sizes and facts; what inherits says how many samples and classes were published, and how many units there are.

    The published training samples are put in one fixed stratified order: the first `validation` of it choose, the next
    `train` teach. So a smaller training set lies inside a larger one, and the validation set stays the same. Frames are
    kept in memory: 4 bytes x steps x units for each sample.

    Attributes:
        train: how many to learn from; None for all that `validation` leaves.
        validation: how many to choose by.
        test: how many to be judged on, a fixed stratified part of the published test set; None for all.
        published: samples of the published training and test part.
        classes: how many.
    """

    train: int | None = None
    validation: int = 1_000
    test: int | None = None

    name: ClassVar[str]
    published: ClassVar[tuple[int, int]]
    classes: ClassVar[int]

    def __post_init__(self) -> None:
        super().__post_init__()
        pool, judged = self.published
        room = pool - self.validation
        if not self.classes <= self.validation <= pool - self.classes:
            raise ValueError(
                f"validation = {self.validation}: write {self.classes} to {pool - self.classes:,} samples."
            )
        if self.train is not None and not self.classes <= self.train <= room:
            raise ValueError(
                f"train = {self.train}: {room:,} samples are left beside validation; write {self.classes} to {room:,}."
            )
        if self.test is not None and not LEAST <= self.test <= judged:
            raise ValueError(f"test = {self.test}: write {LEAST} to {judged:,} samples.")

    def facts(self) -> Facts:
        """What is known before loading."""
        pool, judged = self.published
        sizes = {
            "train": self.train or pool - self.validation,
            "validation": self.validation,
            "test": self.test or judged,
        }
        shape = (self.steps, self.units_in_all())
        return Facts("class", AXES, shape, self.classes, 1 / self.classes, sizes)

    def units_in_all(self) -> int:
        """Units of a frame."""
        raise NotImplementedError

    def stacked(self, recordings: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """The frames of recordings (time_us, unit), float32 (sample, step, unit)."""
        X = np.empty((len(recordings), *self.facts().shape), np.float32)
        for place, (time_us, unit) in enumerate(recordings):
            X[place] = self.frames(time_us, unit, X.shape[2])
        return X
