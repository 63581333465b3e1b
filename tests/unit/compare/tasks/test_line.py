"""A line: scipy finds it again."""

import numpy as np
import pytest
from scipy.stats import kstest, linregress

from compare.tasks import Line


@pytest.mark.parametrize("options", [{}, {"slope": -3.0, "intercept": 0.5, "noise": 0.4}])
def test_least_squares_finds_the_line_within_its_own_standard_errors(options):
    task = Line(train=5000, **options)
    X, y = task.load(0).train
    found = linregress(X[:, 0], y)
    assert abs(found.slope - task.slope) < 4 * found.stderr
    assert abs(found.intercept - task.intercept) < 4 * found.intercept_stderr
    residual = y - task.slope * X[:, 0] - task.intercept
    assert kstest(residual / task.noise, "norm").pvalue > 0.01


def test_chance_is_the_error_of_the_best_constant():
    task = Line(test=20_000)
    _, y = task.load(0).test
    assert np.mean((y - 4) ** 2) == pytest.approx(task.facts().chance, rel=0.03)  # s.e. 0.6 %; 4 = 2/2 + 3


def test_without_noise_every_point_lies_on_the_line():
    X, y = Line(noise=0).load(0).test
    assert np.allclose(y, 2 * X[:, 0] + 3, atol=1e-6)  # float32


@pytest.mark.parametrize(
    ("options", "message"),
    [({"noise": -1}, "noise = -1"), ({"slope": float("inf")}, "slope = inf"), ({"train": 1}, "train = 1")],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Line(**options)
