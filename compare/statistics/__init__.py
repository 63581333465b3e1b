"""How sure we are: intervals, paired tests, corrections, verdicts."""

from compare.statistics.holm import Holm, holm
from compare.statistics.over_tasks import interquartile_mean, normalised, over_tasks, performance_profile
from compare.statistics.paired import (
    Interval,
    McNemar,
    Paired,
    SignFlip,
    effect_size,
    equivalence,
    item_error,
    mcnemar,
    mean_interval,
    paired_t,
    sign_flip,
    smallest_detectable,
)
from compare.statistics.verdicts import Outcome, Verdict, verdicts

__all__ = [
    "Holm",
    "Interval",
    "McNemar",
    "Outcome",
    "Paired",
    "SignFlip",
    "Verdict",
    "effect_size",
    "equivalence",
    "holm",
    "interquartile_mean",
    "item_error",
    "mcnemar",
    "mean_interval",
    "normalised",
    "over_tasks",
    "paired_t",
    "performance_profile",
    "sign_flip",
    "smallest_detectable",
    "verdicts",
]
