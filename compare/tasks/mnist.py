"""MNIST: 70,000 handwritten digits of 28x28 pixels

The four IDX files, gzipped or not. They are looked for in the data folder (`--data`, NEUROCONTRAST_DATA), then in the
user's cache, then downloaded there. Every file is checked against its published MD5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ann.source import Source
from compare.tasks._idx_images import IdxImages

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


@dataclass(frozen=True)
class Mnist(IdxImages):
    """Which digit is it? The test images are the published 10,000, in the published order.

    The 60,000 training images are put in one fixed stratified order: the first `validation` of it choose, the next
    `train` teach. So a smaller training set lies inside a larger one, and the validation set stays the same.

    Attributes:
        train: how many to learn from; None for all that `validation` leaves.
        validation: how many to choose by.
        test: how many to be judged on, a fixed stratified part of the published test set; None for all 10,000.
    """

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
    gzipped_md5: ClassVar[Mapping[str, str]] = GZIPPED_MD5
    unzipped_md5: ClassVar[Mapping[str, str]] = UNZIPPED_MD5
    mirrors: ClassVar[tuple[str, ...]] = MIRRORS
