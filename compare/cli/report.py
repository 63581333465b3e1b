"""`neurocontrast report`: a study's report as one HTML file and as a PDF."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.cli._screen import output

if TYPE_CHECKING:
    from compare.store import Study


def report(
    study: Annotated[Path, typer.Argument(help="The study's folder.")],
    html: Annotated[bool, typer.Option("--html", help="Only the HTML file, unless --pdf is given too.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Only the PDF, unless --html is given too.")] = False,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The report's folder. [default: STUDY/reports/report]")
    ] = None,
) -> None:
    """Write a study's report, from what its folder holds. Nothing is run."""
    from compare.store import Study

    opened = Study(study)
    both = html == pdf
    paths = write(opened, out or study / "reports" / "report", html=html or both, pdf=pdf or both)
    if show:
        webbrowser.open(paths.get("html", paths.get("pdf", study)).resolve().as_uri())


def write(study: Study, folder: Path, *, html: bool, pdf: bool, quiet: bool = False) -> dict[str, Path]:
    """Writes the report and says where it is."""
    from compare.report.write import Report

    paths = Report(study).write(folder, html=html, pdf=pdf)
    if not quiet:
        for kind in ("html", "pdf"):
            if kind in paths:
                output().print(f"Report: {paths[kind]}", markup=False, soft_wrap=True)
    return paths
