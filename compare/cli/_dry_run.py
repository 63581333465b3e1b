"""What `neurocontrast run --dry-run` shows: each learner on each task, what is refused, what is done already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from compare._checks import seeds_note
from compare.cli._screen import output, table

if TYPE_CHECKING:
    from compare.experiment import Experiment


def print_plan(experiment: Experiment, folder: Path) -> None:
    """Prints the plan. Nothing is run and nothing is written."""
    from rich.text import Text

    refused = experiment.refusals()
    plan = experiment.plan()
    output().print(Text(experiment.question, style="bold"))
    rows = table("task", "input", "learner", ">seeds", "")
    for task in experiment.task_specs:
        for given in experiment.inputs:
            for label in experiment.learner_specs:
                runs = [run for run in plan if (run.task, run.input, run.label) == (task, given, label)]
                done = sum((folder / "runs" / run.key).is_dir() for run in runs)
                note = refused.get((label, task))
                note = f"refused: {note}" if note else f"{done} done already" if done else ""
                rows.add_row(task, given, Text(label), str(len(runs)), Text(note))
    output().print(rows)
    waiting = sum(not (folder / "runs" / run.key).is_dir() for run in plan)
    output().print(f"{len(plan)} runs, {waiting} of them to do. Study: {folder}", markup=False, soft_wrap=True)
    note = seeds_note(experiment.seeds, "neurocontrast run ...")  # type: ignore[arg-type]
    if note:
        output().print(note, markup=False, soft_wrap=True)
