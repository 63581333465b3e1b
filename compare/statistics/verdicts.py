"""Which of two learners may be called better, and the sentence that says so.

The rules: contrasts are named beforehand. A beats B only if the Holm-adjusted paired t interval of their difference
excludes 0 and the gap is larger than the margin that was declared. A smaller gap does not matter. Where the interval
includes 0 no difference was detected, and the smallest one that would have been is told. Fewer than three seeds give no
ranking. Until equal tuning was run, every verdict begins "Untuned defaults:".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from compare.statistics._wording import Wording
from compare.statistics.holm import Holm, holm
from compare.statistics.paired import (
    Paired,
    SignFlip,
    effect_size,
    equivalence,
    item_error,
    paired_t,
    sign_flip,
    smallest_detectable,
)

if TYPE_CHECKING:
    import pandas as pd

ALPHA = 0.05
SEEDS_NEEDED = 3

Outcome = Literal[
    "a better",
    "b better",
    "a higher",
    "b higher",
    "no difference that matters",
    "no detectable difference",
    "no ranking",
]


@dataclass(frozen=True)
class Verdict:
    """What may be said about one contrast. Differences are a minus b, in the metric's own scale (0.01 is one point).

    Attributes:
        a, b: the two labels; mean_a, mean_b their means over the paired seeds.
        difference, low, high: mean difference and its Holm-adjusted t interval.
        level: the level of that interval, at least 0.95 (see compare.statistics.holm).
        p_t: Holm-adjusted p of the paired t test.
        p_sign_flip: p of the exact sign-flip test, not adjusted; p_smallest the least it can be with n pairs.
        p_equivalent: Holm-adjusted p of two one-sided tests at the margin; NaN where it could not be tested.
        n: pairs; missing: seeds that lack one of the two values and were left out.
        effect: paired effect size d_z, corrected for few pairs (Hedges).
        detectable: the difference that the t test at this level finds with 80 % power.
        outcome: what the rules say; sentence: the same for a reader; sensitivity: what the sign-flip test says.
    """

    a: str
    b: str
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    level: float
    p_t: float
    p_sign_flip: float
    p_smallest: float
    p_equivalent: float
    n: int
    missing: int
    effect: float
    detectable: float
    outcome: Outcome
    sentence: str
    sensitivity: str


def verdicts(
    values: pd.DataFrame,
    contrasts: Sequence[Sequence[str]],
    *,
    margin: float,
    metric: str = "accuracy",
    unit: str = "%",
    tuned: bool = False,
    better: Literal["higher", "lower", "neither"] = "higher",
    test_items: int | None = None,
    resampled: tuple[int, int] | None = None,
) -> list[Verdict]:
    """Judges a family of contrasts together.

    Args:
        values: one row per seed, one column per label; NaN where a run is missing.
        contrasts: pairs (a, b) of labels, named before the results were seen.
        margin: the gap that matters, in the metric's own scale; 0 if none was named, so that any gap does.
        metric: its name, for the sentences.
        unit: its unit, "" if it has none; "%" is a fraction, told in percentage points.
        tuned: whether all learners were tuned with equal budgets.
        better: which end of the metric is; "lower" for errors, times and costs. Of "neither" no learner is called
            better, the outcome says which lies higher.
        test_items: size of the fixed test set, to tell the error of sampling items (for accuracies).
        resampled: (train, test) sizes if every seed is another random split: Nadeau & Bengio's correction is applied,
            and the verdict is no longer "for this test set".

    Returns:
        One verdict per contrast, in the given order.

    Raises:
        ValueError: a contrast is not two different columns of `values`, or the margin is negative.
    """
    _check(values, contrasts, margin)
    pairs = [values[[a, b]].dropna().to_numpy(dtype=float) for a, b in contrasts]
    tests = [_test(pair, resampled) for pair in pairs]
    flips = [sign_flip(pair[:, 0] - pair[:, 1]) for pair in pairs]
    family = holm([test.p if test else np.nan for test in tests], ALPHA)
    flip_family = holm([flip.p if test else np.nan for flip, test in zip(flips, tests, strict=True)], ALPHA)
    same = holm([_equivalent(pair, margin) if test else np.nan for pair, test in zip(pairs, tests, strict=True)], ALPHA)
    wording = Wording(metric, unit, margin, tuned, better, one_test_set=resampled is None)
    found = []
    for i, (a, b) in enumerate(contrasts):
        measured = _Measured(a, b, pairs[i], tests[i], flips[i], len(values) - len(pairs[i]))
        found.append(_verdict(measured, i, family, flip_family, same, wording, test_items))
    return found


@dataclass(frozen=True)
class _Measured:
    """One contrast's numbers before the family is looked at; pair is (seed, 2), test None where there can be none."""

    a: str
    b: str
    pair: np.ndarray
    test: Paired | None
    flip: SignFlip
    missing: int


def _verdict(
    it: _Measured, i: int, family: Holm, flips: Holm, same: Holm, wording: Wording, items: int | None
) -> Verdict:
    alpha = float(family.alpha[i])
    test, n = it.test, len(it.pair)
    low, high = test.interval(1 - alpha) if test else (float("nan"), float("nan"))
    means = it.pair.mean(axis=0) if n else np.full(2, np.nan)
    detectable = smallest_detectable(test.error * np.sqrt(n), n, alpha=alpha) if test else float("nan")
    outcome = _outcome(test, low, high, wording)
    numbers = {
        "a": it.a, "b": it.b, "mean_a": float(means[0]), "mean_b": float(means[1]),
        "difference": float(means[0] - means[1]), "low": low, "high": high, "level": 1 - alpha,
        "p_t": float(family.adjusted[i]), "p_sign_flip": it.flip.p, "p_smallest": it.flip.smallest,
        "p_equivalent": float(same.adjusted[i]), "n": n, "missing": it.missing,
        "effect": effect_size(it.pair[:, 0] - it.pair[:, 1]), "detectable": detectable, "outcome": outcome,
    }  # fmt: skip
    error = None if items is None or not n else max(item_error(float(mean), items) for mean in means)
    sentence = wording.sentence(numbers, items=items, error=error)
    tests = int(np.isfinite(flips.adjusted).sum())
    adjusted = float(flips.adjusted[i])
    sensitivity = wording.sensitivity(it.flip, adjusted, tests, rejected=bool(family.rejected[i]), alpha=ALPHA)
    return Verdict(**numbers, sentence=sentence, sensitivity=sensitivity)


def _outcome(test: Paired | None, low: float, high: float, wording: Wording) -> Outcome:
    if test is None:
        return "no ranking"
    if not (low > 0 or high < 0):
        return "no detectable difference"
    if abs(test.difference) <= wording.margin:
        return "no difference that matters"
    if wording.better == "neither":
        return "a higher" if test.difference > 0 else "b higher"
    return "a better" if (test.difference > 0) == (wording.better == "higher") else "b better"


def _test(pair: np.ndarray, resampled: tuple[int, int] | None) -> Paired | None:
    """The t test, or None where seeds cannot rank: too few of them, or the same difference with every one."""
    if len(pair) < SEEDS_NEEDED:
        return None
    test = paired_t(pair[:, 0], pair[:, 1], resampled=resampled)
    return test if test.error > 0 else None


def _equivalent(pair: np.ndarray, margin: float) -> float:
    return equivalence(pair[:, 0], pair[:, 1], margin) if margin > 0 else float("nan")


def _check(values: pd.DataFrame, contrasts: Sequence[Sequence[str]], margin: float) -> None:
    known = list(values.columns)
    for contrast in contrasts:
        if len(contrast) != 2 or contrast[0] == contrast[1]:
            raise ValueError(f"contrast {list(contrast)!r}: expected two different learners.")
        for label in contrast:
            if label not in known:
                raise ValueError(f"contrast {list(contrast)!r}: there is no learner {label!r}. There are: {known}.")
    if len({frozenset(contrast) for contrast in contrasts}) < len(contrasts):
        raise ValueError("The same two learners are in more than one contrast. Name each pair once.")
    if not values.index.is_unique:
        raise ValueError("values has a seed twice; expected one row per seed.")
    if not margin >= 0:
        raise ValueError(f"margin = {margin}: expected 0 or more, in the metric's own scale (0.01 is one point).")
