"""How well model geometries predict each learner's own, beside the ceiling that its seeds set."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportCallIssue=false

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from compare.report.figures.style import MUTED, Look, canvas, grid, named_rows

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
for model, part in d.groupby("model", sort=False):
    plt.plot(part["correlation"], part["learner"], "o", label=model)
first = d.drop_duplicates("learner")
plt.hlines(first["learner"], first["ceiling low"], first["ceiling high"], lw=8, alpha=0.3, label="noise ceiling")
plt.xlabel("correlation of RDMs"); plt.legend(); plt.show()
"""
MARKERS = ("s", "o", "^", "D")


def draw(scores: pd.DataFrame, looks: Mapping[str, Look]) -> str:
    """SVG of `scores`: learner, model, correlation, low, high, ceiling low, ceiling high (NaN where undefined)."""
    rows = list(dict.fromkeys(scores["learner"]))
    models = list(dict.fromkeys(scores["model"]))
    with canvas("figure", 1.3 + 0.36 * len(rows)) as sheet:
        axes = sheet.figure.subplots()
        grid(axes, "x")
        axes.axvline(0, color=MUTED, linewidth=0.8)
        for y, learner in enumerate(rows):
            for record in scores[scores["learner"] == learner].to_dict("records"):
                _mark(sheet, axes, looks[learner], y, record, models.index(record["model"]), len(models))
        for place, model in enumerate(models):
            axes.plot(
                [], [], MARKERS[place], color=MUTED, mfc="none" if place else MUTED, linestyle="none", label=model
            )
        axes.fill_between([], [], [], color=MUTED, alpha=0.3, label="noise ceiling over seeds")
        named_rows(axes, rows)
        axes.set(xlabel="correlation of dissimilarity matrices", ylim=(len(rows) - 0.4, -0.6))
        lowest = float(np.nanmin([*scores["correlation"], *scores["ceiling low"], 0.0]))
        axes.set_xlim(lowest - 0.1, 1.04)  # intervals of few seeds may be wider than any correlation can be
        sheet.figure.legend(loc="outside lower center", ncols=2)
        return sheet.svg()


def _mark(sheet, axes, look: Look, y: int, record: dict, place: int, models: int) -> None:
    if place == 0 and np.isfinite(record["ceiling low"]):
        width = max(record["ceiling high"] - record["ceiling low"], 0.004)
        bar = axes.barh(y, width, left=record["ceiling low"], height=0.75, color=look.colour, alpha=0.28)
        sheet.series(look, *bar, tip=f"{look.label}: noise ceiling")
    height = y + 0.18 * (place - (models - 1) / 2)
    if not np.isfinite(record["correlation"]):
        return
    marks = axes.plot(
        record["correlation"], height, MARKERS[place], color=look.colour, mfc="none" if place else look.colour, ms=5.5
    )
    if np.isfinite(record["low"]):
        marks += axes.plot([record["low"], record["high"]], [height] * 2, color=look.colour, linewidth=1.3)
    sheet.series(look, *marks, tip=f"{look.label}, {record['model']}: {record['correlation']:.2f}")
