"""MNIST: 70,000 handwritten digits of 28x28 pixels

The four IDX files, gzipped or not. They are looked for in the data folder (`--data`, NEUROCONTRAST_DATA), then in the
user's cache, then downloaded there. Every file is checked against its published MD5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._files import find_files
from compare.tasks._idx import read_idx
from compare.tasks._split import shuffled, split_of, stratified_order

__all__ = ["Mnist"]

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
GZIPPED_MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
UNZIPPED_MD5 = {
    "train-images-idx3-ubyte.gz": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte.gz": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte.gz": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte.gz": "27ae3e4e09519cfbb04c329615203637",
}
POOL, TEST, PROBE = 60_000, 10_000, 200


@dataclass(frozen=True)
class Mnist:
    """Which digit is it? The test images are the published 10,000, in the published order.

    The 60,000 training images are put in one fixed stratified order: the first `validation` of it choose, the next
    `train` teach. So a smaller training set lies inside a larger one, and the validation set stays the same.

    Attributes:
        train: how many to learn from; None for all that `validation` leaves.
        validation: how many to choose by.
        test: how many to be judged on, a fixed stratified part of the published test set; None for all 10,000.
    """

    train: int | None = None
    validation: int = 5_000
    test: int | None = None

    name: ClassVar[str] = "mnist"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "MNIST handwritten digits (70,000 images)"
    licence: ClassVar[str] = "CC BY-SA 3.0"
    source: ClassVar[Source] = Source(
        "LeCun, Bottou, Bengio & Haffner 1998, Proc. IEEE 86(11):2278-2324",
        authors="LeCun, Y. and Bottou, L. and Bengio, Y. and Haffner, P.",
        title="Gradient-based learning applied to document recognition",
        journal="Proceedings of the IEEE",
        year=1998,
        doi="10.1109/5.726791",
    )

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
        paths = find_files(self.name, tuple(GZIPPED_MD5), GZIPPED_MD5, MIRRORS)
        images, labels, test_images, test_labels = (read_idx(paths[name], UNZIPPED_MD5[name]) for name in GZIPPED_MD5)
        count = self.facts().examples
        order = stratified_order(labels, "mnist train")[: self.validation + count["train"]]
        validation, train = np.split(order, [self.validation])
        judged = stratified_order(test_labels, "mnist test")[: count["test"]]
        return split_of(
            self.facts(),
            _taken(images, labels, shuffled(train, "mnist train")),
            _taken(images, labels, shuffled(validation, "mnist validation")),
            _taken(test_images, test_labels, np.sort(judged)),
            _taken(test_images, test_labels, shuffled(judged[:PROBE], "mnist probe")),
        )


def _taken(images: np.ndarray, labels: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those images as (sample, 1, 28, 28) float32 of [0, 1], and their labels as int64."""
    return images[indices][:, None].astype(np.float32) / np.float32(255), labels[indices].astype(np.int64)
