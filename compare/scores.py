"""What a task's answers are judged by: each kind of target has one metric, unless the experiment names another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from compare.catalogue import find

__all__ = ["OWN", "Score", "score_in", "score_of"]

OWN = {
    "class": "accuracy",
    "class per step": "accuracy",
    "value": "mean_squared_error",
    "value per step": "mean_squared_error",
    "none": "frechet_distance",
}


@dataclass(frozen=True)
class Score:
    """How a report speaks of a task's metric; plan.json keeps it, so that a report imports no metric.

    Attributes:
        metric: its name in the catalogue and in the store.
        unit: "" for a fraction.
        better: "higher", "lower" or "neither".
        percent: whether it is a fraction, to be shown in percent.
    """

    metric: str = "accuracy"
    unit: str = ""
    better: Literal["higher", "lower", "neither"] = "higher"
    percent: bool = True

    @property
    def title(self) -> str:
        """In words: "mean squared error"."""
        return self.metric.replace("_", " ")


def score_of(target: str, metric: str | None = None) -> Score:
    """The score of a task with such a target (`Facts.target`).

    Args:
        target: "class", "value", "class per step", "value per step" or "none".
        metric: what the experiment names instead of the target's own.

    Raises:
        ConfigurationError: there is no such metric.
    """
    kind: Any = find("metric", metric or OWN[target]).load()
    return Score(kind.name, kind.unit, kind.better, kind.unit == "" and tuple(kind.bounds) == (0.0, 1.0))


def score_in(plan: Mapping[str, Any], task: str) -> Score:
    """The score of a task as plan.json keeps it; of an older study accuracy, or what its experiment named."""
    told = next(one for one in plan["tasks"] if one["name"] == task)
    return Score(**told["score"]) if "score" in told else Score(plan.get("metric") or "accuracy")
