"""Two lines found by gradient descent: the points, the lines on the way, the path on the loss surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from compare.report.document import Block, Caption, Figure, Paragraph, Table
from compare.report.figures import fitted_lines, loss_surface
from compare.report.sections._cells import frame_table
from compare.step_by_step.worked import shown

EACH = 30  # updates that are listed one by one


def descent_blocks(lines: Sequence[Mapping[str, Any]]) -> list[Block]:
    """What happens, the lines, the surface, the table of what was found."""
    first = lines[0]
    w, b = first["path"][1]
    lead = Paragraph(
        "**A line, found by going downhill.** Points lie about y = 2x + 3, others about y = 3x; which line is it? Begin"
        " with w = 0 and b = 0. The loss L(w, b) is the mean squared distance of the points from w x + b, the gradient"
        " says where it rises, and each update goes the other way. On the first points the first update leads to"
        f" w = {shown(w, 2)} and b = {shown(b, 2)}, too far, the second comes back, and"
        f" after {len(first['path']) - 1} updates the line is that of least squares, which can also be computed at"
        " once. What noise did to the points stays: the best line of these points is not quite the law behind them."
    )
    return [lead, _lines(lines), _surface(lines), _found(lines)]


def _lines(lines: Sequence[Mapping[str, Any]]) -> Figure:
    parts = [pd.DataFrame({"line": one["name"], "x": one["x"], "y": one["y"]}) for one in lines]
    points, noise = len(lines[0]["x"]), lines[0]["noise"]
    caption = Caption(
        f"Points drawn about a law (dashed, standard deviation {noise:g}) and the line w x + b on its way, from w = b ="
        f" 0. n = {points} points for each law, each drawn once from the seed; no interval, x and y without unit.",
        f"Full-batch gradient descent with a learning rate of {lines[0]['learning_rate']:g}, no momentum.",
        "The points are noisy measurements of one linear response; w is the gain, b the baseline.",
    )
    frame = pd.concat(parts, ignore_index=True)
    return Figure(
        "fig-step-lines",
        "Two lines found by gradient descent",
        fitted_lines.draw(lines),
        "Two panels of points with the fitted line after 0, 1, 2, 10 and all updates; the last lies on the points.",
        caption,
        frame_table("tab-step-points", "The points", frame, caption),
        fitted_lines.CODE.format(csv="data/fig-step-lines.csv"),
    )


def _surface(lines: Sequence[Mapping[str, Any]]) -> Figure:
    parts = [
        pd.DataFrame(one["path"], columns=["w", "b"]).assign(
            line=one["name"], update=range(len(one["path"])), loss=one["loss"]
        )
        for one in lines
    ]
    every = pd.concat(parts, ignore_index=True).reindex(columns=["line", "update", "w", "b", "loss"])
    frame = every.loc[(every["update"] <= EACH) | (every["update"] % 10 == 0)]
    caption = Caption(
        "Above: the loss of every slope and intercept (colour, logarithmic, one scale), a point for each update and the"
        " least-squares line (star). Below: how far the loss is above the lowest that any line has. The surface is the"
        " mean squared error of the points of [](#fig-step-lines), the path follows"
        f" w ← w − {lines[0]['learning_rate']:g} ∂L/∂w and the same for b. n = {len(lines[0]['x'])} points for each"
        f" law, no interval, no unit. The table behind holds the first {EACH} updates and every tenth.",
        "A quadratic bowl: across the valley the path overshoots and comes back, along it each update leaves the same"
        " share of the way. Where little of the way lies along the valley, as on the left, few updates do.",
        "Slope and intercept trade off against each other, since all x are positive: hence the slanting valley.",
    )
    ends = "; ".join(
        f"{one['name']}: w {shown(one['path'][-1][0], 2)}, b {shown(one['path'][-1][1], 2)}" for one in lines
    )
    return Figure(
        "fig-step-surface",
        "The path down the loss surface",
        loss_surface.draw(lines),
        f"Two loss surfaces with the path of gradient descent, which ends at the least-squares line. Ends: {ends}.",
        caption,
        frame_table("tab-step-path", "The path", frame, caption, digits=6),
        loss_surface.CODE.format(csv="data/fig-step-surface.csv"),
    )


def _found(lines: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        (one["name"], one["slope"], one["intercept"], *one["path"][-1], *one["best"], one["loss"][-1], one["best_loss"])
        for one in lines
    ]
    heads = ["points", "slope of law", "intercept of law", "slope found", "intercept found", "best slope",
             "best intercept", "loss found", "best loss"]  # fmt: skip
    caption = Caption(
        f"What {len(lines[0]['path']) - 1} updates found, beside the law behind the points and the best line, that of"
        " least squares from the normal equations. Loss: mean squared error. n ="
        f" {len(lines[0]['x'])} points for each law, no interval, no unit.",
        "The lowest loss is near the noise's variance,"
        f" {shown(lines[0]['noise'] ** 2)}: the rest cannot be explained by any line.",
        "Found and law differ by what so few noisy measurements leave open.",
    )
    frame = pd.DataFrame(rows, columns=heads)
    return frame_table("tab-step-descent", "What gradient descent found", frame, caption, digits=4, width="wide")
