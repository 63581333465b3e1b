"""How far learning moved each array of weights, relative to where it began."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compare.report.figures.style import TEXT, Look, canvas, grid, named_rows

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d["row"] = d["learner"] + " | " + d["weights"]
plt.plot(d["change"], d["row"], "o")
plt.xlabel("norm of the change / norm of the initial weights"); plt.show()
"""


def draw(changes: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `changes`: learner, weights, seed, change (norm of the difference over the initial norm)."""
    rows = list(dict.fromkeys(zip(changes["learner"], changes["weights"], strict=True)))
    with canvas("figure", 0.8 + 0.27 * len(rows)) as sheet:
        axes = sheet.figure.subplots()
        grid(axes, "x")
        for y, (learner, name) in enumerate(rows):
            part = changes.loc[(changes["learner"] == learner) & (changes["weights"] == name), "change"].to_numpy(float)
            spread = y + (np.linspace(-0.2, 0.2, len(part)) if 1 < len(part) <= 10 else np.zeros(len(part)))
            look = looks[learner]
            dots = axes.plot(part, spread, look.marker, color=look.colour, alpha=0.45, ms=4, mew=0)
            sheet.series(look, *dots)
            axes.plot([part.mean()] * 2, [y - 0.3, y + 0.3], color=TEXT, linewidth=2, solid_capstyle="butt")
        named_rows(axes, [f"{learner} · {name}" for learner, name in rows])
        axes.set(xlabel="norm of the change / norm of the initial weights", ylim=(len(rows) - 0.4, -0.6))
        axes.set_xscale("symlog", linthresh=0.1)
        axes.set_xlim(left=-0.004)  # a mark at 0, of weights that did not move, is seen whole
        return sheet.svg()
