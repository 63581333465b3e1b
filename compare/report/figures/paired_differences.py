"""Differences between two learners on the same seeds, their intervals and the margin that matters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.figures.scale import Scale
from compare.report.figures.style import MUTED, TEXT, canvas, grid, named_rows

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d = d[d["seed"].notna()]
fig, ax = plt.subplots()
ax.plot(d["difference"], d["contrast"], "o", alpha=0.5)
ax.axvline(0, color="grey")
ax.set(xlabel="difference in {value} (first minus second)")
plt.show()
"""


def draw(seeds: pd.DataFrame, intervals: pd.DataFrame, margin: float, scale: Scale) -> str:
    """SVG of paired differences.

    Args:
        seeds: contrast, seed, difference (as stored): a row for each pair of runs.
        intervals: contrast, mean, low, high (as stored; NaN without an interval), in the order drawn.
        margin: the gap declared beforehand, in the same scale; 0 if none was.
        scale: how the score is shown.
    """
    names = list(intervals["contrast"])
    with canvas("figure", 1.0 + 0.42 * len(names)) as sheet:
        axes = sheet.figure.subplots()
        grid(axes, "x")
        if margin:
            reach = scale.factor * margin
            axes.axvspan(-reach, reach, color=MUTED, alpha=0.15, linewidth=0, label="within the margin")
        axes.axvline(0, color=MUTED, linewidth=1)
        for y, row in enumerate(intervals.to_dict("records")):
            part = scale.factor * seeds.loc[seeds["contrast"] == row["contrast"], "difference"].to_numpy(float)
            spread = np.linspace(-0.2, 0.2, len(part)) if len(part) > 1 else np.zeros(len(part))
            axes.plot(part, y + spread, "o", color=MUTED, alpha=0.5, ms=4, mew=0)
            axes.plot(
                [scale.factor * row["mean"]] * 2, [y - 0.28, y + 0.28], color=TEXT, linewidth=2, solid_capstyle="butt"
            )
            if np.isfinite(row["low"]):
                axes.plot([scale.factor * row["low"], scale.factor * row["high"]], [y, y], color=TEXT, linewidth=2)
        unit = "percentage points" if scale.is_share else scale.unit
        below = "below 0 the first is better" if scale.better == "lower" else ""
        inside = "; ".join(part for part in (unit, below) if part)
        # Long names leave the axes too narrow for this: it belongs to the whole figure.
        words = f"difference in {scale.title}, first minus second" + (f" ({inside})" if inside else "")
        sheet.figure.supxlabel(words, fontsize=9.5)
        named_rows(axes, names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        if margin:
            sheet.figure.legend(loc="outside upper right")
        return sheet.svg()
