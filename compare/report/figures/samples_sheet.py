"""Test samples, what comes back of them, and samples made anew, a row for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compare.report.figures.style import Look, canvas, on_two_lines

GAP = 0.12  # between two samples, as a share of their size
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
print(d)  # summary of each row; the samples themselves are `made_sample` and others in runs/<key>/arrays.nc
plt.barh(d["row"], d["mean intensity"]); plt.xlabel("mean intensity"); plt.show()
"""


def draw(rows: Sequence[tuple[str, Look | None, np.ndarray]]) -> str:
    """SVG of (name, learner's look or None for the data, samples (sample, height, width) in [0, 1])."""
    columns = max(len(samples) for _, _, samples in rows)
    tall = max(samples.shape[1] / samples.shape[2] for _, _, samples in rows)
    tall = min(max(tall, 0.25), 4.0)
    with canvas("figure", 0.3 + 0.62 * tall * len(rows)) as sheet:
        axes = sheet.figure.subplots()
        for place, (_, look, samples) in enumerate(rows):
            for column, sample in enumerate(samples):
                extent = (column, column + 1 - GAP, (place + 1 - GAP) * tall, place * tall)
                axes.imshow(np.clip(sample, 0, 1), cmap="gray_r", vmin=0, vmax=1, extent=extent)
            if look is not None:
                bar = axes.plot([-GAP] * 2, [place * tall, (place + 1 - GAP) * tall], color=look.colour, linewidth=4)
                sheet.series(look, *bar)
        axes.set(xlim=(-2 * GAP, columns), ylim=(len(rows) * tall, -GAP * tall), aspect="equal")
        axes.set_xticks([])
        axes.set_yticks((np.arange(len(rows)) + 0.5 - GAP / 2) * tall, [on_two_lines(name, 34) for name, _, _ in rows])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        return sheet.svg()
