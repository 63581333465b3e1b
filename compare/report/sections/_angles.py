"""How far each rule's updates lie from the steepest descent, layer by layer, while networks learn."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Cell, Figure, Table
from compare.report.figures import gradient_angles
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import columns, count, decimal, frame_table, gap, span, with_interval, words
from compare.report.sections._material import Material

ANGLE, CHANCE = "gradient_angle.", "gradient_angle_chance."  # what the runner calls them, before the layer's name
REFUSED = "gradient_angle"  # under which a run keeps its learner's sentence
KEYS = ["learner", "layer", "examples seen"]
NOTHING = (
    "Angle between each rule's update and minus the gradient: -, not measured in this study; no run kept its updates."
)


def angle_blocks(material: Material) -> list[Block]:
    """A figure and a table for each task of which runs kept angles or refusals; one gap where none did."""
    found = {task: _angles(material, task) for task in material.tasks}
    refused = {task for task in material.tasks if any(_refusal(material, task, label) for label in material.labels)}
    if not refused and all(table.empty for table in found.values()):
        return [Callout("gap", NOTHING)]
    blocks: list[Block] = []
    for task, table in found.items():
        if not table.empty:
            blocks.append(_figure(material, task, table))
        elif task not in refused:
            blocks.append(Callout("gap", f"Angles{material.on(task)}: -, no run on this task kept its updates."))
            continue
        blocks.append(_table(material, task, table))
    return blocks


def _angles(material: Material, task: str) -> pd.DataFrame:
    """learner, layer, examples seen, angle, low, high, n, chance: means over seeds, layers in order of depth.

    An angle is undefined, and left out, where an update or the gradient is zero throughout.
    """
    kept = material.study.metrics
    kept = kept[(kept["split"] == "train") & (kept["task"] == task) & (kept["input"] == material.verdict_input)]
    angles = kept[kept["metric"].str.startswith(ANGLE) & np.isfinite(kept["value"].astype(float))]
    if angles.empty:
        return pd.DataFrame(columns=[*KEYS, "angle", "low", "high", "n", "chance"])
    angles = angles.assign(layer=angles["metric"].str.removeprefix(ANGLE)).rename(columns={"examples_seen": KEYS[2]})
    table = _summary.by(angles, KEYS).rename(columns={"mean": "angle"})
    bands = kept[kept["metric"].str.startswith(CHANCE)]
    bands = bands.assign(layer=bands["metric"].str.removeprefix(CHANCE))
    half = bands.groupby(["learner", "layer"])["value"].mean().rename("chance")
    table = table.join(half, on=["learner", "layer"])
    depth = {
        (label, str(layer["name"])): place
        for label, told in material.descriptions.items()
        for place, layer in enumerate(told.get("layers") or [])
    }
    place = {label: i for i, label in enumerate(material.labels)}
    table["_learner"] = table["learner"].map(place)
    table["_layer"] = [depth.get((r.learner, r.layer), len(depth)) for r in table.itertuples()]
    ordered = table.sort_values(["_learner", "_layer", "layer", KEYS[2]], kind="stable")
    return ordered.drop(columns=["_learner", "_layer"]).reset_index(drop=True)


def _figure(material: Material, task: str, table: pd.DataFrame) -> Figure:
    last = table.groupby(["learner", "layer"], sort=False)["angle"].last()
    without = [label for label in material.serving(task) if label not in set(table["learner"])]
    caption = Caption(
        "Angle between the change that each learning rule makes to a layer's weights and the steepest descent of the"
        f" loss (minus its gradient), in degrees, while networks learn {literal(task)}, {material.verdict_input} input:"
        " at 0 the rule descends the gradient, below 90 a small step still lowers the loss, above 90 it raises it."
        " Both are of one batch, the first of the training samples, with the weights as they are after so many examples"
        f" (logarithmic, linear near 0). Mean and {_summary.INTERVAL} (band; n = {span(table['n'])} seeds). The grey"
        " band around 90 degrees is where two random directions lie in so many dimensions: 90 ± arcsin(1/√d) for d"
        " weights, one standard deviation of their cosine; of a panel's layers the widest is drawn, each layer's own is"
        " in [](#tab-final-angles"
        + material.tag(task)
        + ")."
        + (f" Without angles: {literal(', '.join(without))}; why is in the table." if without else ""),
        "As the alignment angle of feedback alignment; weights only, no biases, before the optimiser's scaling.",
        "Whether a local rule changes synapses as credit assignment by the gradient would, seen from outside: no"
        " network uses the angle.",
    )
    anchor, title = f"angles{material.tag(task)}", f"Angle of updates to the gradient{material.on(task)}"
    alt = "; ".join(f"{label}, {layer} {value:.0f}" for (label, layer), value in last.items())
    looks = {label: look for label, look in material.looks.items() if label in set(table["learner"])}
    return Figure(
        f"fig-{anchor}",
        title,
        gradient_angles.draw(table, looks),
        f"Degrees at the last observation: {alt}.",
        caption,
        frame_table(f"tab-{anchor}", title, table, caption, digits=2, undefined="needs two seeds"),
        gradient_angles.CODE.format(csv=f"data/fig-{anchor}.csv"),
    )


def _table(material: Material, task: str, table: pd.DataFrame) -> Table:
    angles = ("first", "last", "smallest")
    heads = columns(
        "learner",
        "layer",
        "n",
        *((name, "degrees") for name in angles),
        ("random directions", "degrees"),
        numeric=("n", *angles),
    )
    rows: list[tuple[Cell, ...]] = []
    for label in material.serving(task):
        mine = table[table["learner"] == label]
        if mine.empty:
            rows.append((words(label), gap(_why_none(material, task, label)), count(0), *[gap("no angles")] * 4))
        for layer, part in mine.groupby("layer", sort=False):
            ends = (part.iloc[0], part.iloc[-1], part.loc[part["angle"].idxmin()])
            half = decimal(float(part["chance"].iloc[0]), 1)
            rows.append(
                (words(label), words(layer), count(int(part["n"].max())), *map(_cell, ends), words(f"90 ± {half}"))
            )
    caption = Caption(
        f"Angles between each rule's update and minus the gradient on {literal(task)}, {material.verdict_input} input:"
        " at the first and the last observation and the smallest mean over training; mean over n seeds"
        f" ({_summary.INTERVAL}). “Random directions” is the band in which chance alone puts an angle; of a layer with"
        " a single weight it is all angles. A learner without angles has a row with the reason.",
        "A last angle inside the band cannot be told from that of a random direction.",
        "What a learner says of itself stands in its row; no angle is not an angle of 90 degrees.",
    )
    title = f"Angles before and after learning{material.on(task)}"
    return Table(f"tab-final-angles{material.tag(task)}", title, heads, tuple(rows), caption, "wide")


def _cell(row: pd.Series) -> Cell:
    return with_interval(float(row["angle"]), float(row["low"]), float(row["high"]))


def _why_none(material: Material, task: str, label: str) -> str:
    """Why a learner has no angles: its own sentence, or what follows from its description."""
    if not material.runs(task, material.verdict_input, label):
        return literal(material.unfinished(label, task, material.verdict_input))
    said = _refusal(material, task, label)
    if said:
        return literal(said)
    told = material.descriptions.get(label, {})
    if not (told.get("training") or {}).get("updates", 1) or (told.get("rule") or {}).get("name") == "none":
        return "it changes no weights"
    if told.get("engine") not in (None, "torch"):
        return "its answers have no gradient"
    return "its runs kept no update beside a gradient, as where the answer has none or two networks learn in turn"


def _refusal(material: Material, task: str, label: str) -> str:
    """The sentence with which a learner's finished runs refused to tell an update beside a gradient; "" if none did."""
    told = (run.facts.get("metric_refusals") or {} for run in material.runs(task, material.verdict_input, label))
    return next((one[REFUSED] for one in told if REFUSED in one), "")
