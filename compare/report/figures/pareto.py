"""Accuracy against counted operations, with the line that no learner beats on both."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportReturnType=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compare.report.figures.style import MUTED, Look, canvas, counts_axis, grid

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
fig, ax = plt.subplots()
ax.errorbar(d["operations"], d["accuracy"], yerr=[d["accuracy"] - d["low"], d["high"] - d["accuracy"]], fmt="o")
for row in d.itertuples():
    ax.annotate(row.learner, (row.operations, row.accuracy))
ax.set(xscale="log", xlabel="effective operations per sample", ylabel="accuracy")
plt.show()
"""


def pareto_front(points: pd.DataFrame) -> pd.DataFrame:
    """The points (`operations`, `accuracy`) that none beats on both: cheaper first, accuracy rising."""
    ordered = points.sort_values(["operations", "accuracy"], ascending=[True, False])
    best = ordered["accuracy"].cummax()
    return ordered[(ordered["accuracy"] == best) & (ordered["accuracy"] > best.shift(fill_value=-np.inf))]


def draw(points: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `points`: learner, operations (per sample, effective), accuracy, low, high (fractions), pareto (bool)."""
    with canvas("figure", 3.9) as sheet:
        axes = sheet.figure.subplots()
        grid(axes)
        front = pareto_front(points)
        axes.step(front["operations"], 100 * front["accuracy"], where="post", color=MUTED, linewidth=1.2, linestyle="-")
        for row in points.to_dict("records"):
            look = looks[row["learner"]]
            y = 100 * row["accuracy"]
            label = look.label + ("  (Pareto)" if row["learner"] in set(front["learner"]) else "")
            marks = axes.plot(
                row["operations"],
                y,
                look.marker,
                color=look.colour,
                ms=8,
                linestyle="none",
                label=label,
                mfc="none" if look.is_control else look.colour,
                mew=1.6,
            )
            if np.isfinite(row["low"]):
                interval = [100 * row["low"], 100 * row["high"]]
                marks += axes.plot([row["operations"]] * 2, interval, color=look.colour, linewidth=1.6)
            sheet.series(look, *marks, tip=f"{look.label}: {y:.1f} %, {row['operations']:.3g} operations per sample")
        axes.set_xscale("log")
        counts_axis(axes, points["operations"])
        axes.set(xlabel="effective operations per sample (counted)", ylabel="accuracy on the test set (%)")
        axes.set_ylim(0, 102)
        sheet.figure.legend(loc="outside right center", fontsize=8.5)
        return sheet.svg()
