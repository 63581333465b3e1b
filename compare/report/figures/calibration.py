"""Reliability diagrams: how often a prediction is right, against how sure the learner was."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from compare.report.figures.style import (
    INCHES,
    MUTED,
    Look,
    canvas,
    columns_that_fit,
    grid,
    legend_below,
    multiples,
    outer_labels,
    panels_by_family,
)

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
plt.plot([0, 1], [0, 1], "--", color="grey")
for name, part in d.groupby("learner", sort=False):
    plt.plot(part["confidence"], part["accuracy"], "o-", label=name)
plt.gca().set(xlabel="confidence", ylabel="accuracy")
plt.legend(); plt.show()
"""


def draw(bins: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `bins`: learner, confidence (mean of the bin), accuracy (fraction), samples."""
    shown = [look for label, look in looks.items() if label in set(bins["learner"])]
    groups = panels_by_family(shown)
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    width = "figure" if columns > 1 else "text"
    legend = -(-len(shown) // columns_that_fit([look.label for look in shown], INCHES[width], min(3, len(shown))))
    with canvas(width, 0.75 + 2.7 * rows + 0.2 * legend) as sheet:
        panels = multiples(sheet, len(groups), columns, sharex=True, sharey=True)
        for axes, (title, members) in zip(panels, groups, strict=True):
            grid(axes)
            axes.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1)
            for look in members:
                part = bins[bins["learner"] == look.label]
                lines = axes.plot(
                    part["confidence"],
                    part["accuracy"],
                    color=look.colour,
                    linestyle=look.line,
                    marker=look.marker,
                    ms=5,
                    linewidth=1.6,
                    label=look.label,
                )
                sheet.series(look, *lines)
            axes.set(title=title, xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
        legend_below(sheet, panels)
        outer_labels(panels, columns, "confidence (largest class score)", "share that was right")
        return sheet.svg()
