"""How alike two seeds of a learner are, trained and untrained, beside what chance gives."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportCallIssue=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compare.report.figures.style import MUTED, Look, canvas, grid, named_rows

MARKS = {"seed to seed": "o", "untrained, seed to seed": "s", "before and after learning": "D"}
CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d["row"] = d["learner"] + " | " + d["layer"]
for kind, part in d.groupby("comparison", sort=False):
    plt.plot(part["mean"], part["row"], "o", label=kind)
plt.xlabel("unbiased linear CKA"); plt.legend(); plt.show()
"""


def draw(values: pd.DataFrame, looks: Mapping[str, Look], null: float) -> str:
    """SVG of `values`: learner, layer, comparison, mean, low, high.

    Args:
        null: 97.5 % quantile of |CKA| under shuffled samples: the half width of the band around 0.
    """
    rows = list(dict.fromkeys(zip(values["learner"], values["layer"], strict=True)))
    with canvas("figure", 1.1 + 0.27 * len(rows)) as sheet:
        axes = sheet.figure.subplots()
        grid(axes, "x")
        axes.axvspan(-null, null, color=MUTED, alpha=0.2, linewidth=0, label="shuffled samples, 95 %")
        for y, key in enumerate(rows):
            part = values[(values["learner"] == key[0]) & (values["layer"] == key[1])]
            for record in part.to_dict("records"):
                _mark(sheet, axes, looks[key[0]], y, record)
        for kind, marker in MARKS.items():
            if kind in set(values["comparison"]):
                face = MUTED if kind == "seed to seed" else "none"
                axes.plot([], [], marker, color=MUTED, mfc=face, label=kind, linestyle="none")
        named_rows(axes, [f"{learner} · {layer}" for learner, layer in rows])
        axes.set(xlabel="unbiased linear CKA", ylim=(len(rows) - 0.4, -0.6))
        axes.set_xlim(
            min(-0.1, float(np.min(values["mean"].to_numpy(float))) - 0.1), 1.04
        )  # intervals of few seeds may be wider than any value can be
        sheet.figure.legend(loc="outside lower center", ncols=2)
        return sheet.svg()


def _mark(sheet, axes, look: Look, y: int, record: dict) -> None:
    marker = MARKS[record["comparison"]]
    face = look.colour if record["comparison"] == "seed to seed" else "none"
    tip = f"{look.label}, {record['layer']}, {record['comparison']}: {record['mean']:.2f}"
    marks = axes.plot(record["mean"], y, marker, color=look.colour, mfc=face, ms=6, mew=1.4)
    if np.isfinite(record["low"]):
        marks += axes.plot([record["low"], record["high"]], [y, y], color=look.colour, linewidth=1.4)
    sheet.series(look, *marks, tip=tip)
