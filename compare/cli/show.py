"""`neurocontrast show`: what of a study ran, what failed and why."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compare.cli._screen import output, table
from compare.errors import UsageError

if TYPE_CHECKING:
    from compare.store import Run, Study

STATES = ("done", "refused", "failed", "missing")
LOG_LINES = 20


def show(
    study: Annotated[Path, typer.Argument(help="The study's folder.")],
    run: Annotated[str | None, typer.Argument(help="A run: its key or the first letters of it, or a label.")] = None,
) -> None:
    """Show what of a study ran, what failed and why; or one run in full."""
    from compare.store import Study

    opened = Study(study)
    if run is None:
        _show_study(opened)
    else:
        _show_run(_the_run(opened, run))


def _show_study(study: Study) -> None:
    from rich.text import Text

    output().print(Text(study.plan["question"], style="bold"))
    runs = study.index.to_dict("records")
    counts = Counter((run["task"], run["input"], run["label"], run["status"]) for run in runs)
    rows = table("task", "input", "learner", *(f">{state}" for state in STATES))
    for task, given, label in dict.fromkeys((run["task"], run["input"], run["label"]) for run in runs):
        rows.add_row(task, given, Text(label), *(str(counts[task, given, label, state] or "") for state in STATES))
    output().print(rows)
    _print_messages(runs)
    total = Counter(run["status"] for run in runs)
    output().print(", ".join(f"{total[state]} {state}" for state in STATES if total[state]) + f" of {len(runs)} runs")


def _print_messages(runs: list[dict[Any, Any]]) -> None:
    """Why runs failed or refused, each sentence once."""
    from rich.text import Text

    keys: dict[tuple[str, ...], list[str]] = {}
    for run in runs:
        if run["status"] in ("refused", "failed"):
            keys.setdefault((run["status"], run["label"], run["task"], run["message"]), []).append(run["key"])
    for (status, label, task, message), found in keys.items():
        some = ", ".join(key[:8] for key in found[:3]) + (", ..." if len(found) > 3 else "")
        style = "red" if status == "failed" else "yellow"
        output().print(
            Text.assemble((f"{status} ", style), f"{label} on {task}, {len(found)} runs ({some}): {message}")
        )


def _the_run(study: Study, name: str) -> Run:
    """The run whose key begins so, or the first one of that label.

    Raises:
        UsageError: none, or several.
    """
    found = [run for run in study.runs(None) if run.key.startswith(name)] or study.runs(None, label=name)[:1]
    if len(found) == 1:
        return found[0]
    problem = f'{len(found)} runs have a key that begins with "{name}".' if found else f'There is no run "{name}".'
    raise UsageError(f"{problem} Keys are in: neurocontrast show {study.path}")


def _show_run(run: Run) -> None:
    from rich.text import Text

    facts = run.facts
    rows = table("", "")
    for name in ("key", "label", "task", "input", "seed", "status", "message", "started", "finished"):
        rows.add_row(name, Text(str(facts.get(name) if name != "label" else run.label)))
    for name, value in (facts.get("times") or {}).items():
        rows.add_row(name, "-" if value is None else f"{value:.2f} s")
    rows.add_row("examples seen", str(facts.get("examples_seen")))
    output().print(rows)
    _show_metrics(run)
    if facts.get("traceback"):
        output().print(Text(facts["traceback"]))
    output().print(Text(run.config()))
    output().print(Text("\n".join(run.log().splitlines()[-LOG_LINES:]), style="dim"))


def _show_metrics(run: Run) -> None:
    metrics = run.metrics()
    if metrics.empty:
        return
    rows = table("split", ">examples seen", "metric", ">value", "unit")
    for row in metrics.to_dict("records"):
        rows.add_row(row["split"], str(row["examples_seen"]), row["metric"], f"{row['value']:.4g}", row["unit"])
    output().print(rows)
