"""What the sections read of a study, each thing once and kept for the length of one report."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from compare.report.figures.scale import Scale
from compare.report.figures.style import Look, looks_of, slug
from compare.scores import OWN, Score, margin_in, score_in, score_of

if TYPE_CHECKING:
    from compare.store import Run, Study

BEST_CONSTANT = "best constant"  # answer
WATCHED = {"none": ("reconstruction_error",)}  # beside the target's own
NOT_HIDDEN = ("input", "output", "readout", "read-out")


class Material:
    """A study as the report sees it.

    Attributes:
        study: the store.
        plan: plan.json.
        labels: learners in the plan's order.
        tasks: names, the first is the main one.
        inputs: conditions, the one of the verdict first.
        seeds: the study's seeds.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.plan: dict[str, Any] = study.plan
        self.labels: list[str] = [learner["label"] for learner in self.plan["learners"]]
        self.task_facts: dict[str, dict[str, Any]] = {task["name"]: task for task in self.plan["tasks"]}
        self.tasks: list[str] = list(self.task_facts)
        self.verdict_input: str = self.plan.get("verdict_input") or self.plan["inputs"][0]
        self.inputs: list[str] = [
            self.verdict_input,
            *(name for name in self.plan["inputs"] if name != self.verdict_input),
        ]
        self.seeds: list[int] = list(self.plan["seeds"])
        self._arrays: dict[tuple[str, str], dict[str, np.ndarray]] = {}

    # -- who -------------------------------------------------------------------------------------------------------

    @cached_property
    def descriptions(self) -> dict[str, dict[str, Any]]:
        """Label -> what the learner told about itself, from a run of the verdict's input where there is one."""
        found: dict[str, dict[str, Any]] = {}
        for name in reversed(self.inputs):
            for run in self.study.runs(input=name):
                if run.description:
                    found[run.label] = run.description
        return {label: found[label] for label in self.labels if label in found}

    @cached_property
    def looks(self) -> dict[str, Look]:
        """Label -> how it is drawn, also of learners that never finished a run."""
        families = {label: self.descriptions.get(label, {}).get("family") or "unknown" for label in self.labels}
        return looks_of(families)

    def reads(self, label: str, name: str) -> str:
        """What a learner's input is in a condition; "" if no run says so."""
        runs = self.study.runs(label=label, input=name)
        return next((run.description["reads"] for run in runs if run.description.get("reads")), "")

    # -- where -----------------------------------------------------------------------------------------------------

    def tag(self, task: str) -> str:
        """What an anchor ends in: nothing for the main task, "-mnist" for another."""
        return "" if task == self.tasks[0] else f"-{slug(task)}"

    def on(self, task: str) -> str:
        """What a title ends in: nothing in a study of one task."""
        return "" if len(self.tasks) == 1 else f", {task}"

    def chance(self, task: str) -> float | None:
        value = (self.task_facts[task].get("facts") or {}).get("chance")
        return None if value is None else float(value)

    def score(self, task: str) -> Score:
        """What the task's answers are judged by."""
        return score_in(self.plan, task)

    def margin(self, task: str) -> float:
        """The difference of that score that matters, as stored; 0 where none was named."""
        return margin_in(self.plan, task)

    def scale(self, task: str) -> Scale:
        """How that score is shown."""
        return Scale.of(self.score(task), BEST_CONSTANT if self.target(task).startswith("value") else "chance")

    def watched(self, task: str) -> Score:
        """What learning curves are of: the score of the task's kind of target, also where the verdict rests on another.

        Of samples it is the verdict's own, if that can be watched.
        """
        score, target = self.score(task), self.target(task)
        return score if score.metric in (OWN[target], *WATCHED.get(target, ())) else score_of(target)

    def watched_scale(self, task: str) -> Scale:
        """How the score of learning curves is shown."""
        return dataclasses.replace(Scale.of(self.watched(task)), chance=self.scale(task).chance)

    def chance_in(self, task: str, score: Score) -> float | None:
        """What the answer that looks at no sample has in a score; None where the task's facts do not tell."""
        chance = self.chance(task)
        if chance is not None and score.metric == "root_mean_squared_error":
            return chance**0.5
        return chance if score.metric == OWN[self.target(task)] else None

    @cached_property
    def judged_by_accuracy(self) -> bool:
        """Whether every task is, so that the report may speak of accuracy and percent throughout."""
        return all(self.score(task) == Score() for task in self.tasks)

    def labelled(self, task: str) -> bool:
        """Whether each sample has one class, which read-outs and dissimilarity by class need."""
        return self.target(task) in ("class", "none") and self.classes(task) is not None

    def serving(self, task: str) -> list[str]:
        """Learners that do not refuse a task; all of them in a study of one task, whose refusals are results."""
        if len(self.tasks) == 1:
            return self.labels
        table = self.study.index
        mine = table[table["task"] == task]
        refused = mine.groupby("label", sort=False)["status"].apply(lambda status: bool((status == "refused").all()))
        return [label for label in self.labels if not refused.get(label, False)]

    def serving_looks(self, task: str) -> dict[str, Look]:
        """How they are drawn."""
        return {label: self.looks[label] for label in self.serving(task)}

    def classes(self, task: str) -> int | None:
        return (self.task_facts[task].get("facts") or {}).get("classes")

    def axes(self, task: str) -> tuple[str, ...]:
        """Names of a sample's axes."""
        return tuple((self.task_facts[task].get("facts") or {}).get("axes") or ())

    def target(self, task: str) -> str:
        """The kind of target: "class", "value", "class per step", "value per step" or "none"."""
        return (self.task_facts[task].get("facts") or {}).get("target") or "class"

    @property
    def duration_ms(self) -> float | None:
        """How long a sample is presented under the study's encoding."""
        text = str((self.plan.get("encoding") or {}).get("duration", "")).split()
        scale = {"ms": 1.0, "s": 1000.0}.get(text[1] if len(text) == 2 else "")
        return None if scale is None else float(text[0]) * scale

    # -- what ------------------------------------------------------------------------------------------------------

    def values(self, metric: str, task: str, name: str | None = None, split: str = "test") -> pd.DataFrame:
        """learner, input, seed, value of one metric, learners in the plan's order."""
        table = self.study.metrics
        chosen = table[(table["metric"] == metric) & (table["task"] == task) & (table["split"] == split)]
        if name is not None:
            chosen = chosen[chosen["input"] == name]
        return self.in_order(chosen[["learner", "input", "seed", "value"]])

    def curves(self, task: str, name: str, metric: str | None = None) -> pd.DataFrame:
        """learner, seed, examples_seen, value: the watched score, or another, on validation data while learning."""
        table = self.study.metrics
        chosen = table[
            (table["split"] == "validation")
            & (table["metric"] == (metric or self.watched(task).metric))
            & (table["task"] == task)
            & (table["input"] == name)
        ]
        return self.in_order(chosen[["learner", "seed", "examples_seen", "value"]], "examples_seen")

    def in_order(self, table: pd.DataFrame, last: str | None = None) -> pd.DataFrame:
        """Rows by learner (the plan's order), input, then seed."""
        place = {label: i for i, label in enumerate(self.labels)}
        keys = [k for k in ("input", "seed", last) if k and k in table]
        ordered = table.assign(_place=table["learner"].map(place)).sort_values(["_place", *keys], kind="stable")
        return ordered.drop(columns="_place").reset_index(drop=True)

    def runs(self, task: str, name: str | None = None, label: str | None = None) -> list[Run]:
        """Finished runs."""
        return self.study.runs(task=task, input=name, label=label)

    def arrays(self, run: Run) -> dict[str, np.ndarray]:
        """A run's arrays by name, read once."""
        key = (run.key, run.label)
        if key not in self._arrays:
            data = run.arrays()
            self._arrays[key] = {str(name): data[name].to_numpy() for name in data.data_vars}
        return self._arrays[key]

    def layers(self, run: Run, prefix: str = "activation__") -> dict[str, np.ndarray]:
        """Layer -> (sample, neuron) of the probe, in the order of depth that the learner describes."""
        arrays = self.arrays(run)
        named = {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
        depth = [layer["name"] for layer in run.description.get("layers", [])]
        order = sorted(named, key=lambda name: depth.index(name) if name in depth else len(depth))
        return {name: named[name] for name in order}

    def unfinished(self, label: str, task: str, name: str) -> str:
        """Why a learner has no number here: the first sentence that a run left, or that it has not run."""
        table = self.study.index
        rows = table[(table["label"] == label) & (table["task"] == task) & (table["input"] == name)]
        if rows.empty:
            return "not planned"
        stopped = rows[rows["status"] != "done"]
        if stopped.empty:
            return "its runs keep no such number"
        first = stopped.iloc[0]
        return f"{first['status']}: {first['message']}" if first["status"] != "missing" else "not run yet"


def hidden_layer(layers: Sequence[str]) -> str | None:
    """The layer that stands for a learner where only one can be shown: the last before the output."""
    if not layers:
        return None
    inner = [name for name in layers if not name.startswith(NOT_HIDDEN)]
    return inner[-1] if inner else layers[-1]
