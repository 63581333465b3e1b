"""The report as data: sections of blocks, which the HTML and the PDF renderer both read.

Inline text is plain text with `code`, **bold** and [words](#anchor) or [words](https://...), nothing else;
`[](#anchor)` reads "Figure 3", "Table 2" or "Section 5". Captions, cells, paragraphs, items, callouts, the question,
the summary and facts are inline text; titles, column heads, alt texts and code are plain. A user's own words go
through `inline.literal` first.

Each table and figure is also written as `data/<anchor>.csv`. Its heads are the columns' titles, with the unit in
brackets where there is one: "time (ms)". A numeric column holds the cells' values in full precision; where the texts
shown say more than the number, a second column "time (ms), as shown" holds them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Width = Literal["text", "figure", "wide"]  # 680, 960 and 1200 px

_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


def _check_anchor(anchor: str) -> None:
    # An anchor is an id in a page, a label in a PDF and the name of a file.
    if not _ANCHOR.fullmatch(anchor):
        raise ValueError(
            f"{anchor!r} is not an anchor: a letter, then letters, digits, '-', '_' or '.', for example 'fig-accuracy'"
        )


@dataclass(frozen=True)
class Caption:
    """What is shown, how it was computed, n and the kind of interval; then a line for each kind of reader."""

    text: str
    for_ml: str = ""
    for_neuroscience: str = ""


@dataclass(frozen=True)
class Cell:
    """A table's cell: the text shown, the value it is sorted by, and an optional status."""

    text: str
    value: float | str | None = None
    status: Literal["", "ok", "amber", "red", "gap"] = ""


@dataclass(frozen=True)
class Column:
    title: str
    unit: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Code:
    text: str
    language: str = ""


@dataclass(frozen=True)
class Callout:
    """A sentence set apart. "gap" labels something that is missing, and says why."""

    level: Literal["verdict", "note", "amber", "red", "gap"]
    text: str


@dataclass(frozen=True)
class Table:
    """A table; `anchor` is its stable link, "tab-accuracy"."""

    anchor: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: Caption
    width: Width = "figure"
    sortable: bool = True

    def __post_init__(self) -> None:
        _check_anchor(self.anchor)
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.anchor}: a row has {len(row)} cells, expected {len(self.columns)}")


@dataclass(frozen=True)
class Figure:
    """A chart as SVG in the light palette (see figures/style.py), with the table behind it.

    `alt` says what a person who cannot see it should know. `code` is Python that draws it anew from the CSV.
    Groups with the ids "series-x", "series-x--2", ... are one series, which the page can switch on and off; its name is
    the shortest <title> among them. A <title> is the tooltip of its element. Colours of palette.FIGURE_ROLES follow
    the page's theme; black and white never change.
    """

    anchor: str
    title: str
    svg: str
    alt: str
    caption: Caption
    data: Table
    code: str = ""
    width: Width = "figure"

    def __post_init__(self) -> None:
        _check_anchor(self.anchor)
        if not self.alt.strip():
            raise ValueError(f"figure {self.anchor} has no alt text")


Block = Paragraph | Items | Code | Callout | Table | Figure


@dataclass(frozen=True)
class Section:
    """One section. `number` is what readers cite: "1" to "12", "A" to "C"."""

    anchor: str
    number: str
    title: str
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        _check_anchor(self.anchor)


@dataclass(frozen=True)
class Report:
    title: str
    question: str
    summary: str  # one sentence, for the head of the page and the metadata
    sections: tuple[Section, ...]
    facts: dict[str, str] = field(default_factory=dict)  # "seeds": "10", "learners": "11", ... shown under the title

    def __post_init__(self) -> None:
        anchors = Counter(part.anchor for part in (*self.sections, *self.figures, *self.tables))
        twice = [anchor for anchor, count in anchors.items() if count > 1]
        if twice:
            raise ValueError(f"anchors stand for one thing each, but these occur twice: {', '.join(twice)}")

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(b for s in self.sections for b in s.blocks if isinstance(b, Figure))

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(b for s in self.sections for b in s.blocks if isinstance(b, Table))
