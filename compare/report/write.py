"""Writes a report: report.html, report.pdf, report.json and the data behind every figure and table as CSV.

Example:
    >>> Report(study).write("reports/stdp-or-backprop")                       # doctest: +SKIP
    {'html': PosixPath('reports/stdp-or-backprop/report.html'), ...}
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from compare._writing import unwritable, write_file
from compare.report import document
from compare.report.as_json import to_json
from compare.report.csv_files import csv_text

if TYPE_CHECKING:
    from compare.store import Study


class Report:
    """The report of a study, computed from its store alone."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def build(self) -> document.Report:
        """The document: sections of blocks, as data. On one thread, since several sum to other last bits."""
        import scipy.linalg  # noqa: F401  # brings its own BLAS, which is limited only once it is there
        from threadpoolctl import threadpool_limits

        from compare.report.build import build

        with threadpool_limits(1):
            return build(self.study)

    def write(self, folder: str | Path, *, html: bool = True, pdf: bool = True) -> dict[str, Path]:
        """Builds the document and writes it; see `write_document`."""
        return write_document(self.build(), folder, html=html, pdf=pdf)


def write_document(
    report: document.Report, folder: str | Path, *, html: bool = True, pdf: bool = True
) -> dict[str, Path]:
    """Writes any document into a folder, which is made if it is absent.

    Everything is rendered before the first file is written, and each file appears whole or not at all. CSV files
    that an earlier report left there and that this one does not have are removed.

    Returns:
        The paths by name: "html" and "pdf" where asked for, "json", and "data", the folder of the CSV files.

    Raises:
        EnvironmentFault: the folder cannot be written.
    """
    folder = Path(folder)
    files = _rendered(report, html=html, pdf=pdf)
    stale = _csv_names_in(folder / "report.json") - set(files)
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_file(folder / name, content)
        for name in stale:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    kinds = {"html": "report.html", "pdf": "report.pdf", "json": "report.json"}
    return {kind: folder / name for kind, name in kinds.items() if name in files} | {"data": folder / "data"}


def csv_files(report: document.Report) -> dict[str, str]:
    """ "data/<anchor>.csv" -> its text, for every figure and table in the report."""
    tables = {figure.anchor: figure.data for figure in report.figures} | {t.anchor: t for t in report.tables}
    return {f"data/{anchor}.csv": csv_text(table) for anchor, table in tables.items()}


def _rendered(report: document.Report, *, html: bool, pdf: bool) -> dict[str, bytes]:
    files = {name: text.encode() for name, text in csv_files(report).items()}
    if html:
        from compare.report.html.render import render_html

        files["report.html"] = render_html(report).encode()
    if pdf:
        from compare.report.pdf.render import render_pdf

        files["report.pdf"] = render_pdf(report)
    files["report.json"] = to_json(report).encode()
    return files


def _csv_names_in(path: Path) -> set[str]:
    """The CSV files of the report that is already there; none where there is no readable one."""
    try:
        sections = json.loads(path.read_text(encoding="utf-8"))["report"]["sections"]
        anchors = {block["anchor"] for section in sections for block in section["blocks"] if "anchor" in block}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {f"data/{Path(anchor).name}.csv" for anchor in anchors}
