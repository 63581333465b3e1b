"""A table of the report as CSV: numbers in full precision, words as they are."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import Any

from compare.report.document import Cell, Column, Table
from compare.report.inline import plain

# A spreadsheet takes a text that begins so for a formula, and a formula in somebody's study could act.
_FORMULA = re.compile(r"[=+@\t\r]|-[\w(]")


def head(column: Column) -> str:
    """A column's title, with its unit in brackets."""
    return f"{column.title} ({column.unit})" if column.unit else column.title


def heads(table: Table) -> list[tuple[str, str | None]]:
    """For each column the CSV's head, and the head of the column that keeps the texts shown, where one is needed."""
    names = [_as_text(head(column)) for column in table.columns]
    return [(name, f"{name}, as shown" if _says_more(table, place) else None) for place, name in enumerate(names)]


def value_text(cell: Cell, column: Column) -> str:
    """What the CSV holds for a cell: its value in a numeric column (nothing where it is undefined), else its words."""
    if not column.numeric:
        return shown_text(cell)
    if cell.value is None:
        return "" if _number(plain(cell.text)) is None else repr(_number(plain(cell.text)))
    return _number_text(cell.value)


def shown_text(cell: Cell) -> str:
    """The words of a cell as the CSV holds them."""
    return _as_text(plain(cell.text))


def csv_text(table: Table) -> str:
    """The table as CSV (RFC 4180, with "\\n" at the end of a line)."""
    names = heads(table)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([name for pair in names for name in pair if name is not None])
    for row in table.rows:
        writer.writerow(_row(row, table.columns, names))
    return buffer.getvalue()


def _row(row: tuple[Cell, ...], columns: tuple[Column, ...], names: list[tuple[str, str | None]]) -> list[str]:
    values: list[str] = []
    for cell, column, (_, shown) in zip(row, columns, names, strict=True):
        values.append(value_text(cell, column))
        if shown is not None:
            values.append(shown_text(cell))
    return values


def _says_more(table: Table, place: int) -> bool:
    texts = [plain(row[place].text) for row in table.rows]
    return table.columns[place].numeric and any(text.strip() and _number(text) is None for text in texts)


def _number(text: str) -> float | None:
    """The number that a text is, and nothing else: with a typographic minus, thousands' separators or a per cent."""
    bare = text.strip().replace("−", "-").replace(",", "").replace(" ", "").replace(" ", "").rstrip("%").strip()
    try:
        number = float(bare)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _number_text(value: Any) -> str:
    if isinstance(value, str):
        return _as_text(value)
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return repr(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else repr(value)


def _as_text(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and _number(text) is None else text
