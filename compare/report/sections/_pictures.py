"""Receptive fields and rasters: what single neurons look for and do."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import raster, receptive_fields
from compare.report.inline import literal
from compare.report.sections._cells import frame_table, listed
from compare.report.sections._material import Material

NEURONS_SHOWN = 10
STIMULUS = 0


def receptive_field_block(material: Material, task: str) -> Block:
    """A row of measured receptive fields for each learner that has some, of the first seed."""
    name = material.verdict_input
    shown, rows, seeds = {}, [], set()
    for run in material.runs(task, name):
        fields = material.arrays(run).get("receptive_field")
        if fields is None or run.label in shown:
            continue
        fields = np.asarray(fields, float)
        fields = fields.reshape(len(fields), *fields.shape[-2:]) if fields.ndim > 2 else _square(fields)
        largest = float(np.abs(fields).max()) or 1.0
        chosen = np.linspace(0, len(fields) - 1, min(NEURONS_SHOWN, len(fields))).round().astype(int)
        shown[run.label] = fields[chosen] / largest
        seeds.add(run.seed)
        rows.append((run.label, run.seed, len(fields), largest, float((fields < 0).mean()), _focus(fields)))
    if not shown:
        return Callout("gap", f"Receptive fields{material.on(task)}: -, no learner of this study has measured ones.")
    without = [label for label in material.labels if label not in shown]
    table = pd.DataFrame(rows, columns=["learner", "seed", "neurons", "largest weight", "share negative", "focus"])
    table = material.in_order(table)
    caption = Caption(
        f"Measured receptive fields (input weights) of up to {NEURONS_SHOWN} first-layer neurons, evenly spaced by"
        f" number and not picked, {literal(task)}, {name} input, one network each (seed"
        f" {listed([str(s) for s in sorted(seeds)])}). Every learner is divided by its own largest magnitude (in the"
        " table), so all share one scale; 0 is the middle. n = 1 network, no interval. The table adds the share of"
        " negative weights and “focus”, the share of squared weight in the strongest tenth of the pixels, mean over"
        " all neurons." + (f" Without fields: {literal(listed(without))}." if without else ""),
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


def raster_block(material: Material, task: str) -> Block:
    """Spikes of one probe sample in the first seed of each spiking learner, the input once on top."""
    name = material.verdict_input
    tables, panels = [], []
    have: set[str] = set()
    for run in material.runs(task, name):
        if run.label in have:
            continue
        spikes = run.spikes()
        spikes = spikes[spikes["sample"] == STIMULUS]
        if spikes.empty:
            continue
        have.add(run.label)
        sizes = {layer["name"]: layer.get("neurons") for layer in run.description.get("layers") or []}
        for population, part in spikes.groupby("population", sort=False):
            is_input = population == "input"
            if is_input and any(p[1] == "input" for p in panels):
                continue
            neurons = int(sizes.get(str(population)) or part["neuron"].max() + 1)
            panels.append(("" if is_input else run.label, str(population), neurons))
            tables.append(part.assign(learner="" if is_input else run.label, time=1000 * part["t_s"]))
    if not tables:
        return Callout("gap", f"Raster{material.on(task)}: -, no run kept spikes.")
    table = pd.concat(tables, ignore_index=True)[["learner", "population", "neuron", "time"]]
    panels.sort(key=lambda panel: (panel[1] != "input", material.labels.index(panel[0]) if panel[0] else -1))
    counts = [
        (
            learner or "all",
            population,
            neurons,
            int(((table["learner"] == learner) & (table["population"] == population)).sum()),
        )
        for learner, population, neurons in panels
    ]
    summary = _binned(table, material.duration_ms)
    caption = Caption(
        f"Every spike while the first probe sample of {literal(task)} is shown, {name} input: the input neurons first,"
        " then each spiking learner's populations (first finished seed of each). Time in ms since the stimulus began."
        " n = 1 presentation of one stimulus to one network, no interval. The table counts spikes in bins of 10 ms,"
        " over all neurons of a population.",
        "A tick is a binary activation at one time step; networks that run in coarser steps have their spikes on that"
        " grid.",
        "One trial, not a peri-stimulus time histogram; all learners see the same input spikes unless [](#fairness)"
        " says otherwise.",
    )
    anchor = f"tab-raster{material.tag(task)}"
    alt = "; ".join(
        f"{learner} {population}: {n} spikes of {neurons} neurons" for learner, population, neurons, n in counts
    )
    return Figure(
        f"fig-raster{material.tag(task)}",
        f"Spikes during one stimulus{material.on(task)}",
        raster.draw(table, panels, material.looks, material.duration_ms),
        alt + ".",
        caption,
        frame_table(
            anchor, f"Spikes in bins of 10 ms{material.on(task)}", summary, caption, units={"from": "ms"}, width="wide"
        ),
        raster.CODE.format(csv=f"data/fig-raster{material.tag(task)}.csv"),
    )


def _binned(table: pd.DataFrame, duration_ms: float | None, width_ms: float = 10.0) -> pd.DataFrame:
    """from (ms), then a column of spike counts for each population."""
    end = max(duration_ms or 0.0, float(table["time"].max()) + 1e-9)
    edges = np.arange(0, end + width_ms, width_ms)
    made = {"from": edges[:-1]}
    for (learner, population), part in table.groupby(["learner", "population"], sort=False):
        made[f"{learner} · {population}" if learner else str(population)] = np.histogram(part["time"], edges)[0]
    return pd.DataFrame(made)
