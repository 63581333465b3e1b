"""Distribution over neurons of spikes per sample, with the share that stays silent."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compare.report.figures.style import Look, canvas, grid, multiples, outer_labels

UPPER_EDGES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, np.inf)  # a bin holds what is above the edge before it
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for (learner, population), part in d.groupby(["learner", "population"], sort=False):
    plt.figure()
    plt.bar(part["spikes per sample"], part["share of neurons"])
    plt.gca().set(title=learner + ", " + population, xlabel="spikes per sample", ylabel="share of neurons")
plt.show()
"""


def bin_names() -> list[str]:
    """What each bin is called: "silent", "to 0.1", ..., "over 30"."""
    return ["silent", *(f"to {edge:g}" for edge in UPPER_EDGES[1:-1]), f"over {UPPER_EDGES[-2]:g}"]


def shares_of(rates: np.ndarray) -> np.ndarray:
    """The share of neurons in each bin; `rates` are spikes per sample of each neuron."""
    place = np.searchsorted(UPPER_EDGES, rates, side="left")
    return np.bincount(place, minlength=len(UPPER_EDGES)) / max(1, len(rates))


def draw(shares: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `shares`: learner, population, spikes per sample (a bin's name), share of neurons (fraction)."""
    groups = list(shares.groupby(["learner", "population"], sort=False))
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    with canvas("figure", 0.7 + 1.9 * rows) as sheet:
        panels = multiples(sheet, len(groups), columns, sharex=True, sharey=True)
        for axes, ((learner, population), part) in zip(panels, groups, strict=True):
            look = looks[str(learner)]
            grid(axes, "y")
            height = 100 * part["share of neurons"].to_numpy(float)
            bars = axes.bar(np.arange(len(part)), height, width=0.85, color=look.colour)
            sheet.series(look, *bars, tip=f"{look.label}, {population}")
            axes.set_title(f"{learner}\n{population}", fontsize=8.5, loc="left")
            axes.annotate(f"silent {height[0]:.0f} %", (0.97, 0.96), xycoords="axes fraction", ha="right", va="top")
            axes.set_xticks(
                np.arange(len(part)), [n.removeprefix("to ") for n in part["spikes per sample"]], rotation=60
            )
            axes.set_ylim(0, 105)
        outer_labels(panels, columns, "mean spikes per sample, up to", "neurons (%)")
        return sheet.svg()
