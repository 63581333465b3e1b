"""Points about a line, and the line as it is after a few updates and after all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from compare.report.figures.style import FAMILY_COLOURS, LINES, MUTED, TEXT, canvas, grid, legend_below

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for name, part in d.groupby("line", sort=False):
    plt.plot(part["x"], part["y"], "o", label=name)
plt.xlabel("x"); plt.ylabel("y"); plt.legend(); plt.show()
"""
SHOWN = (0, 1, 2, 10)  # updates; the last one is shown too


def draw(lines: Sequence[Mapping[str, Any]]) -> str:
    """SVG of what `compare.step_by_step.descent.told` says of each line."""
    with canvas("figure", 4.1) as sheet:
        panels = sheet.figure.subplots(1, len(lines), squeeze=False)[0]
        for axes, line in zip(panels, lines, strict=True):
            grid(axes)
            axes.plot(line["x"], line["y"], "o", color=MUTED, ms=4, alpha=0.75, label="points")
            _lines(axes, line)
            ends = np.array([0.0, 1.0])
            law = line["slope"] * ends + line["intercept"]
            axes.plot(ends, law, color=TEXT, linewidth=1, linestyle="--", label="law behind the points")
            axes.set(xlabel="x", xlim=(-0.02, 1.02))
            axes.set_title(line["name"])
        panels[0].set_ylabel("y")
        legend_below(sheet, panels, 4)
        return sheet.svg()


def _lines(axes, line: Mapping[str, Any]) -> None:
    ends, last = np.array([0.0, 1.0]), len(line["path"]) - 1
    for place, step in enumerate([*SHOWN, last]):
        w, b = line["path"][step]
        style = "-" if step == last else LINES[1:][place]
        label = "start" if step == 0 else f"after {step} update{'' if step == 1 else 's'}"
        axes.plot(ends, w * ends + b, color=FAMILY_COLOURS["backprop"], linewidth=2.2 if step == last else 1.2,
                  linestyle=style, label=label)  # fmt: skip
