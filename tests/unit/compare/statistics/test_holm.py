"""Holm's correction: by hand, as a family-wise guarantee, and its intervals agree with its decisions."""

import numpy as np
import pytest

from compare.statistics import holm, paired_t


def test_adjusted_p_values_by_hand():
    family = holm([0.01, 0.04, 0.03, 0.005])
    assert family.adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert family.rejected.tolist() == [True, False, False, True]
    assert family.alpha == pytest.approx([0.05 / 3, 0.05 / 2, 0.05 / 2, 0.05 / 4])


def test_after_the_first_failure_nothing_is_rejected():
    assert holm([0.001, 0.03, 0.03, 0.04]).rejected.tolist() == [True, False, False, False]


def test_tests_that_could_not_be_done_do_not_count():
    family = holm([np.nan, 0.02, 0.03])
    assert np.isnan(family.adjusted[0])
    assert family.adjusted[1:] == pytest.approx([0.04, 0.04])
    assert not family.rejected[0]


def test_an_empty_family_and_one_of_nan_alone_are_answered():
    assert holm([]).adjusted.shape == (0,)
    assert np.isnan(holm([np.nan]).adjusted[0])


def test_an_interval_excludes_zero_exactly_when_holm_rejects():
    generator = np.random.default_rng(0)
    for _ in range(300):
        pairs = [paired_t(generator.normal(generator.choice([0, 0.8]), 1, 10), np.zeros(10)) for _ in range(5)]
        family = holm([pair.p for pair in pairs])
        bounds = [pair.interval(1 - alpha) for pair, alpha in zip(pairs, family.alpha, strict=True)]
        assert [low > 0 or high < 0 for low, high in bounds] == family.rejected.tolist()


def test_a_false_claim_among_six_comes_in_at_most_one_family_of_twenty():
    generator = np.random.default_rng(1)
    false = 0
    for _ in range(1000):
        values = generator.normal(0, 1, (4, 10))  # four equal learners, all six pairs
        pairs = [paired_t(values[i], values[j]) for i in range(4) for j in range(i)]
        false += bool(holm([pair.p for pair in pairs]).rejected.any())
    assert false <= 69  # 99.5 % bound of Binomial(1000, .05)


@pytest.mark.parametrize("effect", [0.0, 0.7])
def test_each_interval_covers_its_difference_at_least_as_often_as_it_says(effect):
    generator = np.random.default_rng(2)
    covered = np.zeros(3)
    for _ in range(2000):
        pairs = [paired_t(generator.normal(effect, 1, 8), np.zeros(8)) for _ in range(3)]
        family = holm([pair.p for pair in pairs])
        bounds = [pair.interval(1 - alpha) for pair, alpha in zip(pairs, family.alpha, strict=True)]
        covered += [low <= effect <= high for low, high in bounds]
    assert (covered / 2000).min() >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 2000)  # 3 binomial standard errors
