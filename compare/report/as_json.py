"""The document model as JSON and back, so that a report can be rendered again without its study."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

from compare.report.document import (
    Callout,
    Caption,
    Cell,
    Code,
    Column,
    Figure,
    Items,
    Paragraph,
    Report,
    Section,
    Table,
)

FORMAT = 1
_KINDS = {
    k.__name__: k for k in (Callout, Caption, Cell, Code, Column, Figure, Items, Paragraph, Report, Section, Table)
}


def to_json(report: Report) -> str:
    """The report as JSON text; every object names its kind. Undefined numbers are null."""
    data = {"format": FORMAT, "report": _plain(report)}
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def from_json(text: str) -> Report:
    """The report that `to_json` wrote.

    Raises:
        ValueError: the text is of another format.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        given = data.get("format") if isinstance(data, dict) else type(data).__name__
        raise ValueError(f"report.json has format {given!r}; this version reads {FORMAT}. Write the report anew.")
    return _built(data["report"])


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"kind": type(value).__name__, **{f.name: _plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if not isinstance(value, type) and hasattr(value, "item"):  # a numpy number
        value = value.item()
    # JSON has no such numbers; the cell's text says what is meant.
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _built(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_built(item) for item in data)
    if isinstance(data, dict) and "kind" in data and data["kind"] in _KINDS:
        return _KINDS[data["kind"]](**{name: _built(value) for name, value in data.items() if name != "kind"})
    return data
