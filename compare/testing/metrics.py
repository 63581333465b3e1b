"""Conformance kit of metrics."""

from __future__ import annotations

import copy
from dataclasses import fields, replace
from typing import Any

import numpy as np

from compare.contract import Evidence, Metric
from compare.testing._parts import check_part

SAMPLES, CLASSES = 40, 3


def check_metric(metric: Metric) -> None:
    """Raises AssertionError unless the metric keeps what compare.contract.Metric promises."""
    check_part(metric)
    name = metric.name
    assert isinstance(metric.unit, str), f"{name}.unit = {metric.unit!r} is no text; a fraction has the unit ''."
    assert metric.better in ("higher", "lower", "neither"), f"{name}.better = {metric.better!r}."
    low, high = metric.bounds
    assert low < high, f"{name}.bounds = {metric.bounds} are not in order."
    unknown = set(metric.needs) - {field.name for field in fields(Evidence)}
    assert not unknown, f"{name}.needs {sorted(unknown)}, which Evidence does not hold."
    for seed in range(5):
        _check_value(metric, made_up_evidence(seed))
    _check_ends(metric)


def made_up_evidence(seed: int, *, perfect: bool = False) -> Evidence:
    """Everything that a run can leave, drawn from a seed."""
    import pandas as pd

    generator = np.random.default_rng(seed)
    y = np.arange(SAMPLES) % CLASSES
    score = np.eye(CLASSES)[y] if perfect else generator.dirichlet(np.ones(CLASSES), SAMPLES)
    dense = generator.integers(100, 1000, 3).astype(float)
    operations = pd.DataFrame(
        {"phase": ["inference", "inference", "training"], "layer": ["hidden", "output", "hidden"],
         "operation": ["MAC", "AC", "MAC"], "dense": dense, "effective": dense / 2}
    )  # fmt: skip
    spikes = {
        population: (generator.random((SAMPLES, 6, neurons)) < 0.1).astype(np.uint8)
        for population, neurons in (("input", 9), ("hidden", 5), ("output", CLASSES))
    }
    description: dict[str, Any] = {"parameters": 123, "state": 10, "time_steps": 6, "settings": {}}
    value, samples = generator.normal(size=SAMPLES), generator.random((SAMPLES, 9)).astype(np.float32)
    noise = 0.0 if perfect else 0.1
    return Evidence(
        y, score.argmax(axis=1), score, CLASSES, operations, spikes, description, duration_s=0.35, value=value,
        value_prediction=value + noise * generator.normal(size=SAMPLES), samples=samples,
        reconstruction=samples + noise * generator.random(samples.shape),
        made=samples if perfect else generator.random(samples.shape).astype(np.float32), features=_features,
    )  # fmt: skip


def _features(X: np.ndarray) -> np.ndarray:
    return np.asarray(X, np.float64).reshape(len(X), -1)[:, :4]


def _check_value(metric: Metric, evidence: Evidence) -> None:
    name, (low, high) = metric.name, metric.bounds
    before = copy.deepcopy(evidence)
    value = metric(evidence)
    assert isinstance(value, float), f"{name} gives a {type(value).__name__}, expected a float."
    assert low <= value <= high, f"{name} gives {value}, outside its bounds {metric.bounds}."
    assert metric(evidence) == value, f"{name} gives another value for the same evidence."
    for field in fields(Evidence):
        assert _equal(getattr(before, field.name), getattr(evidence, field.name)), f"{name} changes its evidence."
    order = np.random.default_rng(0).permutation(SAMPLES)
    assert abs(metric(_reordered(evidence, order)) - value) < 1e-12, f"{name} depends on the order of the samples."
    needed = {field.name: None for field in fields(Evidence) if field.name not in metric.needs}
    assert metric(replace(evidence, **needed)) == value, f"{name} reads evidence that is not in its needs."


def _check_ends(metric: Metric) -> None:
    """Perfect answers give a fraction's better end."""
    low, high = metric.bounds
    judges_answers = bool({"prediction", "score", "value_prediction", "reconstruction", "made"} & set(metric.needs))
    if not judges_answers or metric.better == "neither" or not np.isfinite([low, high]).all():
        return
    best = high if metric.better == "higher" else low
    value = metric(made_up_evidence(0, perfect=True))
    assert abs(value - best) < 1e-12, f"{metric.name} of perfect answers is {value}; its bounds say {best}."


def _reordered(evidence: Evidence, order: np.ndarray) -> Evidence:
    assert evidence.spikes is not None
    spikes = {name: raster[order] for name, raster in evidence.spikes.items()}
    alike = ("y", "prediction", "score", "value", "value_prediction", "samples", "reconstruction", "made")
    return replace(evidence, spikes=spikes, **{name: getattr(evidence, name)[order] for name in alike})


def _equal(a: Any, b: Any) -> bool:
    if hasattr(a, "equals"):
        return a.equals(b)
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    return a == b
