"""Means over seeds with their intervals, and when a level of accuracy was reached."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compare.report.sections._material import Material
from compare.statistics import mean_interval

LEVELS = (0.5, 0.75, 0.9)
INTERVAL = "95 % t interval of the mean over seeds"


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


def ceiling(material: Material, task: str, name: str) -> float | None:
    """The best learner's mean validation accuracy at the end of its training: the common yardstick of speed."""
    curves = material.curves(task, name)
    if curves.empty:
        return None
    last = curves.sort_values("examples_seen", kind="stable").groupby(["learner", "seed"], sort=False)["value"].last()
    return float(last.groupby(level="learner").mean().max())


def examples_to(material: Material, task: str, name: str) -> pd.DataFrame:
    """learner, seed, level, examples, reached: the first observation at or above each share of the ceiling.

    A run that never gets there is censored at its last observation: reached is False. A learner observed only once has
    no curve and is left out.
    """
    curves, top = material.curves(task, name), ceiling(material, task, name)
    rows = []
    for (learner, seed), part in curves.groupby(["learner", "seed"], sort=False):
        if part["examples_seen"].nunique() < 2 or top is None:
            continue
        for level in LEVELS:
            above = part.loc[part["value"] >= level * top, "examples_seen"]
            examples = above.min() if len(above) else part["examples_seen"].max()
            rows.append((learner, seed, f"{100 * level:.0f} % of the ceiling", float(examples), bool(len(above))))
    return pd.DataFrame(rows, columns=["learner", "seed", "level", "examples", "reached"])
