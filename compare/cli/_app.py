"""Puts the commands together, and turns what goes wrong into one message and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from compare.cli import check, doctor, list, new, report, run, show, validate
from compare.cli._screen import errors
from compare.errors import NeurocontrastError

app = typer.Typer(
    name="neurocontrast",
    help="Run spiking and artificial networks on the same task and report how they differ, and how sure we are.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("report")(report.report)
app.command("show")(show.show)
app.command("list")(list.list_parts)
app.command("new")(new.new)
app.command("check")(check.check)
app.command("validate")(validate.validate)
app.command("doctor")(doctor.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"neurocontrast {version('neurocontrast')}")
        except PackageNotFoundError:
            typer.echo("neurocontrast, from a checkout that is not installed")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the code an error arose.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Run spiking and artificial networks on the same task and report how they differ, and how sure we are."""


def answer(arguments: Sequence[str] | None = None) -> int:
    """Carries out a command line and returns its exit code.

    0 ok, 1 some runs failed, 2 usage, 3 bad configuration or study, 4 environment, 130 interrupted.
    """
    words = [*(sys.argv[1:] if arguments is None else arguments)]
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]  # it may stand anywhere
    try:
        app(words, prog_name="neurocontrast")
    except NeurocontrastError as error:
        if debug:
            traceback.print_exc()
        errors().print(f"[bold red]Error:[/] {_plain(error)}", soft_wrap=True)
        return error.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def _plain(error: Exception) -> str:
    from rich.markup import escape

    return escape(str(error))
