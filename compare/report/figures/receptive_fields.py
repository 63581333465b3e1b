"""Measured receptive fields, a row of neurons for each learner, on one colour scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compare.report.figures.style import Look, canvas, on_two_lines

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
print(d)  # summary of each learner's fields; the fields themselves are `receptive_field` in runs/<key>/arrays.nc
plt.bar(d["learner"], d["share negative"]); plt.xticks(rotation=90); plt.show()
"""


FEW = 3  # rows beside which the colour bar's longer name has no room
GAP = 0.12  # between two fields, as a share of their size


def draw(fields: Mapping[str, np.ndarray], looks: Mapping[str, Look]) -> str:
    """SVG of learner -> (neuron, height, width), each divided by its own scale; 0 is the middle."""
    columns = max(len(f) for f in fields.values())
    with canvas("figure", 0.4 + 0.64 * len(fields)) as sheet:
        # One set of axes with a picture for each field: a hundred sets of axes take a hundred times as long.
        axes = sheet.figure.subplots()
        image = None
        for row, (learner, some) in enumerate(fields.items()):
            for place, field in enumerate(some):
                extent = (place, place + 1 - GAP, row + 1 - GAP, row)
                image = axes.imshow(field, cmap="PuOr", vmin=-1, vmax=1, extent=extent)
            bar = axes.plot([-GAP] * 2, [row, row + 1 - GAP], color=looks[learner].colour, linewidth=4)
            sheet.series(looks[learner], *bar)
        axes.set(xlim=(-2 * GAP, columns), ylim=(len(fields), -GAP), aspect="equal")
        axes.set_xticks([])
        axes.set_yticks(np.arange(len(fields)) + 0.5 - GAP / 2, [on_two_lines(learner) for learner in fields])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        bar = sheet.figure.colorbar(image, ax=axes, shrink=0.6, aspect=30, pad=0.01)  # type: ignore[arg-type]
        bar.set_label("weight / scale of the learner" if len(fields) > FEW else "weight / scale")
        return sheet.svg()
