"""A score against examples seen: mean over seeds, and a band where seeds allow one."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.ticker import EngFormatter

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

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("learner", sort=False):
    plt.plot(part["examples seen"], part["{value}"], "o-", label=name)
    plt.fill_between(part["examples seen"], part["low"], part["high"], alpha=0.2)
plt.xscale("symlog", linthresh=100)
plt.gca().set(xlabel="examples seen (= presentations)", ylabel="validation {value}", yscale="{spacing}")
plt.legend(); plt.show()
"""


def draw(curves: pd.DataFrame, looks: Mapping[str, Look], chance: float | None, scale: Scale) -> str:
    """SVG of `curves`: learner, examples seen, a column of the score's title, low, high (as stored), n."""
    shown = [look for label, look in looks.items() if label in set(curves["learner"])]
    groups = panels_by_family(shown)
    columns = min(3, len(groups))
    rows = -(-len(groups) // columns)
    known = [*curves[scale.title], *([] if chance is None else [chance])]
    positive = curves.loc[curves["examples seen"] > 0, "examples seen"]
    with canvas("figure", 1.0 + 2.3 * rows) as sheet:
        panels = multiples(sheet, len(groups), columns, sharex=True, sharey=True)
        for axes, (title, members) in zip(panels, groups, strict=True):
            grid(axes)
            if chance is not None:
                axes.axhline(scale.factor * chance, color=MUTED, linestyle=(0, (1, 2)), linewidth=1)
            for look in members:
                _curve(sheet, axes, look, curves[curves["learner"] == look.label], scale)
            axes.set_title(title)
            if len(positive):
                least = float(positive.min())
                axes.set_xscale("symlog", linthresh=least, linscale=0.4)
                axes.set_xlim(-0.15 * least, 1.25 * float(positive.max()))
                axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
            scale.fit(axes, "y", known, [*curves["low"], *curves["high"]], top=102)
        legend_below(sheet, panels)
        outer_labels(panels, columns, "examples seen (= presentations)", scale.axis("validation", lines=True))
        return sheet.svg()


def _curve(sheet, axes, look: Look, part: pd.DataFrame, scale: Scale) -> None:
    x = part["examples seen"]
    artists = axes.plot(
        x,
        scale.factor * part[scale.title],
        color=look.colour,
        linestyle=look.line,
        marker=look.marker,
        ms=4,
        linewidth=1.6,
        label=look.label,
    )
    if part["low"].notna().any():
        # On a logarithmic axis an interval that reaches below 0 ends at the least mean.
        low = part["low"].clip(lower=part[scale.title].min()) if axes.get_yscale() == "log" else part["low"]
        ends = scale.factor * low, scale.factor * part["high"]
        artists.append(axes.fill_between(x, *ends, color=look.colour, alpha=0.15, lw=0))
    sheet.series(look, *artists)
