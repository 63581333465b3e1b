"""What a task's answers are judged by: each kind of target has one metric, unless the experiment names another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from compare.catalogue import find

__all__ = ["NO_MARGIN", "OWN", "Score", "margin_in", "score_in", "score_of"]

OWN = {
    "class": "accuracy",
    "class per step": "accuracy",
    "value": "mean_squared_error",
    "value per step": "mean_squared_error",
    "none": "frechet_distance",
}
NAMES = {
    "frechet_distance": "Fréchet distance",
    "f1": "F1",
    "mean_rate_hz": "mean rate",
    "operations_dense": "dense operations",
    "operations_effective": "effective operations",
}  # where a metric's own name, with spaces, is not what the field says
MARGIN, NO_MARGIN = 0.01, 0.0  # one percentage point; none, so that any difference counts


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
        return NAMES.get(self.metric, self.metric.replace("_", " "))


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


def margin_in(plan: Mapping[str, Any], task: str) -> float:
    """The difference of a task's score that matters, in the score's own scale; NO_MARGIN where the plan names none.

    A table names it for each task. A number is that of every task if all are judged in one unit; where units differ it
    is that of the scores in percent, since in another unit the same number says something else.
    """
    given = plan.get("margin", MARGIN)
    if isinstance(given, Mapping):
        return float(given.get(task, NO_MARGIN))
    units = {(score.percent, score.unit) for score in (score_in(plan, told["name"]) for told in plan["tasks"])}
    return float(given) if len(units) == 1 or score_in(plan, task).percent else NO_MARGIN
