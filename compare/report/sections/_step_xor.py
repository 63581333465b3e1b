"""Exclusive or: who solves the truth table, and what each answers between its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure, Paragraph
from compare.report.figures import decision_boundary, truth_table
from compare.report.sections._cells import frame_table
from compare.step_by_step.worked import rough, shown

EVERY = 3  # of the field's places, in the table behind the figure


def xor_blocks(xor: Mapping[str, Any]) -> list[Block]:
    """What happens, who solved it, the fields, the networks."""
    lead = Paragraph(
        "**Exclusive or, which needs more than a line.** The answer is 1 where the two inputs differ. No line has"
        " (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other: both pairs have the same middle. So"
        f" logistic regression gets at most {xor['most_by_a_line']} of the 4 rows right, however it is trained. A"
        f" network with a hidden layer folds the plane first, here with {xor['hidden']} neurons that pass on what is"
        " above 0 (ReLU)."
    )
    return [lead, _verdict(xor), _fields(xor), _networks(xor)]


def _verdict(xor: Mapping[str, Any]) -> Callout:
    (mlp, many), (line, one) = xor["learners"].items()
    n = len(xor["seeds"])
    best = max(one["most_right"])
    return Callout(
        "note",
        f"The {mlp} solved the truth table in {many['solved']} of {n} networks, {line} in {one['solved']} of {n}: its"
        f" best was {best} of 4 right ({25 * best} %), on its way, and no line gets more than {xor['most_by_a_line']}."
        f" Its loss is lowest where it answers one half everywhere, ln 2 = {shown(float(np.log(2)))}; trained, its loss"
        f" is {shown(float(np.mean(one['loss'])))} on average.",
    )


def _fields(xor: Mapping[str, Any]) -> Figure:
    axis, learners = xor["axis"], xor["learners"]
    planes = [
        decision_boundary.Plane(name, axis, axis, one["field"], xor["corners"], xor["answers"])
        for name, one in learners.items()
    ]
    x1, x2 = (grid.ravel() for grid in np.meshgrid(axis[::EVERY], axis[::EVERY]))
    parts = [
        pd.DataFrame({"learner": name, "x1": x1, "x2": x2, "p of class 1": _thinned(one["field"])})
        for name, one in learners.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    answers = "; ".join(
        f"{name} " + ", ".join(shown(p, 3) for p in one["truth_table"]) for name, one in learners.items()
    )
    flat = max(abs(p - 0.5) for p in learners["logistic regression"]["truth_table"])
    caption = Caption(
        "What the first network of each kind answers everywhere (colour), its boundary (black, p = 0.5) and the four"
        f" rows of the truth table. Answers to (0, 0), (0, 1), (1, 0), (1, 1): {answers}. Logistic regression lies"
        f" within {rough(flat)} of one half at all four, so no boundary is drawn where the field is flat. The table"
        f" behind holds every {EVERY}rd place along x1 and x2. n = 1 network of each kind (the first seed), no"
        " interval; x1 and x2 without unit.",
        f"Softmax output, cross-entropy, Adam with a learning rate of {xor['learning_rate']:g}, all four rows in each"
        f" of {xor['epochs']} updates; {learners['MLP']['parameters']} parameters against"
        f" {learners['logistic regression']['parameters']}.",
        "Mixed selectivity: hidden neurons that respond to combinations of inputs make the classes linearly readable.",
    )
    return Figure(
        "fig-step-xor",
        "What each answers between the rows of the truth table",
        decision_boundary.draw(planes, size=11),
        "Left, the MLP's plane: a band of class 0 along the diagonal between two corners of class 1. Right, logistic"
        " regression: one half everywhere.",
        caption,
        frame_table("tab-step-xor-field", "Probability in the plane", frame, caption),
        decision_boundary.CODE.format(csv="data/fig-step-xor.csv", group="learner"),
    )


def _thinned(field: list[list[float]]) -> np.ndarray:
    return np.array(field)[::EVERY, ::EVERY].ravel()


def _networks(xor: Mapping[str, Any]) -> Figure:
    learners, seeds = xor["learners"], xor["seeds"]
    parts = [
        pd.DataFrame({"learner": name, "seed": seeds, "right after learning": one["right"],
                      "right at best": one["most_right"], "loss": one["loss"]})
        for name, one in learners.items()
    ]  # fmt: skip
    solved = "; ".join(f"{name}: {one['solved']} of {len(seeds)}" for name, one in learners.items())
    caption = Caption(
        "Right answers on the four rows of the truth table, a mark for each network: after learning (filled), and the"
        f" most at any look while it learned, before the first and after every tenth update (open). Solved, {solved}."
        f" n = {len(seeds)} networks of each kind with seeds {seeds[0]} to {seeds[-1]}, every one shown, no interval.",
        "Training and test samples are the same four: this asks what a model can represent, not how it generalises.",
        "n is the number of independent networks. With p at one half to many places, which rows logistic regression"
        " gets right in the end is left to rounding.",
    )
    frame = pd.concat(parts, ignore_index=True)
    return Figure(
        "fig-step-truth-table",
        "Rows of the truth table that each network gets right",
        truth_table.draw(
            {name: one["right"] for name, one in learners.items()},
            {name: one["most_right"] for name, one in learners.items()},
            xor["most_by_a_line"],
        ),
        f"Marks for {len(seeds)} networks of each kind. Solved all four rows, {solved}.",
        caption,
        frame_table("tab-step-truth-table", "Every network", frame, caption, digits=5),
        truth_table.CODE.format(csv="data/fig-step-truth-table.csv"),
    )
