"""Differences between two learners on the same seeds, their intervals and the margin that matters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.figures.style import MUTED, TEXT, canvas, grid

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d = d[d["seed"].notna()]
fig, ax = plt.subplots()
ax.plot(d["difference"], d["contrast"], "o", alpha=0.5)
ax.axvline(0, color="grey")
ax.set(xlabel="difference in accuracy (first minus second)")
plt.show()
"""


def draw(seeds: pd.DataFrame, intervals: pd.DataFrame, margin: float) -> str:
    """SVG of paired differences.

    Args:
        seeds: contrast, seed, difference (fraction): a row for each pair of runs.
        intervals: contrast, mean, low, high (fractions; NaN without an interval), in the order drawn.
        margin: the gap declared beforehand, a fraction.
    """
    names = list(intervals["contrast"])
    with canvas("figure", 1.0 + 0.42 * len(names)) as sheet:
        axes = sheet.figure.subplots()
        grid(axes, "x")
        axes.axvspan(-100 * margin, 100 * margin, color=MUTED, alpha=0.15, linewidth=0, label="within the margin")
        axes.axvline(0, color=MUTED, linewidth=1)
        for y, row in enumerate(intervals.to_dict("records")):
            part = 100 * seeds.loc[seeds["contrast"] == row["contrast"], "difference"].to_numpy(float)
            spread = np.linspace(-0.2, 0.2, len(part)) if len(part) > 1 else np.zeros(len(part))
            axes.plot(part, y + spread, "o", color=MUTED, alpha=0.5, ms=4, mew=0)
            axes.plot([100 * row["mean"]] * 2, [y - 0.28, y + 0.28], color=TEXT, linewidth=2, solid_capstyle="butt")
            if np.isfinite(row["low"]):
                axes.plot([100 * row["low"], 100 * row["high"]], [y, y], color=TEXT, linewidth=2)
        axes.set(xlabel="difference in accuracy, first minus second (percentage points)")
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        sheet.figure.legend(loc="outside upper right")
        return sheet.svg()
