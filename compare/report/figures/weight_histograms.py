"""Weights of a layer before and after learning, one panel for each learner."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from compare.report.figures.style import MUTED, Look, canvas, grid, multiples, outer_labels, text_inches

TITLE = 8.5 * 1.15  # points; bold letters are wider than text_inches' plain ones
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for (learner, weight), part in d.groupby(["learner", "weights"], sort=False):
    plt.figure()
    plt.stairs(part["share initial"], [*part["from"], part["to"].iloc[-1]], label="initial")
    plt.stairs(part["share final"], [*part["from"], part["to"].iloc[-1]], fill=True, alpha=0.5, label="final")
    plt.gca().set(title=learner + ", " + weight, xlabel="weight", ylabel="share"); plt.legend()
plt.show()
"""


def draw(bins: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `bins`: learner, weights (the array's name), from, to, share initial, share final (fractions)."""
    groups = list(bins.groupby(["learner", "weights"], sort=False))
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    with canvas("figure", 0.7 + 1.75 * rows) as sheet:
        panels = multiples(sheet, len(groups), columns)
        for axes, ((learner, name), part) in zip(panels, groups, strict=True):
            look = looks[str(learner)]
            grid(axes, "y")
            edges = [*part["from"], part["to"].iloc[-1]]
            final = axes.stairs(
                100 * part["share final"], edges, fill=True, color=look.colour, alpha=0.55, label="final"
            )
            sheet.series(look, final, tip=f"{learner}, {name}, final")
            axes.stairs(100 * part["share initial"], edges, color=MUTED, linewidth=1.3, linestyle="--", label="initial")
            room = sheet.figure.get_figwidth() / columns - 0.2
            axes.set_title(f"{learner}\n{_within(str(name), room)}", fontsize=8.5, loc="left")
            axes.margins(x=0)
            axes.locator_params(axis="both", nbins=5)
        outer_labels(panels, columns, "weight", "weights (%)")
        keys = [
            Patch(facecolor=MUTED, alpha=0.55, label="final (in the learner's colour)"),
            Line2D([], [], color=MUTED, linestyle="--", linewidth=1.3, label="initial"),
        ]
        sheet.figure.legend(handles=keys, loc="outside lower center", ncols=2)
        return sheet.svg()


def _within(name: str, inches: float) -> str:
    """A dotted name that keeps to a panel's width: the first parts that do not fit become "..."."""
    parts = name.split(".")
    while len(parts) > 1 and text_inches(_cut(parts, name), TITLE) > inches:
        parts = parts[1:]
    return _cut(parts, name)


def _cut(parts: list[str], name: str) -> str:
    return name if len(parts) == name.count(".") + 1 else f"...{'.'.join(parts)}"
