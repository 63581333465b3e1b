"""One example of each class and the spikes that the study's encoder makes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from compare.report.figures.style import MARKS_BEFORE_RASTER, canvas

FEW_VALUES = 16  # a picture of so many grey squares need not be large
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d.plot.bar(x="{name}", y={shown}, subplots=True, legend=False)
plt.show()
"""


def draw(
    images: np.ndarray,
    counts: np.ndarray | None,
    rasters: Sequence[tuple[np.ndarray, np.ndarray]],
    classes: Sequence[str],
    duration_ms: float | None,
    neurons: int | None = None,
    feature: str = "",
) -> str:
    """SVG of examples, their spike counts and their rasters.

    Args:
        images: (class, height, width) in [0, 1].
        counts: (class, height, width) spikes of each input neuron, or None.
        rasters: for each class the spikes' times in ms and their neurons; may be empty.
        classes: names.
        duration_ms: end of the time axis.
        neurons: of the input population; None for one of each value.
        feature: what the rows of sequences are, "mel band", which run in time from left to right; "" for images.
    """
    lines = 1 + (counts is not None) + bool(rasters)
    width = max(len(images), 4)
    size = 8.0 / width if images[0].size > FEW_VALUES else 1.1
    named = 0.2 + 0.3 * (lines - bool(rasters)) if feature else 0.0  # for the names of axes
    with canvas("figure", 0.45 + lines * size + named) as sheet:
        panels = sheet.figure.subplots(lines, len(images), squeeze=False, sharey="row")
        for place, name in enumerate(classes):
            aspect = "auto" if feature else "equal"
            panels[0, place].imshow(images[place], cmap="gray_r", vmin=0, vmax=1, aspect=aspect)
            panels[0, place].set_title(name)
            if counts is not None:
                most = max(1.0, float(counts.max()))
                panels[1, place].imshow(counts[place], cmap="gray_r", vmin=0, vmax=most, aspect=aspect)
            if rasters:
                _raster(panels[-1, place], *rasters[place], neurons=neurons or images[0].size, duration_ms=duration_ms)
        for axes in panels[: lines - bool(rasters)].ravel():
            axes.spines[:].set_visible(False)
            axes.set_xticks([])
            axes.set_yticks([])
        by = f" by\n{feature}" if feature else ""
        names = [f"intensity{by}", *([f"spikes{by}"] if counts is not None else []), *(["neuron"] if rasters else [])]
        for axes, name in zip(panels[:, 0], names, strict=True):
            axes.set_ylabel(name, fontsize=8.5)
        if feature:
            for row in panels[: lines - bool(rasters)]:
                for axes in row:
                    _in_time(axes, *images[0].shape)
                    axes.tick_params(labelbottom=axes is row[0])  # once is enough, and leaves room for the pictures
                row[0].set_xlabel("time step", fontsize=8.5)
        if rasters:
            sheet.figure.supxlabel("time (ms)", fontsize=9.5)
        return sheet.svg()


def _in_time(axes, features: int, steps: int) -> None:
    """The ends of both axes of a sequence's picture; its first feature is the last row."""
    axes.set_box_aspect(1)
    first_and_last = {name: sorted({0, many - 1}) for name, many in (("x", steps), ("y", features))}
    axes.set_xticks(first_and_last["x"])
    axes.set_yticks([features - 1 - y for y in first_and_last["y"]], first_and_last["y"])
    axes.tick_params(length=2, labelsize=7)


def _raster(axes, times: np.ndarray, neurons_of: np.ndarray, *, neurons: int, duration_ms: float | None) -> None:
    # Black on white in both themes, as the pictures above: the page cannot swap the colours of rasterised marks.
    axes.set_facecolor("white")
    axes.plot(times, neurons_of, ",", color="black", ms=1, alpha=0.5, rasterized=len(times) > MARKS_BEFORE_RASTER // 10)
    axes.set_ylim(neurons - 0.5, -0.5)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.set_xlim(0, duration_ms)
    axes.set_box_aspect(1)
    axes.tick_params(length=2, labelsize=7)
    axes.locator_params(axis="x", nbins=2)
