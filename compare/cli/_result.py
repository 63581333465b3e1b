"""What is said after a run: a short table of the metric and the verdict's sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from compare.cli._screen import errors, output, table
from compare.scores import Score, score_in

if TYPE_CHECKING:
    from compare.store import Study

RANKED = 3  # seeds that a verdict needs


def print_result(study: Study) -> None:
    """The metric of each learner, task and input, mean with its 95 % t interval over seeds; then the verdict."""
    from rich.text import Text

    plan = study.plan
    for task in (task["name"] for task in plan["tasks"]):
        score = score_in(plan, task)
        rows = table(f"{score.title} on {task}", *(f">{given}" for given in plan["inputs"]))
        for label in (learner["label"] for learner in plan["learners"]):
            cells = [
                _cell([*_values(study, score.metric, task, given, label).values()], score) for given in plan["inputs"]
            ]
            rows.add_row(Text(label), *cells)
        output().print(rows)
        enough = len(plan["seeds"]) >= RANKED  # with fewer, one sentence about the seeds says it all
        for sentence in verdict_sentences(study, task) if enough else []:
            output().print(f"Verdict on {task}: {sentence}", markup=False, soft_wrap=True)


def verdict_sentences(study: Study, task: str) -> list[str]:
    """What the named contrasts allow to say about one task: the same sentences as in the report."""
    from compare.report.sections._contrasts import contrasts_of
    from compare.report.sections._material import Material

    return [verdict.sentence for verdict in contrasts_of(Material(study), task)]


def print_failures(study: Study) -> None:
    """Failed runs on standard error, each reason once, and how to look closer."""
    failed = study.runs("failed")
    for (label, message), count in Counter((run.label, run.message) for run in failed).items():
        errors().print(f"failed: {label}, {count} runs: {message}", markup=False, soft_wrap=True)
    if failed:
        hint = f"See: neurocontrast show {study.path} {failed[0].key[:8]}. Try again with --retry-errors."
        errors().print(hint, markup=False, soft_wrap=True)


def _values(study: Study, metric: str, task: str, given: str, label: str) -> dict[int, float]:
    """Seed -> the metric on the test set, of the runs that have one."""
    found: dict[int, float] = {}
    for row in study.metrics.to_dict("records"):
        place = (row["split"], row["metric"], row["task"], row["input"], row["learner"])
        if place == ("test", metric, task, given, label):
            found[row["seed"]] = row["value"]
    return found


def _cell(values: list[float], score: Score) -> str:
    """ "97.4 % (96.9 to 97.9, n = 10)", in the metric's unit; no interval below two values, a dash for none."""
    from compare.statistics import mean_interval

    if not values:
        return "-"
    found = mean_interval(values)
    shown = [f"{100 * value:.1f}" if score.percent else f"{value:.4g}" for value in (found.mean, found.low, found.high)]
    mean = f"{shown[0]} {'%' if score.percent else score.unit}".rstrip()
    return f"{mean} (n = 1)" if found.n < 2 else f"{mean} ({shown[1]} to {shown[2]}, n = {found.n})"
