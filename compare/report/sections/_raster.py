"""The spikes of one stimulus."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import raster
from compare.report.inline import literal
from compare.report.sections._cells import frame_table
from compare.report.sections._material import Material

STIMULUS = 0


def raster_block(material: Material, task: str) -> Block:
    """Spikes of one probe sample in the first seed of each spiking learner, the input once on top."""
    name = material.verdict_input
    found = _first_spikes(material, task, name)
    if not found:
        return Callout("gap", f"Raster{material.on(task)}: -, no run kept spikes.")
    # Networks that run in coarse steps keep their input on that grid: the finest one is the input as it was drawn.
    finest = max(
        found, key=lambda label: found[label][0].loc[found[label][0]["population"] == "input", "t_s"].nunique()
    )
    tables, panels = [], []
    for label, (spikes, sizes) in found.items():
        for population, part in spikes.groupby("population", sort=False):
            is_input = population == "input"
            if (is_input and label != finest) or str(population).startswith("inhibitory"):
                continue
            owner = "" if is_input else label
            panels.append((owner, str(population), int(sizes.get(str(population)) or part["neuron"].max() + 1)))
            tables.append(part.assign(learner=owner, time=1000 * part["t_s"]))
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
        " then each spiking learner's populations except inhibitory ones (first finished seed of each). Time in ms"
        " since the stimulus began. n = 1 presentation of one stimulus to one network, no interval. The table counts"
        " spikes in bins of 10 ms, over all neurons of a population.",
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


def _first_spikes(material: Material, task: str, name: str) -> dict[str, tuple[pd.DataFrame, dict[str, int | None]]]:
    """Learner -> spikes of the stimulus in its first run that has some, and the sizes of its layers."""
    found = {}
    for run in material.runs(task, name):
        if run.label in found:
            continue
        spikes = run.spikes()
        spikes = spikes[spikes["sample"] == STIMULUS]
        if not spikes.empty:
            layers = run.description.get("layers") or []
            found[run.label] = (spikes, {layer["name"]: layer.get("neurons") for layer in layers})
    return found


def _binned(table: pd.DataFrame, duration_ms: float | None, width_ms: float = 10.0) -> pd.DataFrame:
    """from (ms), then a column of spike counts for each population."""
    end = max(duration_ms or 0.0, float(table["time"].max()) + 1e-9)
    edges = np.arange(0, end + width_ms, width_ms)
    made = {"from": edges[:-1]}
    for (learner, population), part in table.groupby(["learner", "population"], sort=False):
        made[f"{learner} · {population}" if learner else str(population)] = np.histogram(part["time"], edges)[0]
    return pd.DataFrame(made)
