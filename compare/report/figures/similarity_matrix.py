"""A square matrix of similarities between layers, grouped by learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from compare.report.figures.style import INCHES, Look, canvas

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d["a"] = d["learner a"] + " | " + d["layer a"]
d["b"] = d["learner b"] + " | " + d["layer b"]
order = d["a"].unique()
m = d.pivot(index="a", columns="b", values="{value}").loc[order, order]
plt.imshow(m, vmin=0, vmax=1)
plt.xticks(range(len(m)), m.columns, rotation=90); plt.yticks(range(len(m)), m.index)
plt.colorbar(label="{value}"); plt.show()
"""
NUMBERS_UP_TO = 14  # columns; in more the digits would touch

BAR = 4.0  # points between the matrix and the middle of a family's bar


def draw(
    matrix: np.ndarray, rows: Sequence[tuple[str, str]], looks: Mapping[str, Look], title: str, width: str = "wide"
) -> str:
    """SVG of `matrix` (layer, layer), NaN where undefined; `rows` names each (learner, layer), learners together."""
    size = INCHES[width]
    with canvas(width, 0.82 * size if len(rows) > NUMBERS_UP_TO else min(0.75 * size, 2.2 + 0.5 * len(rows))) as sheet:
        axes = sheet.figure.subplots()
        shown = np.clip(matrix, 0, 1)
        image = axes.imshow(shown, vmin=0, vmax=1, cmap="viridis")
        names = [f"{learner} · {layer}" if layer else learner for learner, layer in rows]
        axes.set_xticks(range(len(rows)), names, rotation=60, ha="right", rotation_mode="anchor", fontsize=8)
        axes.set_yticks(range(len(rows)), names, fontsize=8)
        # Coloured letters would be too pale to read; a bar beside the label tells the family. It keeps its distance in
        # points, however large a cell is, so that it does not run into the label.
        move = sheet.figure.dpi_scale_trans
        beside = axes.get_yaxis_transform() + ScaledTranslation(-BAR / 72, 0, move)
        below = axes.get_xaxis_transform() + ScaledTranslation(0, -BAR / 72, move)
        for place, (learner, _) in enumerate(rows):
            along = [place - 0.42, place + 0.42]
            for x, y, transform in (([0, 0], along, beside), (along, [0, 0], below)):
                axes.plot(x, y, color=looks[learner].colour, linewidth=4, clip_on=False, solid_capstyle="butt",
                          transform=transform)  # fmt: skip
        axes.set(xlim=(-0.5, len(rows) - 0.5), ylim=(len(rows) - 0.5, -0.5))
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, pad=BAR + 4)
        _separate(axes, [learner for learner, _ in rows])
        if len(rows) <= NUMBERS_UP_TO:
            _write_numbers(axes, matrix)
        # Beside the matrix the bar would stand in the margin of a page: names on the left leave the right without room.
        sheet.figure.colorbar(image, ax=axes, location="top", shrink=0.3, aspect=28, pad=0.01).set_label(title)
        return sheet.svg()


def _separate(axes: Axes, learners: list[str]) -> None:
    """White lines between learners."""
    if len(set(learners)) == len(learners):
        return
    for place in range(1, len(learners)):
        if learners[place] != learners[place - 1]:
            axes.axhline(place - 0.5, color="#FFFFFF", linewidth=1.6)
            axes.axvline(place - 0.5, color="#FFFFFF", linewidth=1.6)


def _write_numbers(axes: Axes, matrix: np.ndarray) -> None:
    for (i, j), value in np.ndenumerate(matrix):
        if np.isfinite(value):
            ink = "#FFFFFF" if value < 0.6 else "#000000"  # viridis turns light near 0.6
            axes.text(j, i, f"{value:.2f}".replace("-", "−"), ha="center", va="center", fontsize=7.5, color=ink)
