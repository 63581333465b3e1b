"""The checks that every task's data pass before a learner sees them."""

import numpy as np
import pytest

from compare.contract import Facts
from compare.errors import EnvironmentFault
from compare.tasks._split import stratified_order
from compare.usable import check_part

FACTS = Facts(target="class", axes=("feature",), shape=(3,), classes=2, chance=0.5)


def test_every_beginning_of_the_order_has_each_class_in_its_share():
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    order = stratified_order(labels, "some name")
    assert sorted(order) == list(range(1000))
    for n in (10, 57, 200, 999):
        shares = np.bincount(labels[order[:n]], minlength=3)
        assert np.abs(shares - n * np.array([0.6, 0.3, 0.1])).max() <= 1.0  # whole examples


def test_the_order_does_not_follow_the_files_order():
    order = stratified_order(np.zeros(500, int), "some name")
    assert abs(np.corrcoef(order, np.arange(500))[0, 1]) < 0.15  # 3 standard errors of 1/sqrt(500)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.array([[0, np.nan, 1]]), np.array([0]), "1 of 3 values are NaN"),
        (np.array([[0, 2.0, 1]]), np.array([0]), r"from 0 to 2; scale them to \[0, 1\]"),
        (np.zeros((1, 3)), np.array([2]), "labels reach from 2 to 2; expected 0 to 1"),
        (np.zeros((2, 3)), np.array([1, 1]), "all 2 labels are 1; two classes are needed"),
        (np.zeros((1, 4)), np.array([0]), r"X has the shape \(1, 4\)"),
        (np.zeros((2, 3)), np.array([0]), r"y \(1,\)"),
    ],
)
def test_unusable_data_say_what_is_wrong(X, y, message):
    with pytest.raises(EnvironmentFault, match=f"The train data are not usable: .*{message}"):
        check_part(FACTS, "train", X, y)
