"""The report made ready to set: numbered, its inline text parsed, its links checked, as plain data for both renderers.

Both renderers read this and nothing else, so what they show can differ in looks only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import singledispatchmethod
from typing import Any

from compare.report import csv_files
from compare.report.document import Callout, Caption, Cell, Code, Figure, Items, Paragraph, Report, Section, Table
from compare.report.inline import Span, parse

CALLOUT_WORDS: Mapping[str, str] = {
    "verdict": "Verdict",
    "note": "Note",
    "amber": "Caution",
    "red": "Problem",
    "gap": "Missing",
}
STATUS_WORDS: Mapping[str, str] = {"ok": "fine", "amber": "caution", "red": "problem", "gap": "missing"}
_SPACES = re.compile(r"[\x00-\x20\x7f]+")
ABSENT = "(not in this report)"
FOR_ML, FOR_NEUROSCIENCE = "For ML readers:", "For neuroscience readers:"


def names(report: Report) -> dict[str, str]:
    """What each anchor is called: "Section 5", "Appendix A", "Figure 3", "Table 2"."""
    called = {section.anchor: section_name(section) for section in report.sections}
    called |= {figure.anchor: f"Figure {n}" for n, figure in enumerate(report.figures, 1)}
    called |= {table.anchor: f"Table {n}" for n, table in enumerate(report.tables, 1)}
    return called


def section_name(section: Section) -> str:
    """ "Section 5" or "Appendix A"."""
    return f"{'Section' if section.number[:1].isdigit() else 'Appendix'} {section.number}"


def manuscript(report: Report) -> dict[str, Any]:
    """The report as dicts, lists, texts and numbers that JSON can hold."""
    return _Setter(names(report)).report(report)


class _Setter:
    def __init__(self, called: dict[str, str]) -> None:
        self._called = called

    def report(self, report: Report) -> dict[str, Any]:
        return {
            "title": report.title,
            "question": self._spans(report.question),
            "summary": self._spans(report.summary),
            "facts": [{"name": name, "spans": self._spans(str(value))} for name, value in report.facts.items()],
            "sections": [self._section(section) for section in report.sections],
        }

    def _section(self, section: Section) -> dict[str, Any]:
        return {
            "anchor": section.anchor,
            "number": section.number,
            "title": section.title,
            "name": self._called[section.anchor],
            "blocks": [self._block(block) for block in section.blocks],
        }

    @singledispatchmethod
    def _block(self, block: Any) -> dict[str, Any]:
        raise TypeError(f"{type(block).__name__} is not a block; see compare/report/document.py for those there are")

    @_block.register
    def _(self, block: Paragraph) -> dict[str, Any]:
        return {"kind": "paragraph", "spans": self._spans(block.text)}

    @_block.register
    def _(self, block: Items) -> dict[str, Any]:
        return {"kind": "items", "ordered": block.ordered, "items": [self._spans(item) for item in block.items]}

    @_block.register
    def _(self, block: Code) -> dict[str, Any]:
        return {"kind": "code", "text": block.text.strip("\n"), "language": block.language}

    @_block.register
    def _(self, block: Callout) -> dict[str, Any]:
        word = CALLOUT_WORDS[block.level]
        return {"kind": "callout", "level": block.level, "word": word, "spans": self._spans(block.text)}

    @_block.register
    def _(self, block: Table) -> dict[str, Any]:
        return {"kind": "table", "name": self._called[block.anchor], **self._table(block)}

    @_block.register
    def _(self, block: Figure) -> dict[str, Any]:
        return {
            "kind": "figure",
            "anchor": block.anchor,
            "name": self._called[block.anchor],
            "title": block.title,
            "svg": block.svg,
            "alt": block.alt,
            "caption": self._caption(block.caption),
            "data": self._table(block.data),
            "code": block.code.strip("\n"),
            "width": block.width,
        }

    def _table(self, table: Table) -> dict[str, Any]:
        csv_heads = csv_files.heads(table)
        return {
            "anchor": table.anchor,
            "title": table.title,
            "columns": [
                {"title": c.title, "unit": c.unit, "numeric": c.numeric, "csv": head, "csv_shown": shown}
                for c, (head, shown) in zip(table.columns, csv_heads, strict=True)
            ],
            "rows": [
                [self._cell(cell, column) for cell, column in zip(row, table.columns, strict=True)]
                for row in table.rows
            ],
            "caption": self._caption(table.caption),
            "width": table.width,
            "sortable": table.sortable,
        }

    def _cell(self, cell: Cell, column: Any) -> dict[str, Any]:
        spans = self._spans(cell.text)
        return {
            "spans": spans,
            "plain": "".join(span["text"] for span in spans),
            "status": cell.status,
            "word": STATUS_WORDS.get(cell.status, ""),
            "csv": csv_files.value_text(cell, column),
            "shown": csv_files.shown_text(cell),
            "sort": None if cell.value is None else _sort_text(cell.value),
        }

    def _caption(self, caption: Caption) -> list[dict[str, Any]]:
        """The lines of a caption: what is shown, and one line for each kind of reader."""
        lines = (("", caption.text), (FOR_ML, caption.for_ml), (FOR_NEUROSCIENCE, caption.for_neuroscience))
        return [{"lead": lead, "spans": self._spans(text)} for lead, text in lines if text.strip()]

    def _spans(self, text: str) -> list[dict[str, Any]]:
        spans = (self._resolved(span) for span in parse(_SPACES.sub(" ", text).strip()))
        return [{"kind": s.kind, "text": s.text, "target": s.target, "bold": s.bold} for s in spans if s.text]

    def _resolved(self, span: Span) -> Span:
        """A link with its words; one that leads nowhere in this report stays as plain words."""
        if span.kind != "link" or not span.target.startswith("#"):
            return span
        name = self._called.get(span.target[1:])
        if name is None:
            return replace(span, kind="text", target="", text=span.text or ABSENT)
        return span if span.text else replace(span, text=name)


def _sort_text(value: Any) -> str:
    return value if isinstance(value, str) else repr(float(value))
