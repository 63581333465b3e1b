"""What MNIST and the data sets in its format share: four IDX files, 60,000 + 10,000 images of 28x28, ten classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from compare.contract import Facts, Split
from compare.errors import EnvironmentFault
from compare.tasks._files import find_files
from compare.tasks._idx import read_idx
from compare.tasks._split import shuffled, split_of, stratified_order

__all__ = ["IdxImages"]

POOL, TEST, PROBE = 60_000, 10_000, 200


@dataclass(frozen=True)
class IdxImages:
    """Options and loading of such a data set; what inherits gives `name`, the checksums and the mirrors.

    The 60,000 training images are put in one fixed stratified order: the first `validation` of it choose, the next
    `train` teach. So a smaller training set lies inside a larger one, and the validation set stays the same. The test
    images are the published 10,000, in the published order.

    Attributes:
        train: how many to learn from; None for all that `validation` leaves.
        validation: how many to choose by.
        test: how many to be judged on, a fixed stratified part of the published test set; None for all 10,000.
        gzipped_md5, unzipped_md5: file name -> MD5 of the file as published and of its content: training images,
            training labels, test images, test labels.
        mirrors: addresses that the files are fetched from.
    """

    train: int | None = None
    validation: int = 5_000
    test: int | None = None

    name: ClassVar[str]
    gzipped_md5: ClassVar[Mapping[str, str]]
    unzipped_md5: ClassVar[Mapping[str, str]]
    mirrors: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        if not 10 <= self.validation < POOL:
            raise ValueError(f"validation = {self.validation}: write a number from 10 to {POOL - 1:,} images.")
        room = POOL - self.validation
        if self.train is not None and not 10 <= self.train <= room:
            raise ValueError(f"train = {self.train}: {room:,} images are left beside validation; write 10 to {room:,}.")
        if self.test is not None and not PROBE <= self.test <= TEST:
            raise ValueError(f"test = {self.test}: write {PROBE} to {TEST:,} images.")

    def facts(self) -> Facts:
        """What is known before loading."""
        train = POOL - self.validation if self.train is None else self.train
        return Facts(
            target="class",
            axes=("channel", "height", "width"),
            shape=(1, 28, 28),
            classes=10,
            chance=0.1,
            examples={"train": train, "validation": self.validation, "test": self.test or TEST},
        )

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 1, 28, 28) in [0, 1], y (sample,).

        Raises:
            DataMissing: the files are nowhere and cannot be downloaded; the message says where to get them.
            EnvironmentFault: a file is damaged.
        """
        names = tuple(self.gzipped_md5)
        paths = find_files(self.name, names, self.gzipped_md5, self.mirrors)
        images, labels, test_images, test_labels = (self._read(name, paths[name]) for name in names)
        count = self.facts().examples
        order = stratified_order(labels, f"{self.name} train")[: self.validation + count["train"]]
        validation, train = np.split(order, [self.validation])
        judged = stratified_order(test_labels, f"{self.name} test")[: count["test"]]
        return split_of(
            self.facts(),
            _taken(images, labels, shuffled(train, f"{self.name} train")),
            _taken(images, labels, shuffled(validation, f"{self.name} validation")),
            _taken(test_images, test_labels, np.sort(judged)),
            _taken(test_images, test_labels, shuffled(judged[:PROBE], f"{self.name} probe")),
        )

    def _read(self, name: str, path: Path) -> np.ndarray:
        try:
            return read_idx(path, self.unzipped_md5[name])
        except EnvironmentFault as fault:
            if path.parent.name == self.name:
                raise
            raise EnvironmentFault(
                f"{fault} If it belongs to another data set in MNIST's format, whose files have the same names, keep "
                f"it and put those of {self.name} into {path.parent / self.name}."
            ) from fault


def _taken(images: np.ndarray, labels: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those images as (sample, 1, 28, 28) float32 of [0, 1], and their labels as int64."""
    return images[indices][:, None].astype(np.float32) / np.float32(255), labels[indices].astype(np.int64)
