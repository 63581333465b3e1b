"""`neurocontrast run`: an experiment's runs, from its file to a finished study."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compare.cli._screen import errors, output
from compare.errors import UsageError

if TYPE_CHECKING:
    from compare.experiment import Experiment
    from compare.store import Study

SOME_FAILED, INTERRUPTED = 1, 130


def run(
    file: Annotated[Path, typer.Argument(help="The experiment, a TOML file.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The study's folder. [default: studies/FILE]")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would run, and what is refused.")] = False,
    seeds: Annotated[int | None, typer.Option(help="How many seeds: 0, 1, ... Only the new ones run.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Runs at a time. Results do not depend on it.")] = 1,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="KEY=VALUE", help="Change a value: rule.learning_rate=3e-4"),
    ] = None,
    plugin: Annotated[list[Path] | None, typer.Option(help="A file with parts of your own.")] = None,
    data: Annotated[Path | None, typer.Option(help="Where the data sets are.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the report there when all is done.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Run again what is done.")] = False,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="Run again what failed.")] = False,
    no_fidelity: Annotated[
        bool, typer.Option("--no-fidelity", help="Do not compare the learners' definitions with Brian2.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Events as JSON, one a line.")] = False,
) -> None:
    """Run an experiment. The same command again continues where it stopped."""
    _set_data_folder(data)
    if jobs < 1:
        raise UsageError(f"--jobs {jobs} cannot run anything. Give 1 or more.")
    changes = [*(change or []), *([f"seeds={seeds}"] if seeds is not None else [])]
    from compare.experiment import Experiment

    experiment = Experiment.from_toml(file, overrides=changes, plugins=plugin or [])
    folder = out or Path("studies") / file.stem
    if dry_run:
        from compare.cli._dry_run import print_plan

        print_plan(experiment, folder)
        return
    how = {"jobs": jobs, "force": force, "retry_errors": retry_errors, "fidelity": not no_fidelity}
    study = _carry_out(experiment, folder, how, json=json)
    _conclude(study, command=f"neurocontrast run {file}", report=report, json=json)


def _set_data_folder(data: Path | None) -> None:
    """For this process and for its workers, which inherit the environment."""
    if data is None:
        return
    if not data.is_dir():
        raise UsageError(f"--data {data} is not a folder. Give the folder that holds the data sets.")
    os.environ["NEUROCONTRAST_DATA"] = str(data.resolve())


def _carry_out(experiment: Experiment, folder: Path, how: dict[str, Any], *, json: bool) -> Study:
    from compare.cli._progress import JsonLines, bars_or_lines

    watch = JsonLines() if json else bars_or_lines(errors())
    try:
        with watch as tell:
            return experiment.run(folder, **how, progress=tell)
    except KeyboardInterrupt as interrupt:
        text = str(interrupt) or "Stopped. What is done is kept; the same command continues."
        errors().print(text, markup=False, soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from interrupt


def _conclude(study: Study, *, command: str, report: Path | None, json: bool) -> None:
    """The result in short, the report or how to get it, and the exit code."""
    from compare._checks import seeds_note
    from compare.cli._result import print_failures, print_result

    if not json:
        print_result(study)
        note = seeds_note(study.plan["seeds"], command)
        if note:
            output().print(note, markup=False, soft_wrap=True)
        print_failures(study)
    if report is not None:
        from compare.cli.report import write

        write(study, report, html=True, pdf=True, quiet=json)
    elif not json:
        output().print(f"Report: neurocontrast report {study.path}", markup=False, soft_wrap=True)
    if study.runs("failed"):
        raise typer.Exit(SOME_FAILED)
