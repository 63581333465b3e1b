"""Paired statistics against scipy, against published numbers, and against simulation."""

import numpy as np
import pytest
from scipy import stats

from compare.statistics import (
    effect_size,
    equivalence,
    item_error,
    mcnemar,
    mean_interval,
    paired_t,
    sign_flip,
    smallest_detectable,
)

# Student 1908, Biometrika 6:1: hours of sleep gained by ten patients under two drugs.
SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
# Darwin's maize, Fisher 1935, The Design of Experiments: height differences of 15 pairs in eighths of an inch.
MAIZE = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], dtype=float)


def test_the_paired_t_test_gives_students_published_numbers():
    test = paired_t(SLEEP_2, SLEEP_1)
    assert test.difference == pytest.approx(1.58)
    assert test.difference / test.error == pytest.approx(4.0621, abs=5e-5)  # as printed
    assert test.p == pytest.approx(0.002833, abs=5e-7)
    assert test.interval(0.95) == pytest.approx((0.7001142, 2.4598858), abs=5e-8)


def test_the_paired_t_test_is_scipys():
    generator = np.random.default_rng(1)
    a, b = generator.normal(0, 1, 12), generator.normal(0.5, 2, 12)
    theirs = stats.ttest_rel(a, b)
    ours = paired_t(a, b)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-12)
    interval = theirs.confidence_interval(0.9)
    assert ours.interval(0.9) == pytest.approx((interval.low, interval.high), rel=1e-12)


def test_the_sign_flip_test_gives_fishers_published_count():
    test = sign_flip(MAIZE)
    assert MAIZE.sum() == 314
    assert test.exact
    assert test.p == pytest.approx(2 * 863 / 2**15, abs=1e-15)  # Fisher counted 863 of 32,768 on each side


def test_the_sign_flip_test_is_scipys_exact_permutation_test():
    d = np.random.default_rng(2).normal(0.4, 1, 9)
    theirs = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip(d).p == pytest.approx(theirs.pvalue, abs=1e-15)


@pytest.mark.parametrize(("n", "smallest"), [(3, 0.25), (5, 0.0625), (10, 0.001953125)])
def test_the_smallest_possible_p_is_told_and_is_reached_when_all_signs_agree(n, smallest):
    test = sign_flip(np.linspace(1, 2, n))
    assert test.smallest == smallest
    assert test.p == smallest


def test_equal_differences_tie_whatever_their_rounding():
    assert sign_flip([0.1, 0.2, -0.3]).p == 1.0  # 0.1 + 0.2 - 0.3 is not 0 in floats, but every pattern is as extreme


def test_more_pairs_than_can_be_enumerated_are_drawn_and_agree_with_t():
    d = np.random.default_rng(3).normal(0.3, 1, 60)
    test = sign_flip(d)
    assert not test.exact
    assert test.p == sign_flip(d).p
    # the sign-flip and t tests agree at this n to a few parts in a hundred; 200,000 draws add .0004 of error
    assert test.p == pytest.approx(stats.ttest_1samp(d, 0).pvalue, rel=0.15, abs=0.002)


def test_seeds_that_all_say_the_same_have_no_standard_error():
    test = paired_t([0.7, 0.7, 0.7], [0.6, 0.6, 0.6])
    assert np.isnan(test.error)
    assert np.isnan(test.p)
    assert test.interval() == (test.difference, test.difference)


def test_nadeau_and_bengios_correction_widens_the_error_by_the_overlap():
    a, b = SLEEP_2, SLEEP_1
    plain, corrected = paired_t(a, b), paired_t(a, b, resampled=(90, 10))
    assert corrected.error / plain.error == pytest.approx(np.sqrt((1 / 10 + 10 / 90) / (1 / 10)))
    assert corrected.p > plain.p


def test_the_effect_size_is_unbiased_where_the_plain_one_is_not():
    generator = np.random.default_rng(4)
    samples = generator.normal(0.8, 1.0, (20_000, 5))
    plain = samples.mean(axis=1) / samples.std(axis=1, ddof=1)
    ours = np.array([effect_size(sample) for sample in samples])
    standard_error = ours.std() / np.sqrt(len(ours))
    assert ours.mean() == pytest.approx(0.8, abs=4 * standard_error)
    assert plain.mean() > 0.9


def test_hedges_factor_is_his_table():
    # Hedges 1981, table 2: c(9) = .9139, here for ten pairs
    d = np.arange(10.0)
    assert effect_size(d) / (d.mean() / d.std(ddof=1)) == pytest.approx(0.9139, abs=5e-4)


def test_the_smallest_detectable_difference_is_found_in_four_of_five_experiments():
    n, alpha = 8, 0.02
    difference = smallest_detectable(2.0, n, alpha=alpha)
    d = np.random.default_rng(5).normal(difference, 2.0, (20_000, n))
    found = (stats.ttest_1samp(d, 0, axis=1).pvalue < alpha).mean()
    assert found == pytest.approx(0.8, abs=4 * np.sqrt(0.8 * 0.2 / 20_000))


def test_the_smallest_detectable_difference_is_cohens():
    # Cohen 1988: a paired t test of 34 pairs at .05 finds d_z = .5 with power .81; of 33 with .80
    assert smallest_detectable(1.0, 33) == pytest.approx(0.5, abs=0.005)


def test_equivalence_is_two_one_sided_t_tests():
    generator = np.random.default_rng(6)
    a = generator.normal(0.95, 0.01, 12)
    b = a + generator.normal(0.001, 0.004, 12)
    lower = stats.ttest_1samp(a - b, -0.01, alternative="greater").pvalue
    upper = stats.ttest_1samp(a - b, 0.01, alternative="less").pvalue
    assert equivalence(a, b, 0.01) == pytest.approx(max(lower, upper), rel=1e-9)


def test_equivalence_needs_a_margin():
    with pytest.raises(ValueError, match="margin = 0"):
        equivalence([1.0, 2.0], [1.0, 2.1], 0)


def test_mcnemar_gives_the_published_p():
    # Fagerland, Lydersen & Laake 2013, BMC Med. Res. Methodol. 13:91: 1 against 7 discordant pairs, exact p = .0703
    a = np.array([True] * 1 + [False] * 7 + [True] * 13)
    b = np.array([False] * 1 + [True] * 7 + [True] * 13)
    result = mcnemar(a, b)
    assert (result.only_a, result.only_b) == (1, 7)
    assert result.p == pytest.approx(0.0703, abs=5e-5)


def test_mcnemar_of_models_that_err_alike_is_one():
    assert mcnemar(np.array([True, False]), np.array([True, False])).p == 1.0


def test_the_error_of_drawing_items_is_binomial():
    drawn = np.random.default_rng(7).binomial(500, 0.9, 50_000) / 500
    assert item_error(0.9, 500) == pytest.approx(drawn.std(), rel=0.02)  # s.e. of a s.d. from 50,000 draws: .3 %


@pytest.mark.parametrize("n", [3, 5, 10])
def test_t_intervals_cover_the_truth_as_often_as_they_say(n):
    samples = np.random.default_rng(n).normal(0.9, 0.02, (4000, n))
    intervals = [mean_interval(sample) for sample in samples]
    covered = np.mean([interval.low <= 0.9 <= interval.high for interval in intervals])
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 4000))  # 3 binomial standard errors


def test_an_interval_of_one_value_is_no_interval():
    interval = mean_interval([0.9, np.nan])
    assert interval.n == 1
    assert interval.mean == 0.9
    assert np.isnan(interval.low)


def test_pairs_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"a has the shape \(2,\), b \(3,\)"):
        paired_t([1, 2], [1, 2, 3])
