"""What a classifier answers everywhere in the plane, its boundary, and the points that it tells apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from compare.report.figures.style import canvas

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("{group}", sort=False):
    plt.figure(); plt.title(name)
    plt.scatter(part["x1"], part["x2"], c=part["p of class 1"], cmap="PuOr", vmin=0, vmax=1); plt.colorbar()
plt.show()
"""
COLOURS = "PuOr"  # diverging, its middle where both classes are as probable
LEVELS = np.linspace(-0.025, 1.025, 22)  # so that the middle colour stands for 0.475 to 0.525
MARKS = ("o", "^")


@dataclass(frozen=True)
class Plane:
    """One panel.

    Attributes:
        title: over it.
        x1, x2: (column,) and (row,) of the field.
        probability: (row, column) of class 1.
        points: (point, 2); labels: (point,) 0 or 1.
    """

    title: str
    x1: Any
    x2: Any
    probability: Any
    points: Any
    labels: Any


def draw(planes: Sequence[Plane], *, size: float = 5.5) -> str:
    """SVG of a panel for each plane, on one scale; `size` of the marks in points."""
    with canvas("figure", 4.3) as sheet:
        panels = sheet.figure.subplots(1, len(planes), squeeze=False, sharey=True)[0]
        field = None
        for axes, plane in zip(panels, planes, strict=True):
            values = np.asarray(plane.probability)
            field = axes.contourf(plane.x1, plane.x2, values, levels=LEVELS, cmap=COLOURS)
            field.set(edgecolor="face", linewidth=0.4)  # else the page shines through between neighbours
            if values.min() < 0.5 < values.max() and np.ptp(values) > 0.01:
                axes.contour(plane.x1, plane.x2, values, levels=[0.5], colors="#000000", linewidths=2)
            _points(axes, plane, size)
            axes.set(xlabel="x1", aspect="equal")
            axes.set_title(plane.title)
        panels[0].set_ylabel("x2")
        ticks = [0, 0.25, 0.5, 0.75, 1]
        bar = sheet.figure.colorbar(field, ax=list(panels), aspect=30, pad=0.02, shrink=0.8, ticks=ticks)  # type: ignore[arg-type]
        bar.set_label("probability of class 1")
        handles, labels = panels[0].get_legend_handles_labels()
        sheet.figure.legend(handles, labels, loc="outside lower center", ncols=3)
        return sheet.svg()


def _points(axes, plane: Plane, size: float) -> None:
    points, labels = np.asarray(plane.points), np.asarray(plane.labels)
    for which, mark in enumerate(MARKS):
        some = points[labels == which]
        # Black and white do not change with the page's theme, as the colours under them do not.
        face = "#ffffff" if which == 0 else "#000000"
        edge = "#000000" if which == 0 else "#ffffff"
        axes.plot(
            some[:, 0], some[:, 1], mark, color=face, mec=edge, mew=0.9, ms=size, clip_on=False, label=f"class {which}"
        )
