"""Moons: two half circles."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from compare.tasks import Moons


def test_without_noise_to_speak_of_points_lie_on_half_circles_that_reach_into_each_other():
    X, y = Moons(noise=1e-9).load(0).train
    centres = np.array([(0.375, 0.4375), (0.625, 0.5625)])  # one moon apart, half a radius in height
    offset = X - centres[y]
    assert np.hypot(*offset.T) == pytest.approx(0.25, abs=1e-6)
    assert (
        np.where(y == 0, offset[:, 1], -offset[:, 1]) > -1e-6
    ).all()  # the upper half of one, the lower of the other


def test_a_line_cuts_both_and_neighbours_tell_them_apart():
    split = Moons().load(0)
    assert 0.8 < LogisticRegression(C=100).fit(*split.train).score(*split.test) < 0.93
    assert KNeighborsClassifier(5).fit(*split.train).score(*split.test) > 0.98


@pytest.mark.parametrize(("options", "message"), [({"noise": 0}, "noise = 0"), ({"validation": 1}, "validation = 1")])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Moons(**options)
