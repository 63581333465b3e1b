"""The report as PDF, set by Typst: tagged (PDF/UA-1), the same bytes for the same report, no font of the system."""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path
from textwrap import shorten
from typing import Any

from compare.report.document import Report
from compare.report.icons import ICONS
from compare.report.manuscript import manuscript
from compare.report.palette import LIGHT
from compare.report.pdf.fit import breakable, fit_figure, fit_table
from compare.report.svg import read_svg, size_px

_TEMPLATE = Path(__file__).with_name("report.typ")
RUNNING = 90  # letters of the title that stand on one line at the head of each page
_ICON_COLOURS = {"ok": "ok", "verdict": "link", "note": "muted", "amber": "amber", "red": "red", "gap": "muted"}


def render_pdf(report: Report) -> bytes:
    """The PDF's bytes. Words reach Typst as JSON, so nothing that a user wrote becomes code.

    Raises:
        ValueError: Typst could not set the report; the message is Typst's own.
    """
    import typst

    data = manuscript(report)
    files = {"main.typ": _TEMPLATE.read_bytes(), **_take_figures(data)}
    files["data.json"] = json.dumps(_prepared(data), ensure_ascii=False, allow_nan=False).encode()
    try:
        return typst.compile(files, format="pdf", ignore_system_fonts=True, pdf_standards=["ua-1"])  # type: ignore[arg-type]
    except typst.TypstError as error:
        raise ValueError(f"the PDF could not be set: {error}") from error


def _take_figures(data: dict[str, Any]) -> dict[str, bytes]:
    """Moves each SVG out of the data into a file of its own, and gives each figure its width."""
    files: dict[str, bytes] = {}
    for section in data["sections"]:
        for block in section["blocks"]:
            if block["kind"] != "figure":
                continue
            svg = block.pop("svg")
            block["file"] = f"{block['anchor']}.svg"
            files[block["file"]] = svg.encode()
            block |= fit_figure(*size_px(read_svg(svg, block["anchor"])), block["width"])
            del block["data"], block["code"]
    return files


def _prepared(data: dict[str, Any]) -> dict[str, Any]:
    for section in data["sections"]:
        kinds = [block["kind"] for block in section["blocks"]]
        for block, following in zip(section["blocks"], [*kinds[1:], ""], strict=False):
            _prepare_block(block)
            block["sticky"] = following in {"figure", "table"}  # words that lead to an exhibit stay with it
        runs = groupby(section.pop("blocks"), key=lambda block: block.get("fit", {}).get("landscape", False))
        section["runs"] = [{"landscape": turned, "blocks": list(blocks)} for turned, blocks in runs]
        section["runs"] = section["runs"] or [{"landscape": False, "blocks": []}]
    return {
        **data,
        "running": shorten(data["title"], RUNNING, placeholder=" ..."),
        "description": "".join(span["text"] for span in data["summary"]),
        "keywords": ["neurocontrast", "spiking neural networks", "learning rules"],
        "fact_columns": _fact_columns(data["facts"]),
        "colours": LIGHT,
        "icons": {name: _icon_svg(name) for name in ICONS},
    }


def _prepare_block(block: dict[str, Any]) -> None:
    if block["kind"] == "table":
        block["fit"] = fit_table(block)
    if block["kind"] == "code":
        block["text"] = re.sub(r"\S{80,}", lambda word: breakable(word[0]), block["text"])
    for spans in _span_lists(block):
        for span in spans:
            span["text"] = breakable(span["text"])


def _span_lists(block: dict[str, Any]) -> list[list[dict[str, Any]]]:
    lists = [line["spans"] for line in block.get("caption", [])] + list(block.get("items", []))
    lists += [cell["spans"] for row in block.get("rows", []) for cell in row]
    return [*lists, block["spans"]] if "spans" in block else lists


def _fact_columns(facts: list[dict[str, Any]]) -> int:
    """Four facts in a line, fewer where they are long."""
    longest = max((sum(len(span["text"]) for span in fact["spans"]) for fact in facts), default=0)
    return 4 if longest <= 24 else 3 if longest <= 40 else 2


def _icon_svg(name: str) -> str:
    paths = "".join(f'<path d="{d}"/>' for d in ICONS[name])
    paint = f'fill="none" stroke="{LIGHT[_ICON_COLOURS[name]]}" stroke-width="1.7"'
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    size = 'viewBox="0 0 20 20" width="20" height="20"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {paint} {ends}>{paths}</svg>'
