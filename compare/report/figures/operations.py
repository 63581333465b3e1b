"""Counted operations per sample, stacked by kind: as if dense, and those that had an effect."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import EngFormatter

from compare.report.figures.style import MUTED, PAPER, Look, canvas, grid, multiples

HATCHES = ("", "////", "....", "xx", "\\\\\\\\", "++")
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
fig, axes = plt.subplots(1, 2, sharey=True)
for ax, kind in zip(axes, ("dense", "effective")):
    d.pivot(index="learner", columns="operation", values=kind).plot.barh(stacked=True, ax=ax, title=kind)
plt.show()
"""


def draw(counts: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `counts`: learner, operation, dense, effective (operations per sample, evaluation)."""
    shown = {label: look for label, look in looks.items() if label in set(counts["learner"])}
    kinds = list(dict.fromkeys(counts["operation"]))
    rows = {label: place for place, label in enumerate(shown)}
    with canvas("figure", 1.0 + 0.3 * len(rows)) as sheet:
        panels = multiples(sheet, 2, 2, sharey=True)
        for axes, column in zip(panels, ("dense", "effective"), strict=True):
            grid(axes, "x")
            for look in shown.values():
                part = counts[counts["learner"] == look.label].set_index("operation")[column]
                _bar(sheet, axes, look, rows[look.label], part, kinds)
            axes.set(
                title=f"{column} (each panel has its own scale)",
                xlabel="operations per sample (counted)",
                ylim=(len(rows) - 0.4, -0.6),
            )
            axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
            axes.margins(x=0.2)
            axes.locator_params(axis="x", nbins=5)
            axes.set_xlim(left=0)
        panels[0].set_yticks(list(rows.values()), list(rows))
        keys = [
            Patch(facecolor=MUTED, edgecolor=PAPER, hatch=HATCHES[i % len(HATCHES)], label=k)
            for i, k in enumerate(kinds)
        ]
        sheet.figure.legend(handles=keys, loc="outside lower center", ncols=len(keys))
        return sheet.svg()


def _bar(sheet, axes, look: Look, y: int, part: pd.Series, kinds: list[str]) -> None:
    left = 0.0
    for place, kind in enumerate(kinds):
        amount = float(part.get(kind, 0.0))
        if amount > 0:
            hatch = HATCHES[place % len(HATCHES)]
            bar = axes.barh(
                y, amount, left=left, height=0.7, color=look.colour, edgecolor=PAPER, linewidth=0, hatch=hatch
            )
            sheet.series(look, *bar, tip=f"{look.label}: {amount:,.0f} {kind} per sample")
        left += amount
    axes.annotate(
        EngFormatter(places=1, sep=" ")(left), (left, y), (4, 0), textcoords="offset points", va="center", fontsize=8
    )
