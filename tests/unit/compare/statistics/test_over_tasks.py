"""The interquartile mean over tasks and its profile: by hand, against counting, and on simulated studies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from compare.statistics import interquartile_mean, normalised, over_tasks, performance_profile


def study(tasks: int = 5, seeds: int = 10, seed: int = 0) -> list[np.ndarray]:
    """Scores of tasks of different difficulty and spread."""
    chance = np.random.default_rng(seed)
    return [0.3 + 0.1 * task + (0.02 + 0.02 * task) * chance.standard_normal(seeds) for task in range(tasks)]


@pytest.mark.parametrize(("n", "left"), [(2, 2), (3, 3), (4, 2), (5, 3), (7, 5), (8, 4), (30, 16), (101, 51)])
def test_the_interquartile_mean_leaves_whole_values_out_at_both_ends(n: int, left: int) -> None:
    values = np.random.default_rng(n).standard_normal((3, n))
    middle = [sorted(row)[(n - left) // 2 : (n + left) // 2] for row in values.tolist()]
    assert interquartile_mean(values) == pytest.approx([sum(one) / left for one in middle], rel=1e-12)


def test_over_tasks_pools_the_runs_of_all_tasks() -> None:
    scores = study()
    found = over_tasks(scores)
    assert found.mean == pytest.approx(stats.trim_mean(np.concatenate(scores), 0.25), rel=1e-12)
    assert (found.runs, found.tasks) == (50, 5)
    assert found.low < found.mean < found.high


def test_the_interval_is_that_of_a_bootstrap_written_out_with_scipy() -> None:
    scores, chance = study(seeds=6), np.random.default_rng(0)
    indices = [chance.integers(0, 6, (5_000, 6)) for _ in scores]
    means = [
        stats.trim_mean(np.concatenate([one[drawn[b]] for one, drawn in zip(scores, indices, strict=True)]), 0.25)
        for b in range(5_000)
    ]
    found = over_tasks(scores)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])), rel=1e-12)


def test_strata_stay_apart_so_differences_between_tasks_widen_no_interval() -> None:
    chance = np.random.default_rng(1)
    noise = 0.01 * chance.standard_normal((4, 10))
    near, far = (over_tasks([level + row for level, row in zip(levels, noise, strict=True)])
                 for levels in ([0.5] * 4, [0.1, 0.4, 0.6, 0.9]))  # fmt: skip
    assert far.high - far.low < 3 * (near.high - near.low)
    pooled = np.concatenate([level + row for level, row in zip([0.1, 0.4, 0.6, 0.9], noise, strict=True)])
    redrawn = pooled[chance.integers(0, 40, (2000, 40))]
    low, high = np.quantile(interquartile_mean(redrawn), [0.025, 0.975])
    assert far.high - far.low < 0.2 * (high - low)  # of a bootstrap that forgets the tasks


def test_a_task_with_one_seed_leaves_the_mean_and_no_interval() -> None:
    found = over_tasks([np.array([0.5, 0.6]), np.array([0.7])])
    assert found.mean == pytest.approx(0.6)
    assert np.isnan([found.low, found.high]).all()
    profile = performance_profile([np.array([0.5, 0.6]), np.array([0.7])], np.array([0.55]))
    assert profile.share == pytest.approx([0.75])  # a half of one task, all of the other
    assert np.isnan(profile.low).all()


def test_the_profile_is_the_counted_share_above_each_level() -> None:
    scores, levels = study(), np.linspace(0, 1, 41)
    found = performance_profile(scores, levels)
    for level, share in zip(levels, found.share, strict=True):
        counted = np.mean([sum(float(value) > level for value in one) / len(one) for one in scores])
        assert share == pytest.approx(counted, abs=1e-12)
    assert (found.low <= found.share).all()
    assert (found.share <= found.high).all()
    assert (np.diff(found.share) <= 0).all()


def test_the_same_scores_give_the_same_interval_and_another_seed_another() -> None:
    assert over_tasks(study()) == over_tasks(study())
    assert over_tasks(study()).low != over_tasks(study(), seed=1).low


def test_errors_and_shares_are_normalised_to_one_scale() -> None:
    assert normalised(np.array([0.1, 0.55, 1.0]), 0.1, 1.0) == pytest.approx([0, 0.5, 1])
    assert normalised(np.array([2.0, 0.5, 0.0, 3.0]), 2.0, 0.0) == pytest.approx([0, 0.75, 1, -0.5])
    with pytest.raises(ValueError, match="nothing lies between"):
        normalised(np.array([1.0]), 1.0, 1.0)


@pytest.mark.parametrize(
    ("scores", "message"),
    [([np.ones(3)], "needs two"), ([np.ones(3), np.array([])], "Every task needs"),
     ([np.ones(3), np.array([np.nan])], "Leave out tasks without runs")],
)  # fmt: skip
def test_what_cannot_be_summed_up_is_refused(scores: list[np.ndarray], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        over_tasks(scores)


@pytest.mark.parametrize(("seeds", "told"), [(3, 0.83), (5, 0.90), (10, 0.92)])
def test_intervals_cover_the_truth_as_often_as_is_told(seeds: int, told: float) -> None:
    """Nominally 95 %; the values are those that the module's docstring and the report's caption state."""
    chance, levels = np.random.default_rng(5), np.linspace(0.3, 0.7, 5)
    many = levels[:, None] + 0.1 * np.random.default_rng(6).standard_normal((5, 100_000))
    truth = stats.trim_mean(many.ravel(), 0.25)  # of the mixture of the tasks' distributions
    studies = 600
    held = 0
    for _ in range(studies):
        found = over_tasks(list(levels[:, None] + 0.1 * chance.standard_normal((5, seeds))), resamples=400)
        held += found.low <= truth <= found.high
    error = np.sqrt(told * (1 - told) / studies)
    assert held / studies == pytest.approx(told, abs=3 * error)
