"""Measured receptive fields: what single neurons look for."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import receptive_fields
from compare.report.inline import literal
from compare.report.sections._cells import frame_table, listed
from compare.report.sections._material import Material

NEURONS_SHOWN = 10
SCALE = 0.995  # quantile of the magnitudes; a few extreme weights would make all others pale


def receptive_field_block(material: Material, task: str) -> Block:
    """A row of measured receptive fields for each learner that has some, of the first seed."""
    name = material.verdict_input
    shown, rows, seeds = {}, [], set()
    for run in material.runs(task, name):
        fields = material.arrays(run).get("receptive_field")
        if fields is None or run.label in shown:
            continue
        fields = np.asarray(fields, float)
        fields = _flat(fields)
        scale = float(np.quantile(np.abs(fields), SCALE)) or float(np.abs(fields).max()) or 1.0
        chosen = np.linspace(0, len(fields) - 1, min(NEURONS_SHOWN, len(fields))).round().astype(int)
        shown[run.label] = fields[chosen] / scale
        seeds.add(run.seed)
        rows.append((run.label, run.seed, len(fields), scale, float((fields < 0).mean()), _focus(fields)))
    if not shown:
        return Callout("gap", f"Receptive fields{material.on(task)}: -, no learner of this study has measured ones.")
    without = [label for label in material.serving(task) if label not in shown]
    table = pd.DataFrame(rows, columns=["learner", "seed", "neurons", "scale", "share negative", "focus"])
    table = material.in_order(table)
    caption = Caption(
        f"Measured receptive fields (input weights) of up to {NEURONS_SHOWN} first-layer neurons, evenly spaced by"
        f" number and not picked, {literal(task)}, {name} input, one network each (seed"
        f" {listed([str(s) for s in sorted(seeds)])}). Every learner is divided by its own scale, the {100 * SCALE:g} %"
        " quantile of its magnitudes (in the table), beyond which colours saturate, so all share one scale; 0 is the"
        " middle. n = 1 network, no interval. The table adds the share of negative weights and “focus”, the share of"
        " squared weight in the strongest tenth of the pixels, mean over all neurons. Of channels the mean is shown."
        + (f" Without fields: {literal(listed(without))}." if without else ""),
        "Rows of the first weight matrix as images; random-looking rows are layers that did not have to change to be"
        " useful.",
        "Prototypes of stimuli are typical of competitive Hebbian learning; sign is excitation and inhibition.",
    )
    anchor = f"tab-receptive-fields{material.tag(task)}"
    alt = "; ".join(f"{r.learner}: {100 * r[5]:.0f} % negative, focus {r.focus:.2f}" for r in table.itertuples())
    ordered = {label: shown[label] for label in material.labels if label in shown}
    return Figure(
        f"fig-receptive-fields{material.tag(task)}",
        f"Measured receptive fields{material.on(task)}",
        receptive_fields.draw(ordered, material.looks),
        f"First-layer receptive fields of {len(shown)} learners. {alt}.",
        caption,
        frame_table(anchor, f"Receptive fields{material.on(task)}", table, caption, digits=3),
        receptive_fields.CODE.format(csv=f"data/fig-receptive-fields{material.tag(task)}.csv"),
    )


def _flat(fields: np.ndarray) -> np.ndarray:
    """(neuron, height, width) of fields with channels, whose mean it is, or over features."""
    if fields.ndim == 2:
        return _square(fields)
    return fields.mean(1) if fields.ndim == 4 else fields


def _square(fields: np.ndarray) -> np.ndarray:
    """Fields over features: a square where they form one, else a row."""
    side = int(np.sqrt(fields.shape[1]))
    return fields.reshape(len(fields), side, side) if side * side == fields.shape[1] else fields[:, None, :]


def _focus(fields: np.ndarray) -> float:
    """Mean over neurons of the share of squared weight in the strongest tenth of the pixels."""
    power = np.sort((fields**2).reshape(len(fields), -1), axis=1)[:, ::-1]
    top = power[:, : max(1, power.shape[1] // 10)].sum(1)
    total = power.sum(1)
    return float(np.mean(top[total > 0] / total[total > 0])) if (total > 0).any() else float("nan")
