"""Confusion matrices as small multiples on one scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compare.report.figures.style import Look, canvas, multiples, on_two_lines, outer_labels

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("learner", sort=False):
    plt.figure()
    plt.imshow(part.filter(like="as "), vmin=0, vmax=1)
    plt.gca().set(title=name, xlabel="predicted class", ylabel="true class")
plt.show()
"""


def draw(matrices: Mapping[str, np.ndarray], looks: Mapping[str, Look], classes: list[str]) -> str:
    """SVG of (true class, predicted class) matrices whose rows sum to one."""
    names = [label for label in looks if label in matrices]
    columns = min(4, len(names))
    rows = -(-len(names) // columns)
    with canvas("figure", 0.3 + 2.15 * rows) as sheet:
        panels = multiples(sheet, len(names), columns)
        image = None
        for axes, name in zip(panels, names, strict=True):
            image = axes.imshow(matrices[name], vmin=0, vmax=1, cmap="viridis")
            axes.set_title(on_two_lines(name, 22), fontsize=8.5, loc="left")
            step = 1 if len(classes) <= 12 else 5
            axes.set_xticks(range(0, len(classes), step), classes[::step])
            axes.set_yticks(range(0, len(classes), step), classes[::step])
            axes.tick_params(length=2, labelsize=7.5)
            axes.spines[:].set_visible(False)
        outer_labels(panels, columns, "predicted class", "true class")
        bar = sheet.figure.colorbar(image, ax=panels, shrink=0.6, aspect=30, pad=0.01)  # type: ignore[arg-type]
        bar.set_label("share of the true class")
        return sheet.svg()
