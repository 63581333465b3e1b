"""How every figure looks: colours by family of rule, markers and lines by learner, stable SVG bytes."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from compare.report.palette import LIGHT

TEXT, MUTED, RULE_LINE, PAPER = (
    LIGHT["text"],
    LIGHT["muted"],
    LIGHT["grid"],
    "#FEFEFE",
)  # the page swaps these in the dark
FAMILY_COLOURS: Mapping[str, str] = {
    "backprop": "#2C54CC",
    "surrogate gradient": "#EA601E",
    "STDP": "#05451B",
    "Hebbian": "#7E356B",
    "feedback": "#AF8E60",
    "second phase": "#499DC1",
    "control": MUTED,
}
OTHER_COLOURS = ("#AF8E60", "#499DC1")  # families of others take these in turn
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*", "h", "d", "8")
LINES = ("-", (0, (5, 1.5, 1, 1.5)), (0, (1, 1.3)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
CONTROL_LINES = ("--", (0, (2, 2)), (0, (6, 2, 2, 2)), (0, (1, 3)), (0, (8, 4)))  # a control is always dashed
SERIES_IN_A_PANEL = 6
MARKS_BEFORE_RASTER = 5000
LONG = 44  # letters of a name that stands on two lines beside an axis
LEGEND_HANDLE, LEGEND_BETWEEN = (
    2.6 + 0.8,
    2.0,
)  # a legend's line with the gap behind it, and the gap between columns, em
INCHES = {"text": 6.4, "figure": 8.4, "wide": 10.6}  # 9.5 pt letters stay above 7 pt on A4 and near 14 px on a screen
# Text becomes outlines: the same letters in every browser and in Typst, with no font to find. The words are
# in the figure's alt text, its caption and the table behind it.
SETTINGS: Mapping[str, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "neurocontrast",
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.labelsize": 9.5,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "axes.titlecolor": TEXT,
    "axes.edgecolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "grid.color": RULE_LINE,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "hatch.linewidth": 0.8,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.handlelength": 2.6,
    "image.interpolation": "nearest",
    "path.simplify": True,
    "figure.dpi": 144,
}


@dataclass(frozen=True)
class Look:
    """How one learner is drawn everywhere in a report."""

    label: str
    family: str
    colour: str
    marker: str
    line: Any
    slug: str

    @property
    def is_control(self) -> bool:
        return self.family == "control"


def slug(text: str) -> str:
    """A label as an id: "STDP (Diehl & Cook)" becomes "stdp-diehl-cook"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


def colour_of(family: str, others: Sequence[str] = ()) -> str:
    """The family's colour; `others` are the families beyond the known ones, in order."""
    if family in FAMILY_COLOURS:
        return FAMILY_COLOURS[family]
    return OTHER_COLOURS[(list(others).index(family) if family in others else 0) % len(OTHER_COLOURS)]


def looks_of(families: Mapping[str, str]) -> dict[str, Look]:
    """Label -> Look for learners in the order given; `families` maps each label to its rule's family."""
    others = sorted({f for f in families.values() if f not in FAMILY_COLOURS})
    seen: dict[str, int] = {}
    taken: set[str] = set()
    looks = {}
    for place, (label, family) in enumerate(families.items()):
        within = seen[family] = seen.get(family, -1) + 1
        lines = CONTROL_LINES if family == "control" else LINES
        name = slug(label)
        while name in taken:
            name += "-x"
        taken.add(name)
        looks[label] = Look(
            label, family, colour_of(family, others), MARKERS[place % len(MARKERS)], lines[within % len(lines)], name
        )
    return looks


@dataclass
class Canvas:
    """A figure in the making; it hands out the ids of series and writes the SVG."""

    figure: Figure
    titles: dict[str, str] = field(default_factory=dict)  # id -> tooltip
    names: dict[str, str] = field(default_factory=dict)  # slug -> label
    drawn: dict[str, int] = field(default_factory=dict)  # slug -> how many ids it has

    def series(self, look: Look, *artists: Any, tip: str = "") -> None:
        """Marks artists as belonging to a learner: ids `series-<slug>`, `series-<slug>--2`, ... and a tooltip."""
        for artist in artists:
            self.drawn[look.slug] = self.drawn.get(look.slug, 0) + 1
            gid = _series_id(look.slug, self.drawn[look.slug])
            artist.set_gid(gid)
            self.titles[gid] = tip or look.label
            self.names[look.slug] = look.label

    def svg(self) -> str:
        """The figure as SVG text: no date, no random ids, a `<title>` in each series."""
        buffer = io.StringIO()
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        self._lay_out()
        # Figure.savefig lays out and draws everything twice; this draws once.
        FigureCanvasSVG(self.figure).print_svg(buffer, metadata=metadata)
        text = buffer.getvalue()
        text = _clips_in_order(text[text.index("<svg") :])
        text = re.sub(r'<g id="(series-[a-z0-9-]+)"([^>]*)>', self._titled, text)
        # The page calls a series by the shortest title in it; a group with the bare name makes sure that there is one.
        bare = "".join(
            f'<g id="{_series_id(slug, self.drawn[slug] + 1)}"><title>{escape(name)}</title></g>'
            for slug, name in self.names.items()
        )
        return text.replace("</svg>", f"{bare}</svg>")

    def _lay_out(self) -> None:
        """Places the axes once and rounds: the solver's last digits depend on where objects lie in memory."""
        FigureCanvasSVG(self.figure)
        engine = self.figure.get_layout_engine()
        if engine is not None:
            engine.execute(self.figure)
        self.figure.set_layout_engine("none")
        for axes in self.figure.axes:
            axes.set_position(np.round(axes.get_position(original=True).bounds, 5).tolist(), which="original")

    def _titled(self, match: re.Match[str]) -> str:
        title = self.titles.get(match[1])
        return match[0] if title is None else f"{match[0]}<title>{escape(title)}</title>"


def _clips_in_order(svg: str) -> str:
    """Clip paths get numbers by their order: Matplotlib names them by coordinates in full precision."""
    numbers: dict[str, str] = {}
    for name in re.findall(r'clip-path="url\(#(p[0-9a-f]{10})\)"', svg):
        numbers.setdefault(name, f"clip-{len(numbers) + 1}")
    return re.sub(r"(?<=[#\"])p[0-9a-f]{10}(?=[)\"])", lambda found: numbers.get(found[0], found[0]), svg)


def _series_id(slug: str, count: int) -> str:
    return f"series-{slug}" + (f"--{count}" if count > 1 else "")


@contextmanager
def canvas(width: str = "figure", height: float = 3.2) -> Iterator[Canvas]:
    """A canvas of the report's style; `width` is "text", "figure" or "wide", `height` in inches."""
    with matplotlib.rc_context(dict(SETTINGS)):  # type: ignore[arg-type]
        figure = Figure(figsize=(INCHES[width], height), layout="constrained")
        # The default engine pads generously; multiples need the room.
        figure.get_layout_engine().set(w_pad=0.05, h_pad=0.05, wspace=0.03, hspace=0.03)  # type: ignore[union-attr]
        yield Canvas(figure)


def grid(axes: Axes, axis: Any = "both") -> None:
    """Fine lines behind the data."""
    axes.grid(True, axis=axis)
    axes.tick_params(length=3)


def multiples(sheet: Canvas, count: int, columns: int, **options: Any) -> list[Axes]:
    """`count` panels in rows of `columns`; panels left over are taken out."""
    rows = -(-count // columns)
    panels = sheet.figure.subplots(rows, columns, squeeze=False, **options).ravel()
    for spare in panels[count:]:
        spare.remove()
    return list(panels[:count])


def outer_labels(panels: Sequence[Axes], columns: int, x: str = "", y: str = "") -> None:
    """Names the x axis of the lowest panel in each column and the y axis of the first column."""
    for place, axes in enumerate(panels):
        if x and place + columns >= len(panels):
            axes.set_xlabel(x)
            axes.tick_params(labelbottom=True)
        if y and place % columns == 0:
            axes.set_ylabel(y)


def mark_family(axes: Axes, look: Look) -> None:
    """A bar in the family's colour at the left of a picture, whose title stays in the colour of text."""
    spine = axes.spines["left"]
    spine.set_visible(True)
    spine.set(color=look.colour, linewidth=4, position=("outward", 2))


def legend_below(sheet: Canvas, panels: Iterable[Axes], columns: int = 3) -> None:
    """One legend under all panels, each name once, so that it covers no data."""
    named: dict[str, Any] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(label, handle)
    fitting = columns_that_fit(list(named), sheet.figure.get_figwidth(), min(columns, len(named)))
    sheet.figure.legend(list(named.values()), list(named), loc="outside lower center", ncols=fitting)


def columns_that_fit(names: Sequence[str], inches: float, most: int, size: float = 9.0) -> int:
    """In how many columns, at most, a legend of these names stands within a figure of so many inches."""
    for columns in range(most, 1, -1):
        depth = -(-len(names) // columns)  # Matplotlib fills a column before it begins the next
        widest = [max(text_inches(name, size) for name in names[i : i + depth]) for i in range(0, len(names), depth)]
        around = (LEGEND_HANDLE + LEGEND_BETWEEN) * size / 72  # line and gaps of each column
        if sum(widest) + around * len(widest) <= inches - 0.2:
            return columns
    return 1


def text_inches(text: str, size: float) -> float:
    """How wide a line of text is in letters of `size` points."""
    font = FontProperties(family=SETTINGS["font.family"], size=size)
    return (
        max(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0] for line in text.split("\n")) / 72
    )


def named_rows(axes: Axes, names: Sequence[str]) -> None:
    """Names rows on the y axis, 0 first: no tick marks, and room between a name and the axis."""
    shown = [name.replace(" · ", "\n", 1) if len(name) > LONG else name for name in names]
    axes.set_yticks(range(len(names)), [name if "\n" in name else on_two_lines(name, LONG) for name in shown])
    axes.tick_params(axis="y", length=0, pad=6)
    for label in axes.get_yticklabels():
        if "\n" in label.get_text():  # two lines as high as one row
            label.set(fontsize=7.5, linespacing=0.95)


def panels_by_family(looks: Iterable[Look], limit: int = SERIES_IN_A_PANEL) -> list[tuple[str, list[Look]]]:
    """Learners in panels of at most `limit`: one panel if they fit, else one or more for each family."""
    every = list(looks)
    if len(every) <= limit:
        return [("", every)]
    panels = []
    for family in dict.fromkeys(look.family for look in every):
        members = [look for look in every if look.family == family]
        title = "controls" if family == "control" else family
        panels += [(title, members[start : start + limit]) for start in range(0, len(members), limit)]
    return panels


def counts_axis(axes: Axes, values: Iterable[float]) -> None:
    """Ticks of a logarithmic x axis at 1, 2 and 5 times powers of ten, written 500, 2 k, 10 M."""
    positive = [float(v) for v in values if v > 0]
    wide = bool(positive) and max(positive) / min(positive) > 100
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0), numticks=12))
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.margins(x=0.08)


def on_two_lines(label: str, width: int = 18) -> str:
    """A long label on two lines."""
    if len(label) <= width or " " not in label:
        return label
    places = [i for i, letter in enumerate(label) if letter == " "]
    middle = min(places, key=lambda i: abs(i - len(label) / 2))
    return label[:middle] + "\n" + label[middle + 1 :]
