"""Logistic regression and its boundary on two clouds and on two moons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from compare.report.document import Block, Caption, Figure, Paragraph
from compare.report.figures import decision_boundary
from compare.report.inline import literal
from compare.report.sections._cells import decimal, frame_table
from compare.step_by_step.worked import shown

ROWS = 26  # of the drawn field


def boundary_blocks(tasks: Mapping[str, Mapping[str, Any]]) -> list[Block]:
    """What happens and the boundaries."""
    blobs, moons = tasks["blobs"], tasks["moons"]
    w, b = blobs["w"], blobs["b"]
    lead = Paragraph(
        "**A boundary, found the same way.** Logistic regression answers with a probability, p = 1 / (1 + exp(−(w·x +"
        " b))), and learns by the same steps downhill, on the cross-entropy instead of the squared error. Where w·x + b"
        f" is 0, p is one half: a line. On two clouds it found {_equation(w, b)} = 0 and is right on"
        f" {decimal(100 * blobs['test_accuracy'], 1)} % of new points; the clouds overlap, and no classifier can expect"
        f" more than {decimal(100 * blobs['best_accuracy'], 1)} %. On two moons it is right on"
        f" {decimal(100 * moons['test_accuracy'], 1)} %, because no line bends around a moon."
    )
    return [lead, _figure(tasks)]


def _equation(w: list[float], b: float) -> str:
    terms = [(w[0], " x1"), (w[1], " x2"), (b, "")]
    text = " ".join(f"{'−' if v < 0 else '+'} {shown(abs(v), 2)}{name}" for v, name in terms)
    return text.removeprefix("+ ").replace("− ", "−", 1) if text.startswith("−") else text.removeprefix("+ ")


def _figure(tasks: Mapping[str, Mapping[str, Any]]) -> Figure:
    axis = np.linspace(0, 1, ROWS)
    planes, parts = [], []
    for name, one in tasks.items():
        x1, x2 = np.meshgrid(axis, axis)
        field = 1 / (1 + np.exp(-(one["w"][0] * x1 + one["w"][1] * x2 + one["b"])))
        title = f"{name}: {decimal(100 * one['test_accuracy'], 1)} % right"
        planes.append(decision_boundary.Plane(title, axis, axis, field, one["points"], one["labels"]))
        points = np.array(one["points"])
        table = {"task": name, "x1": points[:, 0], "x2": points[:, 1], "class": one["labels"]}
        parts.append(pd.DataFrame({**table, "p of class 1": one["probability"]}))
    first = next(iter(tasks.values()))
    weights = "; ".join(f"{name}: {_equation(one['w'], one['b'])}" for name, one in tasks.items())
    caption = Caption(
        "What logistic regression answers everywhere (colour), its boundary (black line, p = 0.5) and"
        f" {len(first['points'])} test points. w·x + b, {literal(weights)}. Trained on {first['train']} points; the"
        f" share of right answers is over all {first['test']:,} test points of each task. n = 1 network for each task,"
        " no interval; x1 and x2 in sides of the unit square.",
        f"Softmax of two outputs, of which the difference counts; Adam, learning rate {first['learning_rate']:g},"
        f" batches of {first['batch_size']}, {first['epochs']} epochs.",
        "A read-out neuron with two inputs: colour is its response, the boundary its criterion, the slope there its"
        " sensitivity.",
    )
    alt = "; ".join(
        f"{name}: a straight boundary, {decimal(100 * one['test_accuracy'], 1)} % of test points right"
        for name, one in tasks.items()
    )
    frame = pd.concat(parts, ignore_index=True)
    return Figure(
        "fig-step-boundary",
        "Logistic regression on clouds and moons",
        decision_boundary.draw(planes),
        f"{alt}.",
        caption,
        frame_table("tab-step-boundary", "The points shown", frame, caption),
        decision_boundary.CODE.format(csv="data/fig-step-boundary.csv", group="task"),
    )
