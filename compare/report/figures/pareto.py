"""A score against counted operations, with the line that no learner beats on both."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportReturnType=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compare.report.figures.scale import Scale
from compare.report.figures.style import MUTED, Look, canvas, counts_axis, grid

NEAR = 2.0  # operations within this factor are drawn as near to each other
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
fig, ax = plt.subplots()
y = d["{value}"]
ax.errorbar(d["operations"], y, yerr=[y - d["low"], d["high"] - y], fmt="o")
for name, place in zip(d["learner"], zip(d["operations"], y)):
    ax.annotate(name, place)
ax.set(xscale="log", yscale="{spacing}", xlabel="effective operations per sample", ylabel="{value}")
plt.show()
"""


def pareto_front(points: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """The points (`operations`, score) that none beats on both: cheaper first, the score growing better."""
    sign = -1 if scale.better == "lower" else 1
    ordered = points.assign(_good=sign * points[scale.title])
    ordered = ordered.sort_values(["operations", "_good"], ascending=[True, False])
    best = ordered["_good"].cummax()
    front = ordered[(ordered["_good"] == best) & (ordered["_good"] > best.shift(fill_value=-np.inf))]
    return front.drop(columns="_good")


def draw(points: pd.DataFrame, looks: Mapping[str, Look], scale: Scale) -> str:
    """SVG of `points`: learner, operations (per sample, effective), a column of the score's title, low, high."""
    with canvas("figure", 3.9) as sheet:
        axes = sheet.figure.subplots()
        grid(axes)
        front = pareto_front(points, scale)
        axes.step(
            front["operations"],
            scale.factor * front[scale.title],
            where="post",
            color=MUTED,
            linewidth=1.2,
            linestyle="-",
        )
        for row in points.to_dict("records"):
            look = looks[row["learner"]]
            y = scale.factor * row[scale.title]
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
                interval = [scale.factor * row["low"], scale.factor * row["high"]]
                marks += axes.plot([row["operations"]] * 2, interval, color=look.colour, linewidth=1.6)
            value = scale.text(row[scale.title])
            sheet.series(look, *marks, tip=f"{look.label}: {value}, {row['operations']:.3g} operations per sample")
        axes.set_xscale("log")
        counts_axis(axes, points["operations"])
        counted = points["operations"].to_numpy(float)
        least, most = counted.min(), counted.max()
        if most < NEAR * least:  # a small difference must not fill the axis
            middle = (least * most) ** 0.5
            axes.set_xlim(middle / NEAR, middle * NEAR)
        axes.set(
            xlabel="effective operations per sample (counted)", ylabel=scale.axis("", "on the test set", lines=True)
        )
        scale.fit(axes, "y", points[scale.title], [*points["low"], *points["high"]], top=102)
        first = scale.begins(points[scale.title], points["low"])
        if first:
            axes.set_ylim(bottom=scale.factor * first)
        sheet.figure.legend(loc="outside right center", fontsize=8.5)
        return sheet.svg()
