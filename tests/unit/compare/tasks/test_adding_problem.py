"""Adding problem: the target is the sum, and the best constant has an error of 1/6."""

import numpy as np
import pytest
from scipy.stats import kstest, triang

from compare.tasks import AddingProblem


def test_the_target_is_the_sum_of_the_marked_numbers_one_in_each_half():
    X, y = AddingProblem(steps=7).load(0).test
    assert np.allclose((X[:, :, 0] * X[:, :, 1]).sum(axis=1), y, atol=1e-6)
    assert X[:, :3, 1].sum(axis=1).tolist() == [1] * len(X)
    assert X[:, 3:, 1].sum(axis=1).tolist() == [1] * len(X)


def test_always_answering_one_errs_by_a_sixth_and_so_says_chance():
    task = AddingProblem(test=20_000)
    _, y = task.load(0).test
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, rel=0.03)  # 20,000 draws: s.e. 0.8 %
    assert task.facts().chance == 1 / 6


def test_sums_have_the_triangular_distribution_of_two_uniform_numbers():
    _, y = AddingProblem().load(0).train
    assert kstest(y, triang(0.5, scale=2).cdf).pvalue > 0.01


def test_a_hundred_steps_are_the_default_and_every_place_is_marked_somewhere():
    X, _ = AddingProblem().load(0).train
    assert X.shape == (5000, 100, 2)
    assert X[:, :, 1].sum(axis=0).min() > 50  # 100 expected at each


@pytest.mark.parametrize(("options", "message"), [({"steps": 1}, "steps = 1"), ({"test": 1}, "test = 1")])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        AddingProblem(**options)
