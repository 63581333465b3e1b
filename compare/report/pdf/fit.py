"""What fits on A4: the width of each figure, and the letters and the turn of the page that a table needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import Any

TEXT_PT = 470.0  # between the margins of an upright page
BLEED_PT = 30.0  # how far a wide figure reaches into each margin
PAGE_PT = 560.0  # height that a figure may take, beside its title and its caption
TURNED_PT = 728.0  # between the margins of a page on its side
_EM = 0.49  # mean width of a letter of Libertinus Serif, in its size; digits are 0.465
_CODE = 1.28  # width of a letter of code, in letters of text
_ICON = 2.7  # width of an icon and the space behind it, in letters


@dataclass(frozen=True)
class _Way:
    """A way to set a table. `roomy`: letters that a column of words should have; `price` of one line set so."""

    size: float
    inset: float
    roomy: int
    price: float


# Small letters must save lines to be worth it. A page is turned only for a table that fits no upright one.
_UPRIGHT = (
    _Way(8.7, 5.0, 26, 1.0),
    _Way(8.7, 5.0, 14, 1.0),
    _Way(7.8, 3.5, 26, 1.1),
    _Way(7.8, 3.5, 14, 1.1),
    _Way(7.0, 2.5, 14, 1.3),
)
_TURNED = (_Way(8.4, 4.5, 20, 1.0), _Way(7.2, 3.0, 14, 1.1), _Way(6.2, 2.0, 10, 1.3))
_LONG_WORD = re.compile(r"\S{25,}")
_PLACES = re.compile(r"(?<=[_/.\-=,;:(])(?=\w)|(?<=\w{12})(?=\w)")
_GAP = "​"


def fit_figure(width_px: float, height_px: float, width: str) -> dict[str, float]:
    """Width in pt, never larger than drawn, and how far the figure reaches into the margins: wide ones do."""
    room = TEXT_PT + 2 * BLEED_PT if width == "wide" else TEXT_PT
    drawn = min(width_px * 0.75, room, PAGE_PT * width_px / height_px)
    return {"drawn_width": round(drawn, 2), "bleed": round(max(0.0, (drawn - TEXT_PT) / 2), 2)}


def fit_table(table: dict[str, Any]) -> dict[str, Any]:
    """The size of letters and the inset of cells in pt, whether the page is turned, and the columns' widths in pt.

    The widths are none where every column fits as wide as it would like to be.
    """
    tries = [(_Try(table, way, TEXT_PT), False) for way in _UPRIGHT] + [
        (_Try(table, w, TURNED_PT), True) for w in _TURNED
    ]
    fitting = [(one, turned) for one, turned in tries if one.fits] or tries[-1:]
    best, landscape = min(fitting, key=lambda pair: (pair[1], pair[0].price))
    return {"size": best.way.size, "inset": best.way.inset, "landscape": landscape, "widths": best.widths_pt()}


class _Try:
    """A table set in one way."""

    def __init__(self, table: dict[str, Any], way: _Way, room_pt: float) -> None:
        columns = [_Column.of(table, place, way.roomy) for place in range(len(table["columns"]))]
        room = (room_pt - 2 * way.inset * len(columns)) / (way.size * _EM)
        self.way = way
        self.fits = sum(column.least for column in columns) <= room
        self.letters = _shared(columns, room)
        self.price = way.price * sum(self._lines(row) for row in table["rows"])

    def widths_pt(self) -> list[float]:
        return [round(n * self.way.size * _EM + 2 * self.way.inset, 2) for n in self.letters]

    def _lines(self, row: list[dict[str, Any]]) -> int:
        """How many lines a row takes; 6 % of a line is lost where words break."""
        cells = zip(map(_letters, row), self.letters, strict=False)  # no widths: nothing wraps
        return max((ceil(1.06 * letters / width) if letters > width else 1 for letters, width in cells), default=1)


def breakable(text: str) -> str:
    """Lets a long word (a digest, a path) go over several lines."""
    return _LONG_WORD.sub(lambda word: _PLACES.sub(_GAP, word[0]), text)


@dataclass(frozen=True)
class _Column:
    """A column's widths in letters: as it would like to be, and the least that reads well.

    `wrapped` is how many letters, over all cells, do not stand on the first line at the least width.
    """

    whole: float
    least: float
    wrapped: float

    @classmethod
    def of(cls, table: dict[str, Any], place: int, roomy: int) -> _Column:
        column = table["columns"][place]
        cells = [row[place] for row in table["rows"]]
        head = f"{column['title']} ({column['unit']})" if column["unit"] else column["title"]
        widest = max(map(_letters, cells), default=0)
        firm = max((_firm_letters(cell, column["numeric"]) for cell in cells), default=0)
        least = max(min(widest, max(firm, roomy)), _longest_word(head))
        wrapped = sum(max(0.0, _letters(cell) - least) for cell in cells)
        return cls(max(widest, len(head) * 1.06), least, wrapped)


def _shared(columns: list[_Column], room: float) -> list[float]:
    """Letters for each column: its least, and of what is left a share by what it wraps. Empty if nothing wraps."""
    if sum(column.whole for column in columns) <= room:
        return []
    left = room - sum(column.least for column in columns)
    if left < 0:
        return [column.least * room / (room - left) for column in columns]
    wrapped = sum(column.wrapped for column in columns) or 1
    return [min(max(column.whole, column.least), column.least + left * column.wrapped / wrapped) for column in columns]


def _letters(cell: dict[str, Any]) -> float:
    words = sum(len(span["text"]) * (_CODE if span["kind"] == "code" else 1) for span in cell["spans"])
    return words + (_ICON if cell["status"] else 0)


def _firm_letters(cell: dict[str, Any], numeric: bool) -> float:
    """What must stay on one line: a number with its interval, or the longest word."""
    return _letters(cell) if numeric and cell["sort"] is not None else _longest_word(cell["plain"])


def _longest_word(text: str) -> int:
    return max((len(word) for word in breakable(text).replace(_GAP, " ").split()), default=0)
