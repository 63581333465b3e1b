"""The angle between a rule's update and the steepest descent while a network learns, one panel for each learner."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import EngFormatter

from compare.report.figures.style import (
    LINES,
    MARKERS,
    MUTED,
    SERIES_IN_A_PANEL,
    Look,
    canvas,
    columns_that_fit,
    grid,
    multiples,
    on_two_lines,
    outer_labels,
)

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("learner", sort=False):
    plt.figure()
    for layer, line in part.groupby("layer", sort=False):
        plt.plot(line["examples seen"], line["angle"], "o-", label=layer)
    plt.axhline(90, color="grey", ls="--"); plt.xscale("symlog", linthresh=100)
    plt.gca().set(title=name, xlabel="examples seen", ylabel="angle (degrees)", ylim=(-4, 184)); plt.legend()
plt.show()
"""


def draw(angles: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `angles`: learner, layer, examples seen, angle, low, high, chance (degrees; layers in order of depth).

    Chance is half the width of the band around 90 degrees; of a panel's layers the widest band is drawn.
    """
    panels_of = [
        (learner, layers)
        for learner in looks
        for layers in _in_panels(list(dict.fromkeys(angles.loc[angles["learner"] == learner, "layer"])))
    ]
    columns = min(4, max(len(panels_of), 2))
    rows = -(-len(panels_of) // columns)
    positive = angles.loc[angles["examples seen"] > 0, "examples seen"]
    with canvas("figure", 1.1 + 1.9 * rows) as sheet:
        panels = multiples(sheet, len(panels_of), columns, sharex=True, sharey=True)
        for axes, (learner, layers) in zip(panels, panels_of, strict=True):
            part = angles[(angles["learner"] == learner) & angles["layer"].isin(layers)]
            grid(axes)
            half = float(part["chance"].max())
            axes.axhspan(90 - half, 90 + half, color=MUTED, alpha=0.2, linewidth=0)
            axes.axhline(90, color=MUTED, linestyle="--", linewidth=0.9)
            for place, layer in enumerate(layers):
                _line(sheet, axes, looks[learner], place, part[part["layer"] == layer])
            axes.set_title(on_two_lines(learner, 22), fontsize=8.5, loc="left")
            axes.set(ylim=(-6, 186), yticks=(0, 45, 90, 135, 180))
            if len(positive):
                axes.set_xscale("symlog", linthresh=float(positive.min()), linscale=0.4)
                axes.set_xlim(-0.15 * float(positive.min()), 1.25 * float(positive.max()))
                axes.set_xticks([0, *_later_ticks(float(positive.min()), float(positive.max()))])
                axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
        outer_labels(panels, columns, "examples seen", "angle (degrees)")
        _legend(sheet, angles)
        return sheet.svg()


def _later_ticks(first: float, last: float) -> list[float]:
    """Powers of ten that stand well behind the 0 of a narrow panel; the last observation where there is none."""
    tens = 10.0 ** np.arange(np.log10(2 * first) // 1 + 1, np.log10(last) // 1 + 1)
    return tens.tolist() or [last]


def _in_panels(layers: Sequence[str]) -> list[Sequence[str]]:
    return [layers[start : start + SERIES_IN_A_PANEL] for start in range(0, len(layers), SERIES_IN_A_PANEL)]


def _line(sheet, axes, look: Look, place: int, part: pd.DataFrame) -> None:
    x, layer = part["examples seen"], part["layer"].iloc[0]
    artists = axes.plot(
        x, part["angle"], color=look.colour, linestyle=LINES[place % len(LINES)], marker=MARKERS[place], ms=3.6, lw=1.4
    )
    if np.isfinite(part["low"]).any():
        artists.append(axes.fill_between(x, part["low"], part["high"], color=look.colour, alpha=0.15, lw=0))
    sheet.series(look, *artists, tip=f"{look.label}, {layer}")


def _legend(sheet, angles: pd.DataFrame) -> None:
    """Which mark and line is which layer: the first, the second, ... of a panel, named where learners share names."""
    names: dict[int, list[str]] = {}
    for _, part in angles.groupby("learner", sort=False):
        for place, layer in enumerate(dict.fromkeys(part["layer"])):
            shared = names.setdefault(place % SERIES_IN_A_PANEL, [])
            if layer not in shared:
                shared.append(layer)
    keys = [
        Line2D(
            [], [], color=MUTED, linestyle=LINES[place % len(LINES)], marker=MARKERS[place], ms=3.6, label=_joined(some)
        )
        for place, some in sorted(names.items())
    ]
    keys.append(Patch(facecolor=MUTED, alpha=0.2, label="as random directions lie"))
    labels = [str(key.get_label()) for key in keys]
    fitting = columns_that_fit(labels, sheet.figure.get_figwidth(), min(4, len(keys)))
    sheet.figure.legend(handles=keys, loc="outside lower center", ncols=fitting)


def _joined(names: Sequence[str]) -> str:
    """ "hidden1", or "encoder1, hidden1" where the first layers of two learners have other names."""
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
