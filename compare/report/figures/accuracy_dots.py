"""Every seed's value as a dot, with the mean and its t interval, a row for each learner."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportReturnType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from compare.report.figures.scale import Scale
from compare.report.figures.style import MUTED, TEXT, Look, canvas, grid, multiples, named_rows

SEEDS_SHOWN = 10
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
panels = d["input"].unique()
fig, axes = plt.subplots(1, len(panels), sharey=True, squeeze=False)
for ax, name in zip(axes[0], panels):
    part = d[d["input"] == name]
    ax.plot(part["{value}"], part["learner"], "o", alpha=0.4)
    ax.plot(part.groupby("learner", sort=False)["{value}"].mean(), part["learner"].unique(), "k|", ms=14)
    ax.set(title=name, xlabel="{value}", xscale="{spacing}")
plt.show()
"""


def draw(
    values: pd.DataFrame,
    summary: pd.DataFrame,
    looks: Mapping[str, Look],
    inputs: Sequence[str],
    chance: float | None,
    scale: Scale,
) -> str:
    """SVG of a score of every seed.

    Args:
        values: learner, input, seed and a column of the score's title, as stored: a row for each finished run.
        summary: learner, input, mean, low, high (low and high are NaN without an interval), n.
        looks: every learner to show, in order, also those without a value.
        inputs: one panel for each.
        chance: score of the answer that looks at no sample, or None.
        scale: how the score is shown.
    """
    rows = {label: place for place, label in enumerate(looks)}
    first = scale.begins(values[scale.title], summary["low"])
    known = [*values[scale.title], *([] if chance is None else [chance])]
    with canvas("figure", 0.9 + 0.31 * len(rows)) as sheet:
        panels = multiples(sheet, len(inputs), len(inputs), sharey=True, sharex=True)
        for axes, name in zip(panels, inputs, strict=True):
            grid(axes, "x")
            if chance is not None and chance >= first:
                axes.axvline(scale.factor * chance, color=MUTED, linestyle="--", linewidth=1)
                _name_chance(axes, scale, chance, known)
            for look in looks.values():
                row = rows[look.label]
                _row(sheet, axes, look, row, _of(values, look, name), _of(summary, look, name), scale)
            axes.set(title=f"{name} input", xlabel=scale.axis("", "on the test set", lines=len(inputs) > 1))
            scale.fit(axes, "x", known, [*summary["low"], *summary["high"]])
            if first:
                axes.set_xlim(left=scale.factor * first)
            if chance is not None and chance < first:
                words = f"\N{LEFTWARDS ARROW} {scale.chance}, {scale.text(chance)}"
                axes.text(0.005, -0.75, words, color=MUTED, fontsize=8.5, va="center",
                          transform=axes.get_yaxis_transform())  # fmt: skip
            axes.set_ylim(len(rows) - 0.4, -1.1)
        named_rows(panels[0], list(rows))
        return sheet.svg()


def _name_chance(axes, scale: Scale, chance: float, known: Sequence[float]) -> None:
    """The words stand on the side of the line that has room."""
    right = chance < 0.5 if scale.is_share else chance < 0.5 * max(known)
    words = f" {scale.chance}" if right else f"{scale.chance} "
    side = "left" if right else "right"
    axes.text(scale.factor * chance, -0.75, words, color=MUTED, fontsize=8.5, va="center", ha=side)


def _of(frame: pd.DataFrame, look: Look, name: str) -> pd.DataFrame:
    return frame[(frame["learner"] == look.label) & (frame["input"] == name)]


def _row(sheet, axes, look: Look, y: int, values: pd.DataFrame, summary: pd.DataFrame, scale: Scale) -> None:
    if values.empty:
        axes.text(
            0.5, y, "no finished run", color=MUTED, fontsize=8.5, va="center", ha="center", style="italic",
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip
        return
    n = len(values)
    if n <= SEEDS_SHOWN:
        spread = np.linspace(-0.22, 0.22, n) if n > 1 else np.zeros(1)
        shown = scale.factor * values[scale.title]
        dots = axes.plot(shown, y + spread, look.marker, color=look.colour, alpha=0.4, ms=4, mew=0)
        sheet.series(look, *dots, tip=f"{look.label}: {n} seeds")
    for row in summary.to_dict("records"):
        mean, low, high = (scale.factor * row[key] for key in ("mean", "low", "high"))
        tip = f"{look.label}: mean {scale.text(row['mean'])}, n = {n}"
        marks = axes.plot([mean] * 2, [y - 0.3, y + 0.3], color=TEXT, linewidth=2, solid_capstyle="butt")
        if np.isfinite(low):
            marks += axes.plot([low, high], [y, y], color=look.colour, linewidth=2)
            tip += f", 95 % interval {scale.bare(row['low'])} to {scale.bare(row['high'])}"
        sheet.series(look, *marks, tip=tip)
