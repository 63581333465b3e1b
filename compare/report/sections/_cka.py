"""Unbiased linear CKA of many layers at once.

Each layer's kernel is U-centred once and scaled to length one; every CKA of two layers is then a dot product, so that
seeds, learners, layers and shuffles can all be compared. A test holds this to `compare.representations.cka`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compare.report.sections import _summary
from compare.report.sections._material import Material
from compare.representations._kernels import u_centred

SHUFFLES = 400
Key = tuple[str, str]  # learner, layer


@dataclass(frozen=True)
class Geometry:
    """The centred Gram matrices of one task and input.

    Attributes:
        rows: (learner, layer), learners in the plan's order, layers in order of depth.
        after, before: (learner, layer) -> seed -> upper triangle of the centred Gram matrix, length one.
        samples: probe samples.
        undefined: layers that do not vary over the samples in any seed.
    """

    rows: tuple[Key, ...]
    after: Mapping[Key, Mapping[int, np.ndarray]]
    before: Mapping[Key, Mapping[int, np.ndarray]]
    samples: int
    undefined: tuple[Key, ...]


def centred(activity: np.ndarray) -> np.ndarray | None:
    """Upper triangle of the U-centred linear kernel of (sample, neuron), length one; None if nothing varies."""
    upper = u_centred(activity)[np.triu_indices(len(activity), 1)]
    length = np.linalg.norm(upper)
    return upper / length if length > 0 else None


def geometry(material: Material, task: str, name: str) -> Geometry:
    """Every layer of every finished run of a task and input."""
    after: dict[Key, dict[int, np.ndarray]] = {}
    before: dict[Key, dict[int, np.ndarray]] = {}
    samples, seen = 0, {}
    for run in material.runs(task, name):
        for prefix, store in (("activation__", after), ("activation_initial__", before)):
            for layer, activity in material.layers(run, prefix).items():
                if len(activity) < 4:
                    continue
                samples = len(activity)
                seen[run.label, layer] = None
                vector = centred(activity)
                if vector is not None:
                    store.setdefault((run.label, layer), {})[run.seed] = vector
    place = {label: i for i, label in enumerate(material.labels)}
    rows = sorted(after, key=lambda key: place[key[0]])
    return Geometry(tuple(rows), after, before, samples, tuple(key for key in seen if key not in after))


def between(found: Mapping[Key, Mapping[int, np.ndarray]], rows: Sequence[Key]) -> pd.DataFrame:
    """Every ordered pair of layers: CKA on the same seed, mean, low, high, n over seeds."""
    seeds = sorted({seed for by_seed in found.values() for seed in by_seed})
    values = np.full((len(seeds), len(rows), len(rows)), np.nan)
    for place, seed in enumerate(seeds):
        have = [i for i, row in enumerate(rows) if seed in found.get(row, {})]
        vectors = np.stack([found[rows[i]][seed] for i in have]) if have else np.empty((0, 1))
        values[place][np.ix_(have, have)] = vectors @ vectors.T
    table = []
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            some = values[:, i, j][np.isfinite(values[:, i, j])]
            if len(some):
                table.append((*a, *b, *_summary.interval(some)))
    return pd.DataFrame(table, columns=["learner a", "layer a", "learner b", "layer b", "mean", "low", "high", "n"])


def within(geo: Geometry) -> pd.DataFrame:
    """Each layer with itself on other seeds, so before learning, and before with after: mean, low, high, n.

    Pairs of seeds share seeds and are not independent, so seed-to-seed values have no interval: low and high are their
    smallest and largest. Before with after has one value for each seed and a t interval.
    """
    table = []
    for row in geo.rows:
        for comparison, found in (("seed to seed", geo.after), ("untrained, seed to seed", geo.before)):
            pairs = _pairs(list(found.get(row, {}).values()))
            if len(pairs):
                table.append((*row, comparison, pairs.mean(), pairs.min(), pairs.max(), len(found[row])))
        both = sorted(set(geo.after[row]) & set(geo.before.get(row, {})))
        if both:
            values = np.array([geo.after[row][seed] @ geo.before[row][seed] for seed in both])
            table.append((*row, "before and after learning", *_summary.interval(values)))
    return pd.DataFrame(table, columns=["learner", "layer", "comparison", "mean", "low", "high", "n"])


def _pairs(vectors: list[np.ndarray]) -> np.ndarray:
    if len(vectors) < 2:
        return np.empty(0)
    stacked = np.stack(vectors)
    return (stacked @ stacked.T)[np.triu_indices(len(vectors), 1)]


def shuffle_null(geo: Geometry, chance: np.random.Generator) -> float:
    """95 % quantile of |CKA| after the samples of one side were shuffled, pooled over random pairs of layers."""
    vectors = [vector for row in geo.rows for vector in geo.after[row].values()]
    upper = np.triu_indices(geo.samples, 1)
    values = []
    for _ in range(SHUFFLES):
        one, other = (vectors[i] for i in chance.integers(len(vectors), size=2))
        full = np.zeros((geo.samples, geo.samples))
        full[upper] = one
        full += full.T
        order = chance.permutation(geo.samples)
        values.append(float(full[order][:, order][upper] @ other))
    return float(np.quantile(np.abs(values), 0.95))
