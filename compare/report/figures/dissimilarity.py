"""Representational dissimilarity matrices, all in one order of samples and on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from compare.report.figures.style import Look, canvas, mark_family, multiples, on_two_lines

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name in [c for c in d.columns[2:] if not c.endswith("as shown")]:
    plt.figure()
    plt.imshow(d.pivot(index="class a", columns="class b", values=name), vmin=0, cmap="viridis")
    plt.title(name); plt.colorbar(label="correlation distance")
plt.show()
"""


def draw(
    matrices: Mapping[str, np.ndarray], counts: Sequence[int], classes: Sequence[str], looks: Mapping[str, Look]
) -> str:
    """SVG of (sample, sample) matrices with samples sorted by class.

    Args:
        matrices: title -> distances; the same samples in the same order in each.
        counts: samples of each class, in order.
        classes: their names.
    """
    columns = min(4, len(matrices))
    rows = -(-len(matrices) // columns)
    top = max(float(np.nanquantile(m, 0.99)) for m in matrices.values())
    edges = np.cumsum([0, *counts])
    with canvas("figure", 0.3 + 2.15 * rows) as sheet:
        panels = multiples(sheet, len(matrices), columns)
        image = None
        for axes, (name, matrix) in zip(panels, matrices.items(), strict=True):
            image = axes.imshow(matrix, vmin=0, vmax=top, cmap="viridis", interpolation="nearest")
            axes.set_title(on_two_lines(name, 22), fontsize=8.5, loc="left")
            centres = (edges[:-1] + edges[1:]) / 2 - 0.5
            axes.set_xticks(centres, classes)
            axes.set_yticks(centres, classes)
            axes.tick_params(length=0, labelsize=7.5, pad=5)
            axes.spines[:].set_visible(False)
            mark_family(axes, looks[name])
        bar = sheet.figure.colorbar(image, ax=panels, shrink=0.6, aspect=30, pad=0.01)  # type: ignore[arg-type]
        bar.set_label("correlation distance (1 − r)")
        return sheet.svg()
