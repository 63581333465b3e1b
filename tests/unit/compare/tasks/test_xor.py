"""Exclusive or: the truth table is the probe, and no line separates the points."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from compare.tasks import XOR


def test_the_probe_is_the_truth_table():
    probe, answers = XOR().load(0).probe
    assert probe.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert answers.tolist() == [0, 1, 1, 0]


def test_each_corner_comes_equally_often_and_labels_follow_the_corner():
    X, y = XOR(noise=0.1).load(0).train
    corner = np.rint(X).astype(int)  # five standard deviations to the middle
    assert np.array_equal(corner[:, 0] ^ corner[:, 1], y)
    assert np.unique(corner, axis=0, return_counts=True)[1].tolist() == [100] * 4


def test_the_noise_points_inwards_with_the_standard_deviation_asked_for():
    X, _ = XOR(train=8000, noise=0.1).load(0).train
    distance = np.minimum(X, 1 - X)
    assert X.min() >= 0
    assert X.max() <= 1
    assert np.sqrt((distance**2).mean()) == pytest.approx(0.1, rel=0.03)  # 16,000 draws: s.e. 0.6 %


def test_a_linear_model_stays_at_chance():
    split = XOR().load(0)
    accuracy = LogisticRegression().fit(*split.train).score(*split.test)
    assert accuracy < 0.7  # a line gets at most three of four corners, and the fit has no reason to


def test_the_parts_share_no_noisy_point():
    split = XOR().load(0)
    rows = np.concatenate([split.train[0], split.validation[0], split.test[0][4:]])
    assert len(np.unique(rows, axis=0)) == len(rows)


@pytest.mark.parametrize(("options", "message"), [({"train": 3}, "train = 3"), ({"noise": -1}, "noise = -1")])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        XOR(**options)
