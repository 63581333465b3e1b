"""Representational similarity analysis over the seeds of a study, computed by rsatoolbox."""

# pandas and rsatoolbox annotate less than they export.
# pyright: reportArgumentType=false, reportPrivateImportUsage=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from compare.report.sections import _summary
from compare.report.sections._material import Material, hidden_layer
from compare.representations.rsa import RSA, _usable

UNTRAINED = "untrained networks of its kind"
LEAST_SAMPLES = 0.5  # of the probe must have a defined pattern in every seed


@dataclass(frozen=True)
class Dissimilarities:
    """RDMs of one task and input over one set of samples.

    Attributes:
        layer: learner -> the layer that stands for it.
        after, before: learner -> (seed, pair) correlation distances; seeds in `seeds`.
        ceiling: learner -> lower and upper noise ceiling over seeds, NaN for fewer than two.
        seeds: learner -> its seeds.
        target: class of each sample kept, sorted.
        left_out: learner -> why it is not here.
        dropped: samples without a defined pattern in some network.
    """

    layer: Mapping[str, str]
    after: Mapping[str, np.ndarray]
    before: Mapping[str, np.ndarray]
    ceiling: Mapping[str, tuple[float, float]]
    seeds: Mapping[str, list[int]]
    target: np.ndarray
    left_out: Mapping[str, str]
    dropped: int


def dissimilarities(material: Material, task: str, name: str) -> Dissimilarities | None:
    """RDMs of each learner's last hidden layer; None if no run kept activations and classes of the probe."""
    layer: dict[str, str] = {}
    patterns: dict[str, dict[int, tuple[np.ndarray, np.ndarray | None]]] = {}
    target = None
    for run in material.runs(task, name):
        after, before = material.layers(run), material.layers(run, "activation_initial__")
        chosen = layer.setdefault(run.label, hidden_layer(list(after)) or "")
        if chosen not in after or "probe_target" not in material.arrays(run):
            continue
        target = material.arrays(run)["probe_target"]
        patterns.setdefault(run.label, {})[run.seed] = (after[chosen], before.get(chosen))
    if target is None:
        return None
    defined = {label: np.all([_usable(a) for a, _ in by_seed.values()], axis=0) for label, by_seed in patterns.items()}
    left_out = {
        label: f"in {layer[label]}, {100 * (1 - ok.mean()):.0f} % of the samples have no pattern (silent or constant)"
        for label, ok in defined.items()
        if ok.mean() < LEAST_SAMPLES
    }
    kept = [label for label in material.labels if label in patterns and label not in left_out]
    if not kept:
        return None
    common = np.all([defined[label] for label in kept], axis=0)
    order = np.flatnonzero(common)[np.argsort(target[common], kind="stable")]
    trained = {label: [a[order] for a, _ in patterns[label].values()] for label in kept}
    after = {label: _rdms(some) for label, some in trained.items()}
    ceiling = {label: _ceiling(some) for label, some in trained.items()}
    before = {}
    for label in kept:
        untrained = [b[order] for _, b in patterns[label].values() if b is not None]
        if len(untrained) == len(patterns[label]) and all(_usable(b).all() for b in untrained):
            before[label] = _rdms(untrained)
    seeds = {label: list(patterns[label]) for label in kept}
    chosen = {label: layer[label] for label in kept}
    return Dissimilarities(chosen, after, before, ceiling, seeds, target[order], left_out, int((~common).sum()))


def _rdms(patterns: list[np.ndarray]) -> np.ndarray:
    """(seed, pair) of correlation distances; every pattern varies."""
    pairs = np.triu_indices(len(patterns[0]), 1)
    return np.stack([RSA().rdm(pattern)[pairs] for pattern in patterns])


def _ceiling(patterns: list[np.ndarray]) -> tuple[float, float]:
    """Lower and upper noise ceiling over seeds; NaN for fewer than two."""
    if len(patterns) < 2:
        return np.nan, np.nan
    found = RSA().noise_ceiling(patterns)
    return found.lower, found.upper


def correlations(model: np.ndarray, data: np.ndarray) -> np.ndarray:
    """rsatoolbox's correlation of one model RDM (pair) with each data RDM (seed, pair)."""
    from rsatoolbox.rdm import RDMs, compare

    return compare(RDMs(model[None]), RDMs(data), method=RSA().comparison)[0]


def class_model(target: np.ndarray) -> np.ndarray:
    """The model RDM in which samples of one class are alike (0) and others are not (1), upper triangle."""
    i, j = np.triu_indices(len(target), 1)
    return (target[i] != target[j]).astype(float)


def _with_untrained_others(before: np.ndarray | None, data: np.ndarray) -> np.ndarray:
    """Each network with the mean of the other networks of its kind before learning.

    Without its own untrained self, or an untrained control would explain itself beyond its noise ceiling.
    """
    if before is None or len(before) < 2:
        return np.empty(0)
    others = (before.sum(0) - before) / (len(before) - 1)
    return np.array([correlations(model, one[None])[0] for model, one in zip(others, data, strict=True)])


def scores(found: Dissimilarities, reference: str | None) -> pd.DataFrame:
    """learner, model, correlation, low, high, n, ceiling low, ceiling high for each model geometry.

    Args:
        reference: a learner whose mean RDM serves as a model for the others, or None.
    """
    classes = class_model(found.target)
    rows = []
    for label, data in found.after.items():
        made = {"classes": correlations(classes, data) if len(np.unique(classes)) > 1 else np.empty(0)}
        made[UNTRAINED] = _with_untrained_others(found.before.get(label), data)
        if reference in found.after:
            model = found.after[reference].mean(0)
            made[f"mean of {reference}"] = np.empty(0) if label == reference else correlations(model, data)
        for name, values in made.items():
            result = _summary.interval(values) if len(values) else (np.nan, np.nan, np.nan, 0)
            rows.append((label, name, *result, *found.ceiling[label]))
    names = ["learner", "model", "correlation", "low", "high", "n", "ceiling low", "ceiling high"]
    return pd.DataFrame(rows, columns=names)


def between(found: Dissimilarities) -> pd.DataFrame:
    """learner a, learner b, mean, low, high, n: correlation of RDMs.

    Two learners are compared on the same seed; a learner with itself on other seeds, where low and high are the range.
    """
    rows = []
    labels = list(found.after)
    for a in labels:
        for b in labels:
            both = [s for s in found.seeds[a] if s in found.seeds[b]]
            left = found.after[a][[found.seeds[a].index(s) for s in both]]
            right = found.after[b][[found.seeds[b].index(s) for s in both]]
            if not both or (a == b and len(both) < 2):
                continue
            matrix = np.corrcoef(left, right)[: len(both), len(both) :] if a != b else np.corrcoef(left)
            if a == b:
                pairs = matrix[np.triu_indices(len(both), 1)]
                rows.append((a, b, pairs.mean(), pairs.min(), pairs.max(), len(both)))
            else:
                rows.append((a, b, *_summary.interval(np.diag(matrix))))
    return pd.DataFrame(rows, columns=["learner a", "learner b", "mean", "low", "high", "n"])
