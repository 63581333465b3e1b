"""Dissimilarity matrices of the learners, and how they relate to models and to each other."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import dissimilarity, noise_ceiling, similarity_matrix
from compare.report.inline import literal
from compare.report.sections import _rsa, _summary
from compare.report.sections._cells import frame_table, listed, span
from compare.report.sections._material import Material


def distance_blocks(material: Material, task: str) -> list[Block]:
    if not material.labelled(task):
        why = "needs one class for each sample, to sort and to model by"
        return [Callout("gap", f"RSA{material.on(task)}: -, {why}.")]
    found = _rsa.dissimilarities(material, task, material.verdict_input)
    if found is None:
        return [Callout("gap", f"RSA{material.on(task)}: -, no run kept activations and classes of the probe.")]
    blocks: list[Block] = [
        _pictures(material, task, found),
        _models(material, task, found),
        _learners(material, task, found),
    ]
    return blocks


def _basis(material: Material, task: str, found: _rsa.Dissimilarities) -> str:
    """What every RSA caption says of the data."""
    layers = sorted(set(found.layer.values()))
    said = (
        f"{len(found.target)} probe samples of {literal(task)}, {material.verdict_input} input, last hidden layer"
        f" ({literal(listed(layers))}; the output where there is none), spike counts for spiking ones"
    )
    if found.dropped:
        said += f"; {found.dropped} samples left out, whose pattern is undefined in some network"
    if found.left_out:
        said += "; left out: " + literal("; ".join(f"{label}, {why}" for label, why in found.left_out.items()))
    return said


def _pictures(material: Material, task: str, found: _rsa.Dissimilarities) -> Figure:
    n = len(found.target)
    i, j = np.triu_indices(n, 1)
    classes, counts = np.unique(found.target, return_counts=True)
    matrices, columns = {}, {}
    for label, rdms in found.after.items():
        full = np.zeros((n, n))
        full[i, j] = full[j, i] = rdms.mean(0)
        matrices[label] = full
        columns[label] = full
    rows = []
    for a in classes:
        for b in classes:
            pair = np.ix_(found.target == a, found.target == b)
            off = ~np.eye(n, dtype=bool)[pair]
            rows.append(
                (str(a), str(b), *(float(m[pair][off].mean()) if off.any() else np.nan for m in matrices.values()))
            )
    table = pd.DataFrame(rows, columns=["class a", "class b", *matrices])
    seeds = [len(s) for s in found.seeds.values()]
    caption = Caption(
        "Dissimilarity of every pair of samples, 1 minus the correlation of their patterns:"
        f" {_basis(material, task, found)}. Samples are sorted by class, in the same order in every panel and on one"
        f" colour scale. Mean over seeds (n = {span(pd.Series(seeds))}); no interval. The table has means of class"
        " pairs.",
        "Dark blocks on the diagonal: samples of a class are mapped to similar activity.",
        "Representational dissimilarity matrices (RDMs), averaged over networks.",
    )
    anchor = f"tab-rdm{material.tag(task)}"
    gaps = {label: _separation(m, found.target) for label, m in matrices.items()}
    alt = "; ".join(f"{label} {value:.2f}" for label, value in gaps.items())
    return Figure(
        f"fig-rdm{material.tag(task)}",
        f"Representational dissimilarity matrices{material.on(task)}",
        dissimilarity.draw(matrices, list(counts), [str(c) for c in classes], material.looks),
        f"Mean distance between classes minus within: {alt}.",
        caption,
        frame_table(
            anchor,
            f"Mean dissimilarity of classes{material.on(task)}",
            table,
            caption,
            digits=3,
            width="wide",
            undefined="one sample only",
        ),
        dissimilarity.CODE.format(csv=f"data/fig-rdm{material.tag(task)}.csv"),
    )


def _separation(matrix: np.ndarray, target: np.ndarray) -> float:
    same = target[:, None] == target
    off = ~np.eye(len(target), dtype=bool)
    return float(matrix[~same].mean() - matrix[same & off].mean())


def _models(material: Material, task: str, found: _rsa.Dissimilarities) -> Figure:
    contrasts = material.plan.get("contrasts") or []
    reference = next((pair[0] for pair in contrasts if pair[0] in found.after), None)
    table = _rsa.scores(found, reference)
    caption = Caption(
        "Pearson correlation, over pairs of samples, of a learner's dissimilarity matrix with model matrices:"
        f" {_basis(material, task, found)}. Models: classes (same 0, different 1), the mean matrix of the other"
        " networks of the kind before they learned"
        + (f", and the mean matrix of {literal(reference)}" if reference else "")
        + f". Mark and line: mean and {_summary.INTERVAL} (n = {span(table.loc[table['n'] > 0, 'n'])}). Pale bar: noise"
        " ceiling **over network seeds** (lower: mean of the other seeds predicts a seed; upper: mean of all seeds"
        " does). A model whose marks reach the bar explains what networks of this kind share.",
        "A low ceiling means that networks of one kind differ from seed to seed, so no model can do better.",
        "Networks stand for subjects in the usual noise ceiling; the probe was shown once, so it is not a ceiling over"
        " repeats.",
    )
    anchor = f"tab-rsa{material.tag(task)}"
    classes = table[table["model"] == "classes"]
    alt = "; ".join(f"{r.learner} {r.correlation:.2f}" for r in classes.itertuples())
    return Figure(
        f"fig-rsa{material.tag(task)}",
        f"RSA with its noise ceiling{material.on(task)}",
        noise_ceiling.draw(table, material.looks),
        f"Correlation with the class model: {alt}.",
        caption,
        frame_table(
            anchor, f"RSA against models{material.on(task)}", table, caption, digits=3, undefined="not defined"
        ),
        noise_ceiling.CODE.format(csv=f"data/fig-rsa{material.tag(task)}.csv"),
    )


def _learners(material: Material, task: str, found: _rsa.Dissimilarities) -> Block:
    table = _rsa.between(found)
    if table.empty:
        return Callout("gap", f"RSA between learners{material.on(task)}: -, needs two learners or two seeds.")
    labels = list(found.after)
    matrix = np.full((len(labels), len(labels)), np.nan)
    for r in table.itertuples(index=False):
        matrix[labels.index(r[0]), labels.index(r[1])] = r[2]
    caption = Caption(
        f"Pearson correlation of two learners' dissimilarity matrices: {_basis(material, task, found)}. Off the"
        f" diagonal on the same seed, mean over seeds with its {_summary.INTERVAL} in the table (n ="
        f" {span(table['n'])}); on the diagonal the mean over pairs of seeds of one learner, with the range over"
        " pairs.",
        "Compare a cell with the two diagonal cells of its row and column: no pair can be expected to exceed them.",
        "A second-order similarity: do two kinds of network find the same stimuli alike?",
    )
    anchor = f"tab-rsa-learners{material.tag(task)}"
    off = table[table["learner a"] != table["learner b"]]
    alt = "One learner only."
    if not off.empty:
        top, low = off.loc[off["mean"].idxmax()], off.loc[off["mean"].idxmin()]
        alt = (
            f"Most alike: {top['learner a']} and {top['learner b']}, {top['mean']:.2f}; least: {low['learner a']} and"
            f" {low['learner b']}, {low['mean']:.2f}."
        )
    code = similarity_matrix.CODE.replace(' + " | " + d["layer a"]', "").replace(' + " | " + d["layer b"]', "")
    return Figure(
        f"fig-rsa-learners{material.tag(task)}",
        f"RSA between learners{material.on(task)}",
        similarity_matrix.draw(
            matrix, [(label, "") for label in labels], material.looks, "correlation of RDMs", "figure"
        ),
        alt,
        caption,
        frame_table(
            anchor, f"RSA between learners{material.on(task)}", table, caption, digits=3, undefined="needs two seeds"
        ),
        code.format(csv=f"data/fig-rsa-learners{material.tag(task)}.csv", value="mean"),
    )
