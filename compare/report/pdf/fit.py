"""What fits on A4: the width of each figure, and the letters and the turn of the page that a table needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

TEXT_PT = 470.0  # between the margins of an upright page
BLEED_PT = 30.0  # how far a wide figure reaches into each margin
PAGE_PT = 560.0  # height that a figure may take, beside its title and its caption
TURNED_PT = 728.0  # between the margins of a page on its side
_EM = 0.49  # mean width of a letter of Libertinus Serif, in its size; digits are 0.465
_CODE = 1.28  # width of a letter of code, in letters of text
_SENTENCE = 70  # a longer text wishes for no more than this
# Size of letters, inset of cells, letters that a column of words should have, page turned: the first that fits.
# A label on one line in smaller letters reads better than one on two lines, and anything better than a turned page.
_STEPS = (
    (8.7, 5.0, 26, False),
    (7.8, 3.5, 26, False),
    (7.8, 3.5, 14, False),
    (7.0, 2.5, 14, False),
    (8.4, 4.5, 20, True),
    (7.2, 3.0, 14, True),
    (6.2, 2.0, 10, True),
)
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
    for size, inset, roomy, landscape in _STEPS:
        columns = [_Column.of(table, place, roomy) for place in range(len(table["columns"]))]
        room = (TURNED_PT if landscape else TEXT_PT) - 2 * inset * len(columns)
        if sum(column.least for column in columns) * size * _EM <= room:
            break
    letters = _shared(columns, room / (size * _EM))
    widths = [round(n * size * _EM + 2 * inset, 2) for n in letters] if letters else []
    return {"size": size, "inset": inset, "landscape": landscape, "widths": widths}


def breakable(text: str) -> str:
    """Lets a long word (a digest, a path) go over several lines."""
    return _LONG_WORD.sub(lambda word: _PLACES.sub(_GAP, word[0]), text)


@dataclass(frozen=True)
class _Column:
    """A column's widths in letters: as it would like to be, and the least that reads well."""

    whole: float
    least: float

    @classmethod
    def of(cls, table: dict[str, Any], place: int, roomy: int) -> _Column:
        column = table["columns"][place]
        cells = [row[place] for row in table["rows"]]
        head = f"{column['title']} ({column['unit']})" if column["unit"] else column["title"]
        icon = 2 if any(cell["status"] for cell in cells) else 0
        widest = icon + max(map(_letters, cells), default=0)
        firm = max((_firm_letters(cell, column["numeric"]) for cell in cells), default=0)
        least = max(min(widest, max(firm, roomy)), _longest_word(head))
        return cls(max(widest, len(head) * 1.06), least)


def _shared(columns: list[_Column], room: float) -> list[float]:
    """Letters for each column: its least, and of what is left a share by its wish. Empty if all wishes fit."""
    if sum(column.whole for column in columns) <= room:
        return []
    wishes = [max(0.0, min(column.whole, _SENTENCE) - column.least) for column in columns]
    left = room - sum(column.least for column in columns)
    if left < 0:
        return [column.least * room / (room - left) for column in columns]
    return [column.least + left * wish / (sum(wishes) or 1) for column, wish in zip(columns, wishes, strict=True)]


def _letters(cell: dict[str, Any]) -> float:
    return sum(len(span["text"]) * (_CODE if span["kind"] == "code" else 1) for span in cell["spans"])


def _firm_letters(cell: dict[str, Any], numeric: bool) -> float:
    """What must stay on one line: a number with its interval, or the longest word."""
    return _letters(cell) if numeric and cell["sort"] is not None else _longest_word(cell["plain"])


def _longest_word(text: str) -> int:
    return max((len(word) for word in breakable(text).replace(_GAP, " ").split()), default=0)
