"""What a task of values was answered, beside what it asks for."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import answered_values
from compare.report.inline import literal
from compare.report.sections._cells import frame_table, listed
from compare.report.sections._material import Material

SHOWN = 150  # answers of each learner; more would hide each other


def value_block(material: Material, task: str) -> Block:
    """Answers of each learner's first finished seed against their targets."""
    title = f"Answered values against targets{material.on(task)}"
    tables, seeds, total = [], {}, 0
    for run in material.runs(task, material.verdict_input):
        arrays = material.arrays(run)
        if run.label in seeds or "test_prediction" not in arrays or "test_target" not in arrays:
            continue
        target, answered = arrays["test_target"].ravel().astype(float), arrays["test_prediction"].ravel().astype(float)
        chosen = np.unique(np.linspace(0, len(target) - 1, min(SHOWN, len(target))).round().astype(int))
        seeds[run.label], total = run.seed, len(target)
        tables.append(pd.DataFrame({"learner": run.label, "target": target[chosen], "answered": answered[chosen]}))
    if not tables:
        return Callout("gap", f"{title}: -, no run kept its predictions.")
    points = material.in_order(pd.concat(tables, ignore_index=True))
    low, high = answered_values.limits(points["target"].to_numpy(float))
    beyond = int(((points["answered"] < low) | (points["answered"] > high)).sum())
    steps = " Answers at every step count as so many." if material.target(task).endswith("per step") else ""
    shown = min(SHOWN, total)
    caption = Caption(
        f"Each dot is one answer on the test set of {literal(task)}, {material.verdict_input} input, against its"
        f" target, in the target's unit of measure: {shown} of {total:,} answers of one network of each learner (seed"
        f" {listed([str(s) for s in sorted(set(seeds.values()))])}), evenly spaced by number and not picked.{steps}"
        " Dashed: answers without error. n = 1 network, no interval; errors of all seeds are in"
        f" [](#tab-accuracy{material.tag(task)})."
        + (f" Crosses at the edge: {beyond} answers that lie farther out." if beyond else ""),
        "A flat cloud is a network that answers the mean; a slope below 1 is one that shrinks towards it.",
        "As a psychometric plot of an estimate against the stimulus' value.",
    )
    anchor = f"answered{material.tag(task)}"
    slopes = {str(label): _slope(part) for label, part in points.groupby("learner", sort=False)}
    alt = "; ".join(f"{label} {slope:.2f}" for label, slope in slopes.items())
    return Figure(
        f"fig-{anchor}",
        title,
        answered_values.draw(points, material.looks),
        f"Slope of the answers over the targets (1 without error, 0 for a constant): {alt}.",
        caption,
        frame_table(f"tab-{anchor}", title, points, caption),
        answered_values.CODE.format(csv=f"data/fig-{anchor}.csv"),
    )


def _slope(part: pd.DataFrame) -> float:
    """Of the least squares line of the answers over the targets; 0 where the targets do not vary."""
    target = part["target"].to_numpy(float) - part["target"].mean()
    return float(target @ part["answered"].to_numpy(float) / (target @ target)) if target.any() else 0.0
