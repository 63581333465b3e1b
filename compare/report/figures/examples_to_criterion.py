"""Examples seen until a level of accuracy is reached; runs that never get there are arrows."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import EngFormatter

from compare.report.figures.style import MUTED, TEXT, Look, canvas, counts_axis, grid, multiples, named_rows

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for level, part in d.groupby("level"):
    plt.figure()
    for reached, marker in (("yes", "o"), ("no", ">")):
        some = part[part["reached"] == reached]
        plt.plot(some["examples"], some["learner"], marker, linestyle="none")
    plt.xscale("log"); plt.title(level); plt.xlabel("examples seen")
plt.show()
"""


def draw(runs: pd.DataFrame, looks: Mapping[str, Look], levels: Sequence[str]) -> str:
    """SVG of `runs`: learner, seed, level, examples, reached (False: censored there)."""
    shown = {label: look for label, look in looks.items() if label in set(runs["learner"])}
    rows = {label: place for place, label in enumerate(shown)}
    with canvas("figure", 0.9 + 0.29 * len(rows)) as sheet:
        panels = multiples(sheet, len(levels), len(levels), sharey=True, sharex=True)
        for axes, level in zip(panels, levels, strict=True):
            grid(axes, "x")
            for look in shown.values():
                part = runs[(runs["learner"] == look.label) & (runs["level"] == level)]
                _row(sheet, axes, look, rows[look.label], part)
            axes.set(title=level, xlabel="examples seen", ylim=(len(rows) - 0.4, -0.6))
            _examples_axis(axes, runs["examples"])
        named_rows(panels[0], list(rows))
        handles = [
            axes.plot([], [], "o", color=MUTED, ms=5, label="a seed that got there")[0],
            axes.plot(
                [], [], ">", color=MUTED, mfc="none", ms=6, label="a seed that did not, by the end of its training"
            )[0],
            axes.plot([], [], "|", color=TEXT, ms=11, mew=1.3, label="median, unless most seeds did not get there")[0],
        ]
        sheet.figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8.5)
        return sheet.svg()


def _examples_axis(axes, examples: pd.Series) -> None:
    """Logarithmic; with a place for 0 where a run was there before it learned."""
    if not (examples > 0).any():
        axes.set(xlim=(-0.5, 1), xticks=[0])
        return
    if (examples > 0).all():
        axes.set_xscale("log")
        counts_axis(axes, examples)
        return
    least = float(examples[examples > 0].min())
    axes.set_xscale("symlog", linthresh=least, linscale=0.4)
    axes.set_xlim(-0.3 * least, 1.5 * float(examples.max()))
    decades = 10.0 ** np.arange(np.ceil(np.log10(least)), np.log10(examples.max()) + 1e-9)
    axes.set_xticks([0, *decades])
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))


def _row(sheet, axes, look: Look, y: int, part: pd.DataFrame) -> None:
    if part.empty:
        return
    spread = y + (np.linspace(-0.22, 0.22, len(part)) if len(part) > 1 else np.zeros(1))
    reached = part["reached"].to_numpy(bool)
    examples = part["examples"].to_numpy(float)
    artists = axes.plot(examples[reached], spread[reached], "o", color=look.colour, alpha=0.55, ms=4.5, mew=0)
    artists += axes.plot(examples[~reached], spread[~reached], ">", color=look.colour, mfc="none", ms=5)
    sheet.series(look, *artists)
    if reached.mean() > 0.5:
        median = np.median(np.where(reached, examples, np.inf))
        if np.isfinite(median):
            axes.plot([median] * 2, [y - 0.42, y + 0.42], color=TEXT, linewidth=1.3)
