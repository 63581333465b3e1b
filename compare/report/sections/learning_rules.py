"""Section 11: what the learning rules did to the weights, and what they need to know."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure, Section
from compare.report.figures import weight_change, weight_histograms
from compare.report.inline import literal
from compare.report.sections._angles import angle_blocks
from compare.report.sections._cells import frame_table, listed, span
from compare.report.sections._locality import signals_table
from compare.report.sections._material import Material

BINS = 40


def section(material: Material) -> Section:
    blocks: list[Block] = [signals_table(material)]
    for task in material.tasks:
        blocks += _weights(material, task)
    blocks += [
        *angle_blocks(material),
        Callout(
            "gap",
            "Spike-timing window, measured over theory: -, not measured in this study; no run kept pairs of spike"
            " times.",
        ),
    ]
    return Section("rules", "11", "Learning rules", tuple(blocks))


def _weights(material: Material, task: str) -> list[Block]:
    pairs = _pairs(material, task)
    if not pairs:
        return [
            Callout(
                "gap",
                f"Weight histograms and weight change{material.on(task)}: -, no run kept weights from before and after"
                " learning.",
            )
        ]
    return [_histograms(material, task, pairs), _changes(material, task, pairs)]


def _pairs(material: Material, task: str) -> dict[tuple[str, str], list[tuple[int, np.ndarray, np.ndarray]]]:
    """(learner, array) -> [(seed, initial, final)], arrays of two or more dimensions only: biases are few."""
    found: dict[tuple[str, str], list[tuple[int, np.ndarray, np.ndarray]]] = {}
    for run in material.runs(task, material.verdict_input):
        weights = run.weights()
        for key, initial in weights.items():
            name = key.removeprefix("initial/")
            final = weights.get(f"final/{name}")
            if name != key and final is not None and final.shape == initial.shape and initial.ndim >= 2:
                found.setdefault((run.label, name), []).append((run.seed, initial, final))
    order = {name: place for place, name in enumerate(material.labels)}
    depth = {
        (label, str(layer["name"])): place
        for label, told in material.descriptions.items()
        for place, layer in enumerate(told.get("layers") or [])
    }

    def rank(key: tuple[str, str]) -> tuple[int, int, str]:
        places = [p for (label, layer), p in depth.items() if label == key[0] and layer in key[1]]
        return order[key[0]], min(places, default=0), key[1]

    return {key: found[key] for key in sorted(found, key=rank)}


def _histograms(material: Material, task: str, pairs: dict) -> Figure:
    first: dict[str, tuple[str, str]] = {}
    for key in pairs:
        first.setdefault(key[0], key)
    rows, outside = [], 0.0
    for label, name in first.values():
        initial = np.concatenate([a.ravel() for _, a, _ in pairs[label, name]])
        final = np.concatenate([b.ravel() for _, _, b in pairs[label, name]])
        low, high = np.quantile(np.concatenate([initial, final]), [0.0005, 0.9995])
        edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
        shares = [np.histogram(values, edges)[0] / len(values) for values in (initial, final)]
        outside = max(outside, 1 - shares[0].sum(), 1 - shares[1].sum())
        rows += [(label, name, *line) for line in zip(edges[:-1], edges[1:], *shares, strict=True)]
    bins = pd.DataFrame(rows, columns=["learner", "weights", "from", "to", "share initial", "share final"])
    caption = Caption(
        "Distribution of the weights into the first layer that has weights, before (dashed) and after learning"
        f" (filled), {literal(task)}, {material.verdict_input} input. Weights of all finished seeds pooled; {BINS}"
        f" bins; at most {100 * outside:.1f} % of the weights lie outside the range shown. No interval. Each panel has"
        " its own axes: units differ between learners (conductances of the STDP network are relative to their maximum,"
        " the others are without unit).",
        "Where the two coincide nothing was learned in that layer, as a frozen layer must show.",
        "Synaptic weight distributions; STDP with a hard bound tends to two modes, normalisation holds the sum.",
    )
    anchor = f"tab-weights{material.tag(task)}"
    return Figure(
        f"fig-weights{material.tag(task)}",
        f"Weights before and after learning{material.on(task)}",
        weight_histograms.draw(bins, material.looks),
        f"Histograms of first-layer weights of {len(first)} learners, before and after learning.",
        caption,
        frame_table(anchor, f"Weight histograms{material.on(task)}", bins, caption, digits=5),
        weight_histograms.CODE.format(csv=f"data/fig-weights{material.tag(task)}.csv"),
    )


def _changes(material: Material, task: str, pairs: dict) -> Block:
    rows = [
        (label, name, seed, float(np.linalg.norm(final - initial) / np.linalg.norm(initial)))
        for (label, name), runs in pairs.items()
        for seed, initial, final in runs
        if np.linalg.norm(initial) > 0
    ]
    if not rows:
        return Callout("gap", f"Weight change{material.on(task)}: -, all weights began at zero.")
    changes = pd.DataFrame(rows, columns=["learner", "weights", "seed", "change"])
    n = changes.groupby(["learner", "weights"])["seed"].count()
    still = [
        f"{label} · {name}"
        for (label, name), part in changes.groupby(["learner", "weights"], sort=False)
        if not part["change"].any()
    ]
    zero = [
        f"{label} · {name}"
        for label, name in pairs
        if (label, name) not in set(zip(changes["learner"], changes["weights"], strict=True))
    ]
    caption = Caption(
        "Norm of the difference between final and initial weights over the norm of the initial ones, for each array of"
        f" weights, {literal(task)}, {material.verdict_input} input; 1 means that the weights moved as far as they were"
        f" large. Dots are seeds (n = {span(n)}), the tick is their mean; logarithmic above 0.1, linear below."
        + (f" Began at zero, so without a ratio: {literal(listed(zero))}." if zero else ""),
        "Small values mean that features stayed near where they were initialised.",
        "The total plasticity of each projection; structure of the change is in the receptive fields.",
    )
    anchor = f"tab-weight-change{material.tag(task)}"
    return Figure(
        f"fig-weight-change{material.tag(task)}",
        f"How far the weights moved{material.on(task)}",
        weight_change.draw(changes, material.looks),
        f"Relative change of {len(n)} arrays of weights. Unchanged: {listed(still) or 'none'}.",
        caption,
        frame_table(anchor, f"Weight change of every run{material.on(task)}", changes, caption),
        weight_change.CODE.format(csv=f"data/fig-weight-change{material.tag(task)}.csv"),
    )
