"""Means over seeds with their intervals, and when a level of a score was reached."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compare.report.sections._material import Material
from compare.statistics import mean_interval

LEVELS = (0.5, 0.75, 0.9)
INTERVAL = "95 % t interval of the mean over seeds"


@dataclass(frozen=True)
class Yardstick:
    """What the speed of all learners of a task is measured by.

    Shares count up from nothing, so a level is a share of the best. Errors have no such zero at the bad end: they come
    down from that of the best constant answer, and a level is a share of the way from there to the best. That is the
    same share of the explained variance, 1 - error / constant's error.

    Attributes:
        best: the best learner's mean score on validation data at the end of its training.
        start: for errors, where the way begins; None for shares.
        untrained: whether the start is the median over learners of the error before learning, because the task has no
            constant answer.
    """

    best: float
    start: float | None = None
    untrained: bool = False

    def level(self, share: float) -> float:
        """The score at which a level is reached."""
        return share * self.best if self.start is None else self.start - share * (self.start - self.best)

    def reached(self, values: pd.Series, share: float) -> pd.Series:
        return values >= self.level(share) if self.start is None else values <= self.level(share)

    def name(self, share: float) -> str:
        return f"{100 * share:.0f} % of the {'ceiling' if self.start is None else 'way'}"


def by(frame: pd.DataFrame, keys: Sequence[str], value: str = "value") -> pd.DataFrame:
    """Mean, low, high (NaN where n < 2) and n of `value` in each group, groups in the order in which they come."""
    rows = []
    for key, part in frame.groupby(list(keys), sort=False):
        rows.append((*key, *interval(part[value].to_numpy(float))))
    return pd.DataFrame(rows, columns=[*keys, "mean", "low", "high", "n"])


def interval(values: np.ndarray) -> tuple[float, float, float, int]:
    """Mean, the ends of its 95 % t interval (NaN for fewer than two values), and n."""
    found = mean_interval(values)
    return found.mean, found.low, found.high, found.n


def yardstick(material: Material, task: str, name: str) -> Yardstick | None:
    """The common yardstick of speed; None without curves, or where no learner gets below the start of the way."""
    curves, scale = material.curves(task, name), material.watched_scale(task)
    if curves.empty or scale.better == "neither":
        return None
    ordered = curves.sort_values("examples_seen", kind="stable").groupby(["learner", "seed"], sort=False)["value"]
    best = scale.best(ordered.last().groupby(level="learner").mean())
    if scale.better == "higher":
        return Yardstick(best)
    start, untrained = material.chance_in(task, material.watched(task)), False
    if start is None:
        before = curves[curves["examples_seen"] == 0].groupby("learner", sort=False)["value"].mean()
        start, untrained = float(before.median()) if len(before) else np.nan, True
    return Yardstick(best, start, untrained) if start > best else None


def examples_to(material: Material, task: str, name: str) -> pd.DataFrame:
    """learner, seed, level, examples, reached: the first observation at or beyond each level of the yardstick.

    A run that never gets there is censored at its last observation: reached is False. A learner observed only once has
    no curve and is left out.
    """
    curves, stick = material.curves(task, name), yardstick(material, task, name)
    rows = []
    for (learner, seed), part in curves.groupby(["learner", "seed"], sort=False):
        if part["examples_seen"].nunique() < 2 or stick is None:
            continue
        for level in LEVELS:
            there = part.loc[stick.reached(part["value"], level), "examples_seen"]
            examples = there.min() if len(there) else part["examples_seen"].max()
            rows.append((learner, seed, stick.name(level), float(examples), bool(len(there))))
    return pd.DataFrame(rows, columns=["learner", "seed", "level", "examples", "reached"])
