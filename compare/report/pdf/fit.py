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
_ROOMY = 18  # letters that a column of words should have before the page is turned
# Size of letters, inset of cells, page turned: the first that fits is taken.
_STEPS = ((8.7, 5.0, False), (7.8, 3.5, False), (7.0, 2.5, False), (8.4, 4.5, True), (7.2, 3.0, True), (6.2, 2.0, True))
_LONG_WORD = re.compile(r"\S{25,}")
_PLACES = re.compile(r"(?<=[_/.\-=,;:(])(?=\w)|(?<=\w{12})(?=\w)")
_GAP = "​"


def fit_figure(width_px: float, height_px: float, width: str) -> dict[str, float]:
    """Width in pt, never larger than drawn, and how far the figure reaches into the margins: wide ones do."""
    room = TEXT_PT + 2 * BLEED_PT if width == "wide" else TEXT_PT
    drawn = min(width_px * 0.75, room, PAGE_PT * width_px / height_px)
    return {"drawn_width": round(drawn, 2), "bleed": round(max(0.0, (drawn - TEXT_PT) / 2), 2)}


def fit_table(table: dict[str, Any]) -> dict[str, Any]:
    """The size of letters and the inset of cells in pt, the columns' widths, and whether the page is turned."""
    columns = [_Column.of(table, place) for place in range(len(table["columns"]))]
    for size, inset, landscape in _STEPS:
        room = TURNED_PT if landscape else TEXT_PT
        pt = size * _EM
        if sum(column.least * pt + 2 * inset for column in columns) <= room or (size, inset, landscape) == _STEPS[-1]:
            break
    fits_whole = sum(column.whole * pt + 2 * inset for column in columns) <= room
    widths = [column.width(pt, inset, fits_whole) for column in columns]
    return {"size": size, "inset": inset, "landscape": landscape, "columns": widths}


def breakable(text: str) -> str:
    """Lets a long word (a digest, a path) go over several lines."""
    return _LONG_WORD.sub(lambda word: _PLACES.sub(_GAP, word[0]), text)


@dataclass(frozen=True)
class _Column:
    """A column's widths in letters: with nothing wrapped, and the least that reads well."""

    whole: int
    least: int
    words: bool

    @classmethod
    def of(cls, table: dict[str, Any], place: int) -> _Column:
        column = table["columns"][place]
        texts = [row[place]["plain"] for row in table["rows"]]
        head = f"{column['title']} ({column['unit']})" if column["unit"] else column["title"]
        icon = 2 if any(row[place]["status"] for row in table["rows"]) else 0
        longest = max(map(len, texts), default=0) + icon
        wrapped = max(_ROOMY, *(_longest_word(text) for text in texts)) + icon if texts else 0
        words = not column["numeric"] and longest > _ROOMY
        least = min(longest, wrapped) if words else longest
        return cls(max(longest, len(head)), max(least, _longest_word(head), min(len(head), 6)), words)

    def width(self, pt: float, inset: float, fits_whole: bool) -> dict[str, Any]:
        """As wide as it needs to be, or, in a full table, a share for words and a measure for the rest."""
        if fits_whole:
            return {"unit": "auto", "width": 0}
        if self.words:
            return {"unit": "fr", "width": min(self.whole, 3 * self.least)}
        return {"unit": "pt", "width": round(self.least * pt + 2 * inset + 1, 2)}


def _longest_word(text: str) -> int:
    return max((len(word) for word in breakable(text).replace(_GAP, " ").split()), default=0)
