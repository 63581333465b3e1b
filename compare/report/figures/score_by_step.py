"""A score at each step of a sequence: where in time the answers are good."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.ticker import MaxNLocator

from compare.report.figures.scale import Scale
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

MARKED = 30  # steps; more marks would touch
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("learner", sort=False):
    plt.plot(part["step"], part["{value}"], "o-", label=name)
plt.gca().set(xlabel="step of the sequence", ylabel="{value}", yscale="{spacing}")
plt.legend(); plt.show()
"""


def draw(table: pd.DataFrame, looks: Mapping[str, Look], chance: Sequence[float], scale: Scale) -> str:
    """SVG of a score against the step.

    Args:
        table: learner, step (1 is the first), a column of the score's title, low, high (as stored).
        looks: every learner that may be drawn, in order.
        chance: the score of the best constant answer at each step.
        scale: how the score is shown.
    """
    shown = [look for label, look in looks.items() if label in set(table["learner"])]
    groups = panels_by_family(shown)
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    known = [*table[scale.title], *chance]
    with canvas("figure", 1.0 + 2.3 * rows) as sheet:
        panels = multiples(sheet, len(groups), columns, sharex=True, sharey=True)
        for axes, (title, members) in zip(panels, groups, strict=True):
            grid(axes)
            steps, levels = range(1, len(chance) + 1), [scale.factor * value for value in chance]
            axes.step(steps, levels, where="mid", color=MUTED, linestyle=(0, (1, 2)), linewidth=1.2, label=scale.chance)
            for look in members:
                _line(sheet, axes, look, table[table["learner"] == look.label], scale)
            axes.set_title(title)
            scale.fit(axes, "y", known, [*table["low"], *table["high"]], top=102)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        legend_below(sheet, panels)
        outer_labels(panels, columns, "step of the sequence", scale.axis("", "on the test set", lines=True))
        return sheet.svg()


def _line(sheet, axes, look: Look, part: pd.DataFrame, scale: Scale) -> None:
    mark = look.marker if len(part) <= MARKED else ""
    artists = axes.plot(
        part["step"],
        scale.factor * part[scale.title],
        color=look.colour,
        linestyle=look.line,
        marker=mark,
        ms=4,
        linewidth=1.6,
        label=look.label,
    )
    if part["low"].notna().any():
        low = part["low"].clip(lower=part[scale.title].min()) if axes.get_yscale() == "log" else part["low"]
        ends = scale.factor * low, scale.factor * part["high"]
        artists.append(axes.fill_between(part["step"], *ends, color=look.colour, alpha=0.15, lw=0))
    sheet.series(look, *artists)
