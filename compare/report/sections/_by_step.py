"""The score of answers at each step of a sequence."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import score_by_step
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import frame_table, span
from compare.report.sections._material import Material


def step_block(material: Material, task: str) -> Block:
    """A curve of the score against the step, for learners that answer at every one."""
    scale, name = material.watched_scale(task), material.verdict_input
    title = f"{scale.name} at each step{material.on(task)}"
    rows, constant = [], np.empty(0)
    for run in material.runs(task, name):
        arrays = material.arrays(run)
        if "test_target" not in arrays or "test_prediction" not in arrays:
            continue
        target, answer = arrays["test_target"], arrays["test_prediction"]
        values = _right(target, answer) if material.target(task).startswith("class") else _squares(target, answer)
        constant = _constant(material, task, target)
        rows += [(run.label, step, run.seed, float(value)) for step, value in enumerate(values, 1)]
    if not rows:
        return Callout("gap", f"{title}: -, no run kept its predictions.")
    table = _summary.by(pd.DataFrame(rows, columns=["learner", "step", "seed", "value"]), ["learner", "step"])
    table = material.in_order(table.rename(columns={"mean": scale.title}), "step")
    table["best constant"] = constant[table["step"].to_numpy(int) - 1]
    classes = material.target(task).startswith("class")
    what = "share of the test sequences that were answered rightly" if classes else "mean squared error"
    dotted = "the share of the most frequent class" if classes else "the error of the best constant"
    caption = Caption(
        f"The {what} at each step of {literal(task)}, {name} input: mean over seeds and {_summary.INTERVAL} (band; n ="
        f" {span(table['n'])} seeds). Dotted: {dotted} at that step, which is what an answer that looks at no input can"
        " reach. The table of scores has the mean over all steps."
        + (" Logarithmic axis." if scale.spacing([*table[scale.title], *constant]) == "log" else ""),
        "Steps that need memory are those where networks that cannot remember stay at the dotted line.",
        "As performance within a trial: before, during and after the delay.",
    )
    anchor = f"by-step{material.tag(task)}"
    last = table.groupby("learner", sort=False)[scale.title].last()
    alt = "; ".join(f"{label} {scale.text(value)}" for label, value in last.items())
    return Figure(
        f"fig-{anchor}",
        title,
        score_by_step.draw(table, material.looks, list(constant), scale),
        f"{scale.name} at the last step: {alt}.",
        caption,
        frame_table(f"tab-{anchor}", title, table, caption, undefined="needs two seeds"),
        score_by_step.CODE.format(
            csv=f"data/fig-{anchor}.csv", value=scale.title, spacing=scale.spacing(table[scale.title])
        ),
    )


def _right(target: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """(step,) share of the samples that were right."""
    return (target == answer).mean(0)


def _squares(target: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """(step,) mean squared error over samples and values."""
    squares = (np.asarray(answer, float) - np.asarray(target, float)) ** 2
    return squares.reshape(*squares.shape[:2], -1).mean((0, 2))


def _constant(material: Material, task: str, target: np.ndarray) -> np.ndarray:
    """(step,) what the best constant answer scores at each step of the test set."""
    if material.target(task).startswith("class"):
        return np.array([np.bincount(step).max() / len(step) for step in target.astype(int).T])
    return np.asarray(target, float).reshape(*target.shape[:2], -1).var(0).mean(1)
