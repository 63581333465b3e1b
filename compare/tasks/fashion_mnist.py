"""Fashion-MNIST: 70,000 photographs of clothes, 28x28 pixels, in MNIST's format

Ten kinds of garment that are harder to tell apart than digits. Files, sizes and split are as of mnist: the four IDX
files, gzipped or not, looked for in the data folder (`--data`, NEUROCONTRAST_DATA), then in the user's cache, then
downloaded there. Every file is checked against its published MD5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ann.source import Source
from compare.tasks._idx_images import IdxImages

__all__ = ["FashionMnist"]

MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)
GZIPPED_MD5 = {  # as in the README of github.com/zalandoresearch/fashion-mnist
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
UNZIPPED_MD5 = {
    "train-images-idx3-ubyte.gz": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    "train-labels-idx1-ubyte.gz": "9018921c3c673c538a1fc5bad174d6f9",
    "t10k-images-idx3-ubyte.gz": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte.gz": "15d484375f8d13e6eb1aabb0c3f46965",
}


@dataclass(frozen=True)
class FashionMnist(IdxImages):
    """Which garment is it? The test images are the published 10,000, in the published order.

    Classes: 0 T-shirt, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot. The
    60,000 training images are put in one fixed stratified order: the first `validation` of it choose, the next `train`
    teach. So a smaller training set lies inside a larger one, and the validation set stays the same.

    Attributes:
        train: how many to learn from; None for all that `validation` leaves.
        validation: how many to choose by.
        test: how many to be judged on, a fixed stratified part of the published test set; None for all 10,000.
    """

    name: ClassVar[str] = "fashion_mnist"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Fashion-MNIST photographs of clothes (70,000 images)"
    licence: ClassVar[str] = "MIT"
    source: ClassVar[Source] = Source(
        "Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747",
        authors="Xiao, H. and Rasul, K. and Vollgraf, R.",
        title="Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
        journal="arXiv:1708.07747",
        year=2017,
        doi="10.48550/arXiv.1708.07747",
    )
    gzipped_md5: ClassVar[Mapping[str, str]] = GZIPPED_MD5
    unzipped_md5: ClassVar[Mapping[str, str]] = UNZIPPED_MD5
    mirrors: ClassVar[tuple[str, ...]] = MIRRORS
