"""The loss as a surface over slope and intercept, the path down it, and what is left of the loss after each update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import LogLocator

from compare.report.figures.style import FAMILY_COLOURS, canvas, grid

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("line", sort=False):
    plt.plot(part["w"], part["b"], "o-", label=name)
plt.xlabel("slope w"); plt.ylabel("intercept b"); plt.legend(); plt.show()
"""
MARKED = list(range(31))  # updates with a mark; later ones would lie on each other
TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)
GROUND = {"boxstyle": "square,pad=0.15", "facecolor": "#ffffff", "edgecolor": "none"}
WORDS = {"ha": "left", "va": "bottom", "fontsize": 8.5, "textcoords": "offset points"}


def draw(lines: Sequence[Mapping[str, Any]]) -> str:
    """SVG of what `compare.step_by_step.descent.told` says of each line."""
    with canvas("figure", 6.4) as sheet:
        panels = sheet.figure.subplots(2, len(lines), squeeze=False, height_ratios=(1.6, 1))
        low = min(line["best_loss"] for line in lines)
        levels = np.geomspace(low, max(np.max(line["surface"]["loss"]) for line in lines), 14)
        surface = None
        for column, line in enumerate(lines):
            surface = _surface(panels[0, column], line, levels)
            _left(panels[1, column], line)
        ticks = [tick for tick in TICKS if levels[0] <= tick <= levels[-1]]
        bar = sheet.figure.colorbar(surface, ax=list(panels[0]), aspect=24, pad=0.02, ticks=ticks)  # type: ignore[arg-type]
        bar.ax.minorticks_off()
        bar.ax.set_yticklabels([f"{tick:g}" for tick in ticks])
        bar.set_label("loss (mean squared error)")
        panels[0, 0].set_ylabel("intercept b")
        panels[1, 0].set_ylabel("loss above its minimum")
        return sheet.svg()


def _surface(axes, line: Mapping[str, Any], levels: np.ndarray):
    w, b = line["surface"]["w"], line["surface"]["b"]
    filled = axes.contourf(
        w, b, line["surface"]["loss"], levels=levels, norm=LogNorm(levels[0], levels[-1]), cmap="viridis"
    )
    filled.set(edgecolor="face", linewidth=0.4)  # else the page shines through between neighbours
    path = np.array(line["path"])
    # Black and white do not change with the page's theme, as the colours under them do not.
    axes.plot(*path.T, "-", color="#000000", linewidth=2.6)
    axes.plot(*path.T, "o-", color="#ffffff", linewidth=1.2, ms=3.4, mec="#000000", mew=0.5, markevery=MARKED)
    axes.plot(*line["best"], "*", color="#ffffff", mec="#000000", mew=0.8, ms=13)
    axes.annotate("start", path[0], (7, -3), color="#000000", bbox=GROUND, **WORDS)
    axes.set(xlabel="slope w")
    axes.set_title(line["name"])
    return filled


def _left(axes, line: Mapping[str, Any]) -> None:
    grid(axes)
    left = np.array(line["loss"]) - line["best_loss"]
    axes.semilogy(np.where(left > 0, left, np.nan), color=FAMILY_COLOURS["backprop"], linewidth=1.6)
    axes.set_xlabel("updates")
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.minorticks_off()
