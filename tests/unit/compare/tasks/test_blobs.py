"""Blobs: the best error is known."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from compare.tasks import Blobs


def test_the_best_answer_errs_as_often_as_two_normal_clouds_overlap():
    task = Blobs(classes=2, spread=0.2, train=2000, test=20_000)
    split = task.load(0)
    expected = norm.cdf(-0.5 / (2 * 0.2))  # centres lie 0.5 apart
    error = 1 - LinearDiscriminantAnalysis().fit(*split.train).score(*split.test)
    assert error == pytest.approx(expected, abs=0.01)  # 0.106; s.e. 0.002 of 20,000, and a fitted line


def test_clouds_lie_around_their_centres_with_the_spread_asked_for():
    task = Blobs(classes=4, spread=0.05, train=20_000)
    X, y = task.load(0).train
    assert np.bincount(y).tolist() == [5000] * 4
    for one, centre in enumerate([(0.75, 0.5), (0.5, 0.75), (0.25, 0.5), (0.5, 0.25)]):
        assert X[y == one].mean(axis=0) == pytest.approx(centre, abs=0.003)  # s.e. 0.0007
        assert X[y == one].std(axis=0) == pytest.approx([0.05, 0.05], rel=0.04)  # s.e. 1 %


@pytest.mark.parametrize(
    ("options", "message"), [({"classes": 1}, "classes = 1"), ({"spread": 0}, "spread = 0"), ({"test": 2}, "test = 2")]
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Blobs(**options)
