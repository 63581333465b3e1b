"""Section 7: what the answers cost in counted operations, spikes, time and memory."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Cell, Figure, Section, Table
from compare.report.figures import firing_rates, operations
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import columns, count, frame_table, gap, significant, span, words
from compare.report.sections._material import Material

NOT_SHOWN = ("input", "inhibitory")
ENERGY_GAP = (
    "Modelled energy and its break-even curve: -, not measured in this study. Counted operations are not joules: what"
    " one costs depends on number format, memory and weight reuse, and no model of these was run."
)
LATENCY_GAP = (
    "{score} against decision time: -, not measured in this study; every learner answers at the end of its"
    " presentation."
)


def section(material: Material) -> Section:
    parts = (_counted, _spiking, _rates, _measured)
    made = {part: {task: part(material, task) for task in material.tasks} for part in parts}
    lacking = [part for part, of in made.items() if len(of) > 1 and all(isinstance(b, Callout) for b in of.values())]
    blocks: list[Block] = [made[part][task] for task in material.tasks for part in parts if part not in lacking]
    blocks += [_of_all(material, made[part]) for part in lacking]
    score = "Accuracy" if material.judged_by_accuracy else "Scores"
    blocks += [Callout("gap", ENERGY_GAP), Callout("gap", LATENCY_GAP.format(score=score))]
    return Section("cost", "7", "Energy, sparsity, latency", tuple(blocks))


def _of_all(material: Material, gaps: dict[str, Block]) -> Callout:
    """What no task has is said once, without a task's name."""
    task, found = next(iter(gaps.items()))
    assert isinstance(found, Callout)
    return Callout("gap", found.text.replace(material.on(task), "", 1))


def operations_of(material: Material, task: str) -> pd.DataFrame:
    """learner, seed, operation, dense, effective: per test sample, layers summed, the verdict's input."""
    tables = []
    for run in material.runs(task, material.verdict_input):
        table = run.operations()
        if table.empty:
            continue
        answering = table[table["phase"] != "training"]
        sums = answering.groupby("operation", sort=False)[["dense", "effective"]].sum().reset_index()
        tables.append(sums.assign(learner=run.label, seed=run.seed))
    if not tables:
        return pd.DataFrame(columns=["learner", "seed", "operation", "dense", "effective"])
    return material.in_order(pd.concat(tables, ignore_index=True))


def _counted(material: Material, task: str) -> Block:
    table = operations_of(material, task)
    if table.empty:
        return Callout("gap", f"Counted operations{material.on(task)}: -, no run kept a table of operations.")
    means = table.groupby(["learner", "operation"], sort=False)[["dense", "effective"]].mean().reset_index()
    n = table.groupby("learner")["seed"].nunique()
    caption = Caption(
        f"Operations for one sample of {literal(task)}, {material.verdict_input} input, counted by the learner and"
        " stacked by kind: MAC, multiply and accumulate; AC, accumulate only. Left as if every input of a layer were"
        f" non-zero at every time step, right those whose input was not zero. Mean over seeds (n = {span(n)}); no"
        " interval, the table has each kind's number. Counted, not measured; training is not included.",
        "“Effective” credits zeros of ReLU networks as well as absent spikes, so both kinds are judged alike.",
        "An accumulate is one synaptic event: one spike arriving at one synapse. Updates of state are counted too.",
    )
    anchor = f"tab-operations{material.tag(task)}"
    total = means.groupby("learner", sort=False)["effective"].sum()
    alt = "; ".join(f"{label} {significant(float(value), 2)}" for label, value in total.items())
    return Figure(
        f"fig-operations{material.tag(task)}",
        f"Counted operations for each sample{material.on(task)}",
        operations.draw(means, material.looks),
        f"Effective operations for each sample: {alt}.",
        caption,
        frame_table(anchor, f"Counted operations{material.on(task)}", means, caption, digits=1),
        operations.CODE.format(csv=f"data/fig-operations{material.tag(task)}.csv"),
    )


def _spiking(material: Material, task: str) -> Block:
    name = material.verdict_input
    scores = ("spikes_per_sample", "mean_rate_hz", "silent_share")
    tables = {score: _summary.by(material.values(score, task, name), ["learner"]) for score in scores}
    who = list(dict.fromkeys(label for table in tables.values() for label in table["learner"]))
    if not who:
        return Callout("gap", f"Spikes{material.on(task)}: -, no learner of this study spikes.")
    rows = []
    for label in material.serving(task):
        if label not in who:
            rows.append((words(label), count(None, "does not spike"), *(gap("does not spike") for _ in scores)))
            continue
        found = {score: table[table["learner"] == label] for score, table in tables.items()}
        n = max(int(part["n"].iloc[0]) for part in found.values() if len(part))
        rows.append(
            (
                words(label),
                count(n),
                *(_spread(found[score], 100 if score == "silent_share" else 1) for score in scores),
            )
        )
    heads = columns(
        "learner",
        "n",
        "spikes per sample",
        ("mean rate", "Hz"),
        ("silent neurons", "%"),
        numeric=("n", "spikes per sample", "mean rate", "silent neurons"),
    )
    caption = Caption(
        f"Spikes of the hidden (excitatory) neurons on {literal(task)}, {name} input: all of them together for each"
        " sample, the mean rate of a neuron during the presentation, and the share of neurons that never fired on the"
        f" samples looked at. Mean over seeds ({_summary.INTERVAL}).",
        "Silent neurons are dead units: they carry no information and get no update through spikes.",
        "The silent share falls with the number of stimuli looked at; compare only within this table.",
    )
    return Table(
        f"tab-spikes{material.tag(task)}", f"Spikes and silence{material.on(task)}", heads, tuple(rows), caption
    )


def _spread(part: pd.DataFrame, scale: float = 1) -> Cell:
    """Mean and interval with three significant digits of the mean."""
    if part.empty:
        return gap()
    mean, low, high = (scale * float(part.iloc[0][key]) for key in ("mean", "low", "high"))
    shown = significant(mean)
    if np.isfinite(low):
        shown += f" ({significant(low)} to {significant(high)})"
    return Cell(shown, mean)


def _rates(material: Material, task: str) -> Block:
    pooled: dict[tuple[str, str], list[np.ndarray]] = {}
    for run in material.runs(task, material.verdict_input):
        for key, rate in material.arrays(run).items():
            population = key.removeprefix("rate__")
            if population != key and not population.startswith(NOT_SHOWN):
                pooled.setdefault((run.label, population), []).append(rate)
    if not pooled:
        return Callout("gap", f"Firing rates{material.on(task)}: -, no run kept the rates of its neurons.")
    names = firing_rates.bin_names()
    rows = [
        (label, population, name, share)
        for (label, population), rates in pooled.items()
        for name, share in zip(names, firing_rates.shares_of(np.concatenate(rates)), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["learner", "population", "spikes per sample", "share of neurons"])
    neurons = [sum(map(len, rates)) for rates in pooled.values()]
    caption = Caption(
        f"Distribution over neurons of the mean number of spikes for each sample of {literal(task)},"
        f" {material.verdict_input} input. Bins grow about threefold and are named by their upper edge; the first holds"
        " neurons that were silent throughout. Input and inhibitory neurons are left out. Neurons of all finished"
        f" seeds are pooled ({min(neurons):,} to {max(neurons):,} for each panel); no interval.",
        "A histogram of unit activity; the first bar counts dead units.",
        _as_rate(material),
    )
    silent = table[table["spikes per sample"] == names[0]]
    alt = "; ".join(f"{r.learner}, {r.population}: {100 * r[4]:.0f} % silent" for r in silent.itertuples())
    anchor = f"tab-firing-rates{material.tag(task)}"
    return Figure(
        f"fig-firing-rates{material.tag(task)}",
        f"Firing rates and the silent share{material.on(task)}",
        firing_rates.draw(table, material.looks),
        alt + ".",
        caption,
        frame_table(anchor, f"Firing rates{material.on(task)}", table, caption),
        firing_rates.CODE.format(csv=f"data/fig-firing-rates{material.tag(task)}.csv"),
    )


def _as_rate(material: Material) -> str:
    if material.duration_ms is None:
        return "Counts for each presentation, not rates: the study does not state how long a presentation is."
    return (
        f"One spike in a presentation of {material.duration_ms:g} ms is a rate of {1000 / material.duration_ms:.2g} Hz."
    )


def _measured(material: Material, task: str) -> Table:
    rows = []
    for label in material.serving(task):
        runs = material.runs(task, material.verdict_input, label)
        if not runs:
            why = literal(material.unfinished(label, task, material.verdict_input))
            rows.append((words(label), count(0), gap(why), gap(why), gap(why)))
            continue
        rows.append((words(label), count(len(runs)), *(_fact(runs, *key) for key in _MEASURED)))
    machine = ", ".join(str(part) for part in machine_of(material.study.provenance).values() if part)
    heads = columns(
        "learner",
        "n",
        ("training", "s"),
        ("evaluation", "s"),
        ("peak memory", "MB"),
        numeric=("n", "training", "evaluation", "peak memory"),
    )
    caption = Caption(
        "Measured, not modelled: wall time to train and to evaluate once, and the largest memory of the process, on"
        f" {literal(task)}, {material.verdict_input} input. Mean over the n finished seeds with the range. Machine:"
        f" {literal(machine) or 'not recorded'}; one thread for each run, other runs at the same time are possible.",
        "Times of different engines measure the programs as much as the methods.",
        "Simulation time on this computer; says nothing of neuromorphic hardware.",
    )
    return Table(
        f"tab-measured{material.tag(task)}", f"Measured time and memory{material.on(task)}", heads, tuple(rows), caption
    )


_MEASURED = (("times", "fit_s"), ("times", "predict_s"), ("peak_memory_mb",))


def _fact(runs: list[Any], *path: str) -> Cell:
    """Mean and range over runs of a number in run.json."""
    values = []
    for run in runs:
        value: Any = run.facts
        for key in path:
            value = (value or {}).get(key)
        if value is not None:
            values.append(float(value))
    if not values:
        return gap("not recorded")
    mean = float(np.mean(values))
    spread = "" if min(values) == max(values) else f" ({significant(min(values))} to {significant(max(values))})"
    return Cell(significant(mean) + spread, mean)


def machine_of(provenance: dict[str, Any]) -> dict[str, str]:
    """What computed the study, as words: processor, cores, memory, GPU."""
    cores, memory, gpu = (provenance.get(key) for key in ("cores", "memory_gb", "gpu"))
    return {
        "processor": str(provenance.get("processor") or ""),
        "cores": f"{cores} cores" if cores else "",
        "memory": f"{significant(float(memory), 3)} GB memory" if memory else "",
        "GPU": str(gpu) if gpu else "no GPU",
    }
