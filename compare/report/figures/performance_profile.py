"""The share of runs above each level of the normalised score, over tasks and seeds."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from compare.report.figures.style import (
    MUTED,
    Look,
    canvas,
    grid,
    legend_below,
    multiples,
    outer_labels,
    panels_by_family,
)

MARKED = 10  # levels between two markers
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("learner", sort=False):
    plt.plot(part["normalised score"], part["share of runs above"], label=name)
    plt.fill_between(part["normalised score"], part["low"], part["high"], alpha=0.2)
plt.gca().set(xlabel="normalised score (0 chance, 1 ideal)", ylabel="share of runs above")
plt.legend(); plt.show()
"""


def draw(profiles: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `profiles`: learner, normalised score, share of runs above, low, high (fractions, NaN without a band)."""
    shown = [look for label, look in looks.items() if label in set(profiles["learner"])]
    groups = panels_by_family(shown)
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    levels = profiles["normalised score"]
    with canvas("figure" if columns > 1 else "text", 1.0 + 2.5 * rows) as sheet:
        panels = multiples(sheet, len(groups), columns, sharex=True, sharey=True)
        for axes, (title, members) in zip(panels, groups, strict=True):
            grid(axes)
            if levels.min() < 0:
                axes.axvline(0, color=MUTED, linestyle="--", linewidth=1)
            for look in members:
                _profile(sheet, axes, look, profiles[profiles["learner"] == look.label])
            axes.set(title=title, xlim=(levels.min(), 1), ylim=(-2, 102))
        legend_below(sheet, panels)
        outer_labels(panels, columns, "normalised score τ (0 chance, 1 ideal)", "runs with a score above τ (%)")
        return sheet.svg()


def _profile(sheet, axes, look: Look, part: pd.DataFrame) -> None:
    x = part["normalised score"]
    artists = axes.plot(
        x,
        100 * part["share of runs above"],
        color=look.colour,
        linestyle=look.line,
        marker=look.marker,
        markevery=MARKED,
        ms=4,
        linewidth=1.6,
        drawstyle="steps-post",
        label=look.label,
    )
    if part["low"].notna().all():
        ends = 100 * part["low"], 100 * part["high"]
        artists.append(axes.fill_between(x, *ends, step="post", color=look.colour, alpha=0.15, lw=0))
    sheet.series(look, *artists)
