"""Digits row by row are the digits."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from compare.tasks import Digits, RowDigits


def test_a_step_is_a_row_of_the_image_from_the_top():
    images, labels = load_digits(return_X_y=True)
    known = {image.astype(np.float32).tobytes(): label for image, label in zip(images / 16, labels, strict=True)}
    X, y = RowDigits().load(0).test
    assert [known[sample.reshape(64).tobytes()] for sample in X] == y.tolist()


def test_each_part_holds_the_same_images_as_digits():
    rows, images = RowDigits().load(0), Digits(size=8).load(0)
    for part in ("train", "validation", "test", "probe"):
        (X, y), (image, label) = getattr(rows, part), getattr(images, part)
        assert np.array_equal(X, image[:, 0])
        assert np.array_equal(y, label)


def test_no_single_row_is_enough():
    split = RowDigits().load(0)
    scores = [LogisticRegression(max_iter=300).fit(split.train[0][:, t], split.train[1]).score(
        split.test[0][:, t], split.test[1]) for t in range(8)]  # fmt: skip
    assert max(scores) < 0.6  # the whole image gives a linear model 0.95
