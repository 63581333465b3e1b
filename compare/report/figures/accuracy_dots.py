"""Every seed's value as a dot, with the mean and its t interval, a row for each learner."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportReturnType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compare.report.figures.style import MUTED, TEXT, Look, canvas, grid, multiples

SEEDS_SHOWN = 10
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
panels = d["input"].unique()
fig, axes = plt.subplots(1, len(panels), sharey=True, squeeze=False)
for ax, name in zip(axes[0], panels):
    part = d[d["input"] == name]
    ax.plot(part["accuracy"], part["learner"], "o", alpha=0.4)
    ax.plot(part.groupby("learner", sort=False)["accuracy"].mean(), part["learner"].unique(), "k|", ms=14)
    ax.set(title=name, xlabel="accuracy")
plt.show()
"""


def draw(
    values: pd.DataFrame, summary: pd.DataFrame, looks: Mapping[str, Look], inputs: Sequence[str], chance: float | None
) -> str:
    """SVG of accuracies.

    Args:
        values: learner, input, seed, accuracy (fraction): a row for each finished run.
        summary: learner, input, mean, low, high (fractions; low and high are NaN without an interval), n.
        looks: every learner to show, in order, also those without a value.
        inputs: one panel for each.
        chance: accuracy of guessing, or None.
    """
    rows = {label: place for place, label in enumerate(looks)}
    with canvas("figure", 0.9 + 0.31 * len(rows)) as sheet:
        panels = multiples(sheet, len(inputs), len(inputs), sharey=True, sharex=True)
        for axes, name in zip(panels, inputs, strict=True):
            grid(axes, "x")
            if chance is not None:
                axes.axvline(100 * chance, color=MUTED, linestyle="--", linewidth=1)
                axes.text(100 * chance, -0.75, " chance", color=MUTED, fontsize=8.5, va="center")
            for look in looks.values():
                _row(sheet, axes, look, rows[look.label], _of(values, look, name), _of(summary, look, name))
            axes.set(title=f"{name} input", xlabel="accuracy on the test set (%)", xlim=(0, 101))
            axes.set_ylim(len(rows) - 0.4, -1.1)
        panels[0].set_yticks(list(rows.values()), list(rows))
        return sheet.svg()


def _of(frame: pd.DataFrame, look: Look, name: str) -> pd.DataFrame:
    return frame[(frame["learner"] == look.label) & (frame["input"] == name)]


def _row(sheet, axes, look: Look, y: int, values: pd.DataFrame, summary: pd.DataFrame) -> None:
    if values.empty:
        axes.text(50, y, "no finished run", color=MUTED, fontsize=8.5, va="center", ha="center", style="italic")
        return
    n = len(values)
    if n <= SEEDS_SHOWN:
        spread = np.linspace(-0.22, 0.22, n) if n > 1 else np.zeros(1)
        dots = axes.plot(100 * values["accuracy"], y + spread, look.marker, color=look.colour, alpha=0.4, ms=4, mew=0)
        sheet.series(look, *dots, tip=f"{look.label}: {n} seeds")
    for _, row in summary.iterrows():
        tip = f"{look.label}: mean {100 * row['mean']:.1f} %, n = {n}"
        marks = axes.plot([100 * row["mean"]] * 2, [y - 0.3, y + 0.3], color=TEXT, linewidth=2, solid_capstyle="butt")
        if np.isfinite(row["low"]):
            marks += axes.plot([100 * row["low"], 100 * row["high"]], [y, y], color=look.colour, linewidth=2)
            tip += f", 95 % interval {100 * row['low']:.1f} to {100 * row['high']:.1f}"
        sheet.series(look, *marks, tip=tip)
