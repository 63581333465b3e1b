"""Answered values against the targets, one panel for each learner."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compare.report.figures.style import MUTED, Look, canvas, grid, multiples, on_two_lines, outer_labels

BEYOND = 0.5  # of the targets' range, to either side: farther answers are drawn at the edge
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("learner", sort=False):
    plt.figure()
    plt.plot(part["target"], part["answered"], ".", alpha=0.5)
    plt.axline((part["target"].mean(),) * 2, slope=1, ls="--", color="grey")
    plt.gca().set(title=name, xlabel="target", ylabel="answered")
plt.show()
"""


def limits(target: np.ndarray) -> tuple[float, float]:
    """The range of answers that is drawn."""
    low, high = float(np.min(target)), float(np.max(target))
    reach = BEYOND * ((high - low) or 1.0)
    return low - reach, high + reach


def draw(points: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `points`: learner, target, answered (in the target's unit of measure)."""
    names = [label for label in looks if label in set(points["learner"])]
    columns = min(4, max(len(names), 2))
    rows = -(-len(names) // columns)
    low, high = limits(points["target"].to_numpy(float))
    inside = [float(points["target"].min()), float(points["target"].max())]
    with canvas("figure", 0.5 + 2.3 * rows) as sheet:
        panels = multiples(sheet, len(names), columns, sharex=True, sharey=True)
        for axes, name in zip(panels, names, strict=True):
            look, part = looks[name], points[points["learner"] == name]
            answered = part["answered"].clip(low, high)
            beyond = np.asarray((part["answered"] < low) | (part["answered"] > high), bool)
            grid(axes)
            axes.plot(inside, inside, color=MUTED, linestyle="--", linewidth=1)
            dots = axes.plot(part["target"], answered, "o", color=look.colour, alpha=0.45, ms=3.2, mew=0)
            if beyond.any():  # an empty line that is not clipped would lie at the figure's corner
                dots += axes.plot(part["target"][beyond], answered[beyond], "x", color=look.colour, ms=5, clip_on=False)
            sheet.series(look, *dots)
            axes.set_title(on_two_lines(name, 22), fontsize=8.5, loc="left")
            axes.locator_params(nbins=5)
        outer_labels(panels, columns, "target", "answered")
        return sheet.svg()
