"""CKA between layers: within and between learners, from seed to seed, before learning."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure, Table
from compare.report.figures import self_similarity, similarity_matrix
from compare.report.inline import literal
from compare.report.sections import _cka, _summary
from compare.report.sections._cells import columns, count, decimal, frame_table, listed, span, with_interval, words
from compare.report.sections._material import Material, hidden_layer

HEADS = ("after learning", "before learning", "n")


def alignment_blocks(material: Material, task: str) -> list[Block]:
    name = material.verdict_input
    geo = _cka.geometry(material, task, name)
    if not geo.rows:
        return [Callout("gap", f"CKA{material.on(task)}: -, no run kept the activations of the probe.")]
    null = _cka.shuffle_null(geo, np.random.default_rng(0))
    blocks: list[Block] = [_matrix(material, task, geo, null)]
    own = _cka.within(geo)
    if own.empty:
        blocks.append(Callout("gap", f"CKA from seed to seed{material.on(task)}: -, needs two seeds."))
    else:
        blocks.append(_own(material, task, own, null, geo.samples))
    before = _before(material, task, geo)
    return [*blocks, before] if before else blocks


def _matrix(material: Material, task: str, geo: _cka.Geometry, null: float) -> Figure:
    table = _cka.between(geo.after, geo.rows)
    place = {row: i for i, row in enumerate(geo.rows)}
    matrix = np.full((len(place), len(place)), np.nan)
    for r in table.itertuples(index=False):
        matrix[place[r[0], r[1]], place[r[2], r[3]]] = r[4]
    same = (
        ""
        if not geo.undefined
        else f" Without variation, so undefined: {literal(listed([f'{a} · {b}' for a, b in geo.undefined]))}."
    )
    caption = Caption(
        f"Unbiased linear CKA between the layers (populations) of all learners, {geo.samples} probe samples of"
        f" {literal(task)}, {material.verdict_input} input: 0 is unrelated, 1 the same up to rotation and scale. Two"
        f" layers are compared on the same seed; the cell is the mean over seeds (n = {span(table['n'])}), its"
        f" {_summary.INTERVAL} is in the table. With shuffled samples 95 % of values lie within ±{decimal(null, 3)}."
        f" Negative estimates are drawn as 0. Spiking layers are represented by spike counts.{same}",
        "The unbiased estimator has no floor that grows with width, unlike the biased one; the untrained controls show"
        " what architecture and input alone give.",
        "Like a correlation between the geometries of two population codes; the control networks have learned nothing.",
    )
    anchor = f"tab-cka{material.tag(task)}"
    off = table[table["learner a"] != table["learner b"]]
    alt = "One learner only."
    if not off.empty:
        top = off.loc[off["mean"].idxmax()]
        alt = (
            f"Most alike between learners: {top['learner a']} {top['layer a']} and {top['learner b']} {top['layer b']},"
            f" {top['mean']:.2f}."
        )
    return Figure(
        f"fig-cka{material.tag(task)}",
        f"CKA between layers{material.on(task)}",
        similarity_matrix.draw(matrix, geo.rows, material.looks, "unbiased linear CKA"),
        alt,
        caption,
        frame_table(anchor, f"CKA between layers{material.on(task)}", table, caption, undefined="needs two seeds"),
        similarity_matrix.CODE.format(csv=f"data/fig-cka{material.tag(task)}.csv", value="mean"),
        "wide",
    )


def _own(material: Material, task: str, own: pd.DataFrame, null: float, samples: int) -> Figure:
    caption = Caption(
        "How stable a layer is: unbiased linear CKA between seeds after learning, between seeds before learning, and"
        f" of the same network before with after, {samples} probe samples of {literal(task)}, {material.verdict_input}"
        f" input, n = {span(own['n'])} seeds. Lines: between seeds the range over all pairs of seeds (pairs are not"
        f" independent), before with after the {_summary.INTERVAL}. The band is ±{decimal(null, 3)}, 95 % of values"
        " with shuffled samples.",
        "Seed-to-seed CKA is the most that another learner's layer can be expected to share with this one.",
        "Between networks, as between animals: a code that differs as much between networks of one kind as between"
        " kinds is no signature of the kind.",
    )
    anchor = f"tab-self-similarity{material.tag(task)}"
    mean = own[own["comparison"] == "seed to seed"]
    alt = "; ".join(f"{r.learner}, {r.layer}: {r.mean:.2f}" for r in mean.itertuples()) or "needs two seeds"
    return Figure(
        f"fig-self-similarity{material.tag(task)}",
        f"CKA from seed to seed, and before with after learning{material.on(task)}",
        self_similarity.draw(own, material.looks, null),
        f"Seed to seed after learning: {alt}.",
        caption,
        frame_table(anchor, f"Self-similarity{material.on(task)}", own, caption, undefined="needs two seeds"),
        self_similarity.CODE.format(csv=f"data/fig-self-similarity{material.tag(task)}.csv"),
    )


def _before(material: Material, task: str, geo: _cka.Geometry) -> Block | None:
    """Between learners after and before learning, layers that stand for each."""
    chosen = [
        (label, hidden_layer([r[1] for r in geo.rows if r[0] == label]))
        for label in dict.fromkeys(r[0] for r in geo.rows)
    ]
    rows = [(label, layer) for label, layer in chosen if layer and (label, layer) in geo.before]
    if len(rows) < 2:
        return Callout(
            "gap",
            f"CKA between learners before learning{material.on(task)}: -, needs two learners that kept untrained"
            " activations.",
        )
    after, before = (_cka.between(found, rows) for found in (geo.after, geo.before))
    keys = ["learner a", "layer a", "learner b", "layer b"]
    both = after.merge(before, on=keys, suffixes=(" after", " before"))
    place = {label: i for i, (label, _) in enumerate(rows)}
    both = both[both["learner a"].map(place) < both["learner b"].map(place)]
    heads = columns("learner a", "learner b", "after learning", "before learning", "n", numeric=HEADS)
    cells = tuple(
        (
            words(f"{r[0]} · {r[1]}"),
            words(f"{r[2]} · {r[3]}"),
            *(with_interval(*ends, digits=2) for ends in (r[4:7], r[8:11])),
            count(r[7]),
        )
        for r in both[
            [*keys, *(f"{part} {when}" for when in ("after", "before") for part in ("mean", "low", "high", "n"))]
        ].itertuples(index=False)
    )
    caption = Caption(
        "The untrained control of the matrix above: unbiased linear CKA between the last hidden layers of two learners"
        f" after learning, and between the same two networks before they learned anything, {material.verdict_input}"
        f" input; mean and {_summary.INTERVAL}; n is the number of seeds that both finished.",
        "Only what lies above the value before learning can be credited to learning.",
        "Shared input alone makes codes alike; “before” is how much.",
    )
    title = f"CKA between learners, after and before learning{material.on(task)}"
    return Table(f"tab-cka-untrained{material.tag(task)}", title, heads, cells, caption, "wide")
