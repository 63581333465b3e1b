"""Verdicts: the rules, the sentences, and that a learner does not beat itself."""

import numpy as np
import pandas as pd
import pytest

from compare.statistics import verdicts
from compare.statistics._wording import measure


def table(seeds: int = 10, **means: float) -> pd.DataFrame:
    """Accuracies with a standard deviation of half a point; seeds are rows, learners columns."""
    generator = np.random.default_rng(0)
    return pd.DataFrame({label: mean + 0.005 * generator.standard_normal(seeds) for label, mean in means.items()})


def one(values: pd.DataFrame, **options):
    return verdicts(values, [tuple(values.columns[:2])], **{"margin": 0.01, **options})[0]


def test_a_clear_gap_beyond_the_margin_is_a_win_with_its_numbers():
    found = one(table(MLP=0.95, STDP=0.85))
    assert found.outcome == "a better"
    assert found.low > 0
    assert found.sentence.startswith("Untuned defaults: MLP beats STDP in accuracy by ")
    assert f"by {100 * found.difference:.2f} points" in found.sentence
    assert f"interval {100 * found.low:.2f} to {100 * found.high:.2f}, n = 10 paired seeds" in found.sentence
    assert "for this test set" in found.sentence


def test_the_winner_may_be_the_second_and_its_gap_is_told_as_positive():
    found = one(table(STDP=0.85, MLP=0.95))
    assert found.outcome == "b better"
    assert found.difference < 0
    assert f"MLP beats STDP in accuracy by {-100 * found.difference:.2f} points" in found.sentence
    assert f"{-100 * found.high:.2f} to {-100 * found.low:.2f}" in found.sentence


def test_an_error_that_is_lower_is_told_as_lower_and_with_its_unit():
    values = pd.DataFrame({"GRU": [0.010, 0.012, 0.011], "plain RNN": [0.170, 0.173, 0.170]})
    found = one(values, metric="mean squared error", unit="target²", better="lower")
    assert found.outcome == "a better"
    low, high = -found.high, -found.low
    assert found.sentence.startswith(
        "Untuned defaults: GRU has a lower mean squared error than plain RNN, by 0.1600 target² (Holm-adjusted 95 %"
        f" interval {low:.4f} to {high:.4f}, n = 3 paired seeds), for this test set."
    )
    assert "beats" not in found.sentence
    assert "less" not in found.sentence


def test_the_winner_of_an_error_may_be_the_second():
    found = one(table(a=0.95, b=0.85), metric="error_rate", unit="%", better="lower")
    assert found.outcome == "b better"
    assert f"b has a lower error rate than a, by {100 * found.difference:.2f} points (" in found.sentence


def test_a_distance_has_its_own_name_and_large_numbers_are_told_whole():
    values = pd.DataFrame({"VAE": [1310.0, 1290, 1302], "GAN": [140.0, 150, 145]})
    found = one(values, metric="Fréchet distance", unit="feature²", better="lower", margin=0.5)
    assert "GAN has a lower Fréchet distance than VAE, by 1,156 feature² (" in found.sentence


def test_a_score_of_which_neither_end_is_better_is_told_apart_without_praise():
    values = pd.DataFrame({"a": [120.0, 121, 119, 122], "b": [100.0, 101, 102, 99]})
    found = one(values, metric="spikes_per_sample", unit="spikes", margin=5.0, better="neither")
    assert found.outcome == "a higher"
    assert "a lies above b in spikes per sample by 20.0 spikes (" in found.sentence
    assert "beats" not in found.sentence


def test_a_share_lies_in_points_and_a_score_without_a_unit_is_not_multiplied():
    values = pd.DataFrame({"a": [0.30, 0.31, 0.29], "b": [0.10, 0.12, 0.11]})
    bare = one(values, metric="reconstruction error", unit="", better="lower")
    assert "b has a lower reconstruction error than a, by 0.190 (" in bare.sentence
    assert "points" not in bare.sentence


@pytest.mark.parametrize(
    ("mean", "half", "shown"),
    [
        (0.1603, 0.018, "0.160"),  # three digits of the number
        (0.95, 0.0003, "0.95000"),  # two of the interval's half width, if that needs more
        (169.2, 21.5, "169"),
        (0.00000123, 0.0000002, "1.23e−06"),
    ],
)
def test_a_difference_is_told_to_the_digits_that_its_interval_supports(mean, half, shown):
    assert measure(mean, mean, half) == shown


def test_a_bound_that_excludes_nothing_by_a_hair_is_not_rounded_to_it():
    assert measure(0.0004, 0.0204, 0.02) == "0.0004"


def test_without_a_margin_no_margin_is_spoken_of():
    values = pd.DataFrame({"a": [1.2, 1.1, 1.3, 1.2], "b": [1.2, 1.2, 1.1, 1.3]})
    found = one(values, metric="mean squared error", unit="target²", better="lower", margin=0.0)
    assert found.outcome == "no detectable difference"
    assert "margin" not in found.sentence
    assert np.isnan(found.p_equivalent)


def test_the_same_score_with_every_seed_is_called_the_same():
    found = one(pd.DataFrame({"a": [0.9] * 10, "b": [0.9] * 10}))
    assert found.outcome == "no ranking"
    assert "a and b have exactly the same accuracy with every one of 10 seeds" in found.sentence


def test_a_gap_smaller_than_the_margin_is_no_win_however_sure():
    values = table(a=0.95)
    values["b"] = values["a"] - 0.004 + 0.0002 * np.random.default_rng(1).standard_normal(10)
    found = one(values)
    assert found.p_t < 1e-6
    assert found.outcome == "no difference that matters"
    assert "excludes 0 but is not more than the margin of 1.00 points" in found.sentence
    assert "They are as good as each other within 1.00 points." in found.sentence


def test_no_difference_says_which_one_would_have_been_found():
    found = one(table(a=0.95, b=0.951))
    assert found.outcome == "no detectable difference"
    assert f"smallest detectable {100 * found.detectable:.2f} points" in found.sentence


def test_two_seeds_give_no_ranking():
    found = one(table(seeds=2, a=0.95, b=0.5))
    assert found.outcome == "no ranking"
    assert "no ranking: 2 paired seeds for a against b (3 needed, 10 advised)" in found.sentence
    assert np.isnan(found.p_t)
    assert "not done with 2 paired seeds" in found.sensitivity


def test_no_common_seed_gives_no_ranking():
    values = pd.DataFrame({"a": [0.9, np.nan], "b": [np.nan, 0.9]})
    assert one(values).n == 0
    assert one(values).outcome == "no ranking"


def test_five_seeds_can_never_be_significant_by_sign_flips_and_that_is_said():
    found = one(table(seeds=5, a=0.95, b=0.85))
    assert found.p_smallest == 0.0625
    assert "cannot be significant here: the smallest possible p is 0.062" in found.sensitivity


def test_ten_seeds_and_28_contrasts_can_never_pass_and_that_is_said():
    values = table(**{f"learner {i}": 0.9 + 0.02 * i for i in range(8)})
    pairs = [(a, b) for i, a in enumerate(values) for b in list(values)[:i]]
    found = verdicts(values, pairs, margin=0.01)
    assert len(found) == 28
    assert all("Holm over 28 contrasts asks for 0.0018" in verdict.sensitivity for verdict in found)
    assert any(verdict.outcome == "a better" for verdict in found)


def test_missing_runs_are_left_out_in_pairs_and_said():
    values = table(a=0.95, b=0.85)
    values.loc[2, "a"] = values.loc[5, "b"] = np.nan
    found = one(values)
    assert (found.n, found.missing) == (8, 2)
    complete = values.dropna()
    assert found.difference == pytest.approx((complete["a"] - complete["b"]).mean())
    assert "2 of 10 seeds lack a run of one of the two: left out." in found.sentence


def test_learners_that_do_not_depend_on_the_seed_cannot_be_ranked_by_seeds():
    found = one(pd.DataFrame({"a": [0.9] * 10, "b": [0.8] * 10}))
    assert found.outcome == "no ranking"
    assert "differ by exactly +10.00 points in accuracy with every one of 10 seeds" in found.sentence
    assert "every seed gave the same difference" in found.sensitivity


def test_tuned_studies_and_resampled_splits_drop_their_caveats():
    found = one(table(MLP=0.95, STDP=0.85), tuned=True, resampled=(1000, 500))
    assert found.sentence.startswith("MLP beats STDP")
    assert "test set" not in found.sentence
    assert found.high - found.low > one(table(MLP=0.95, STDP=0.85)).high - one(table(MLP=0.95, STDP=0.85)).low


def test_the_error_of_drawing_test_items_is_told():
    found = one(table(a=0.9, b=0.9), test_items=500)
    assert "Drawing 500 other test items would alone move an accuracy by 1.3" in found.sentence


def test_other_units_are_told_as_they_are():
    values = pd.DataFrame({"a": [120.0, 121, 119, 122], "b": [100.0, 101, 102, 99]})
    found = one(values, metric="bits_kept", unit="bits", margin=5.0)
    assert "a beats b in bits kept by 20.0 bits (" in found.sentence


def test_intervals_widen_with_the_family():
    values = table(a=0.95, b=0.949, c=0.948)
    alone = verdicts(values, [("a", "b")], margin=0.01)[0]
    together = verdicts(values, [("a", "b"), ("a", "c"), ("b", "c")], margin=0.01)[0]
    assert together.high - together.low > alone.high - alone.low
    assert together.level > alone.level == 0.95


def test_as_good_as_is_said_only_when_the_margin_was_tested():
    values = table(a=0.95)
    values["b"] = values["a"] + 0.001 * np.random.default_rng(1).standard_normal(10)
    assert "as good as each other within 1.00 points" in one(values).sentence
    assert "as good as each other" not in one(values, margin=0.0001).sentence


@pytest.mark.parametrize(
    ("contrasts", "message"),
    [
        ([("a", "z")], "no learner 'z'"),
        ([("a", "a")], "two different learners"),
        ([("a", "b"), ("b", "a")], "more than one contrast"),
    ],
)
def test_contrasts_that_make_no_sense_are_refused(contrasts, message):
    with pytest.raises(ValueError, match=message):
        verdicts(table(a=0.9, b=0.9), contrasts, margin=0.01)


@pytest.mark.parametrize("margin", [0.0, 0.01])
def test_a_learner_does_not_beat_itself_on_other_seeds_more_often_than_declared(margin):
    generator = np.random.default_rng(8)
    called = 0
    for _ in range(400):
        truth = np.clip(generator.normal(0.95, 0.006, (10, 2)), 0, 1)
        accuracy = generator.binomial(500, truth) / 500  # what 500 test images show of it
        found = verdicts(pd.DataFrame(accuracy, columns=["first", "again"]), [("first", "again")], margin=margin)[0]
        called += found.outcome in ("a better", "b better")
    assert called <= 31  # 99 % bound of Binomial(400, .05)
