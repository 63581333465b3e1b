"""Each learner's layers as boxes from input to output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.patches import FancyBboxPatch

from compare.report.figures.style import MUTED, PAPER, TEXT, Look, canvas

CODE = """\
import pandas as pd
print(pd.read_csv("{csv}").pivot(index="learner", columns="place", values="neurons"))
"""


def draw(layers: Mapping[str, Sequence[tuple[str, int | None]]], looks: Mapping[str, Look]) -> str:
    """SVG of learner -> [(layer, neurons)] from input to output."""
    deepest = max(len(row) for row in layers.values())
    with canvas("figure", 0.25 + 0.4 * len(layers)) as sheet:
        axes = sheet.figure.subplots()
        axes.set(xlim=(-0.45, deepest - 0.55), ylim=(len(layers) - 0.5, -0.5))
        axes.set_yticks(range(len(layers)), list(layers))
        axes.tick_params(length=0)
        axes.set_xticks([])
        axes.spines[:].set_visible(False)
        for y, (learner, row) in enumerate(layers.items()):
            for place, (name, neurons) in enumerate(row):
                if place:
                    arrow = {"arrowstyle": "->", "color": MUTED, "linewidth": 1}
                    axes.annotate("", (place - 0.37, y), (place - 0.63, y), arrowprops=arrow)
                _box(axes, looks[learner], place, y, name if neurons is None else f"{name}\n{neurons:,}")
        return sheet.svg()


def _box(axes, look: Look, x: int, y: int, words: str) -> None:
    style = "round,pad=0,rounding_size=0.08"
    line = "--" if look.is_control else "-"
    box = FancyBboxPatch(
        (x - 0.36, y - 0.38), 0.72, 0.76, boxstyle=style, facecolor=PAPER, edgecolor=look.colour, lw=1.5
    )
    box.set_linestyle(line)
    axes.add_patch(box)
    axes.text(x, y, words, ha="center", va="center", fontsize=7.5, linespacing=1.1, color=TEXT)
