"""What is measured on a trained learner: predictions, activity, operations, weights, and every metric they allow."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from compare._judging import Answers
from compare._observe import Curve, copies
from compare._writing import METRIC_COLUMNS, OPERATION_COLUMNS, SPIKE_COLUMNS
from compare.contract import Evidence, Facts, Split

SHEET = 64  # samples kept of those that a learner made or gave back
RASTER_SAMPLES = 3  # of the probe, whose spikes are kept one by one
_AGREEMENT = 50  # test samples on which predict and predict_proba are held to each other
log = logging.getLogger(__name__)


def predict(learner: Any, X: np.ndarray, classes: int | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Predictions and scores (sample, class) or None, with a time axis where each step is answered.

    A network is asked once for both where it can be.

    scikit-learn's convention is that predict gives the class of the largest probability. A learner that keeps to it on
    the first samples is taken at its word, since presenting the test set twice would double a spiking network's time.
    """
    if classes is None or not hasattr(learner, "predict_proba") or not hasattr(learner, "classes_"):
        return np.asarray(learner.predict(X)), None
    own, score = np.asarray(learner.classes_), np.asarray(learner.predict_proba(X))
    prediction = own[score.argmax(-1)]
    if not np.array_equal(np.asarray(learner.predict(X[:_AGREEMENT])), prediction[:_AGREEMENT]):
        prediction = np.asarray(learner.predict(X))
    complete = np.zeros((*score.shape[:-1], classes), np.float64)
    complete[..., own.astype(int)] = score
    return prediction, complete


def arrays_of(
    learner: Any,
    split: Split,
    facts: Facts,
    answers: Answers,
    curve: Curve,
    spikes: dict[str, np.ndarray],
) -> xr.Dataset:
    """arrays.nc: answers on the test set, activations on the probe, mean spike counts, receptive fields."""
    found = _answers_as_arrays(split, facts, answers)
    activity = _attributes("spike count", "1") if spikes else _attributes("activation", "")
    for prefix, layers in (
        ("activation_initial", curve.initial_activations),
        ("activation", copies(learner, "activations", split.probe[0])),
    ):
        for layer, values in layers.items():
            found[f"{prefix}__{layer}"] = (("probe", f"neuron__{layer}"), values.reshape(len(values), -1), activity)
    for population, raster in spikes.items():
        rate = raster.sum(1, dtype=np.int64).mean(0)
        found[f"rate__{population}"] = (f"neuron__{population}", rate, _attributes("mean spikes per sample", "1"))
    if hasattr(learner, "receptive_fields"):
        fields = np.asarray(learner.receptive_fields())
        found["receptive_field"] = (*_field_axes(fields), _attributes("receptive field", ""))
    return xr.Dataset(found)


def _answers_as_arrays(split: Split, facts: Facts, answers: Answers) -> dict[str, Any]:
    """Predictions and scores with their targets; of a task without a target a sheet of samples."""
    steps = ("step",) if facts.target.endswith("per step") else ()
    behind = ("value_",) if split.test[1].ndim > 1 + len(steps) else ()
    found: dict[str, Any] = {"probe_target": (("probe", *steps, *behind), split.probe[1], _attributes("target", ""))}
    if answers.prediction is not None:
        axes = ("test", *steps, *behind)
        found["test_prediction"] = (axes, answers.prediction, _attributes("prediction", ""))
        found["test_target"] = (axes, split.test[1], _attributes("target", ""))
    if answers.score is not None:
        score = answers.score.astype(np.float32)
        found["test_score"] = (("test", *steps, "class_"), score, _attributes("probability", ""))
    shown = {"reconstruction": answers.reconstruction, "made": answers.made}
    axes = tuple("sample_time" if axis == "time" else axis for axis in facts.axes)
    for name, samples in shown.items():
        if samples is not None:
            found[f"{name}_sample"] = (("sheet", *axes), samples[:SHEET], _attributes("intensity", ""))
    if facts.target == "none":
        found["test_sample"] = (("sheet", *axes), split.test[0][:SHEET], _attributes("intensity", ""))
    return found


def _attributes(quantity: str, units: str) -> dict[str, str]:
    return {"quantity": quantity, "units": units}


def _field_axes(fields: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """Axis names of receptive fields, no sample's; a single channel is dropped, and a single point of a sequence."""
    if fields.ndim > 2 and fields.shape[1] == 1:
        fields = fields[:, 0]
    axes = {2: ("feature",), 3: ("height", "width"), 4: ("channel", "height", "width")}[fields.ndim]
    return ("neuron_rf", *(f"{axis}_rf" for axis in axes)), fields


def spikes_of(learner: Any, X: np.ndarray) -> dict[str, np.ndarray]:
    """Population -> (sample, time, neuron), input first; empty for a learner without spikes."""
    return (
        {name: np.asarray(raster) for name, raster in learner.spikes(X).items()} if hasattr(learner, "spikes") else {}
    )


def spike_table(spikes: dict[str, np.ndarray], duration_s: float) -> pd.DataFrame:
    """The spikes of the first probe samples as events; several in one bin stand at the bin's start."""
    tables = []
    for population, raster in spikes.items():
        sample, step, neuron = np.nonzero(raster[:RASTER_SAMPLES])
        times = np.repeat(step * (duration_s / raster.shape[1]), raster[sample, step, neuron])
        events = {
            name: np.repeat(axis, raster[sample, step, neuron])
            for name, axis in (("sample", sample), ("neuron", neuron))
        }
        tables.append(pd.DataFrame({**events, "population": population, "t_s": times}))
    return pd.DataFrame(pd.concat(tables) if tables else None, columns=SPIKE_COLUMNS).reset_index(drop=True)


def operations_of(learner: Any, X: np.ndarray) -> pd.DataFrame:
    """Operations per sample, to answer and to learn."""
    if not hasattr(learner, "operations"):
        return pd.DataFrame(columns=OPERATION_COLUMNS)
    tables = [
        learner.operations(X, training=training).assign(phase=phase)
        for phase, training in (("inference", False), ("training", True))
    ]
    return pd.DataFrame(pd.concat(tables, ignore_index=True), columns=OPERATION_COLUMNS)


def silent(spikes: dict[str, np.ndarray]) -> list[str]:
    """Populations, the input aside, in which no neuron fired on the whole probe."""
    return [population for population in spikes if population != "input" and not spikes[population].any()]


def metrics_of(evidence: Evidence) -> tuple[list[tuple[str, float, str]], dict[str, str]]:
    """(name, value, unit) of every metric whose needs are met, and name -> sentence of those that could not say."""
    from compare.catalogue import entries

    rows, refusals = [], {}
    for entry in entries("metric"):
        metric = entry.load()()
        if any(getattr(evidence, need) is None for need in metric.needs):
            continue
        try:
            rows.append((metric.name, float(metric(evidence)), metric.unit))
        except ValueError as error:
            refusals[entry.name] = str(error)
            log.warning("metric %s: %s", entry.name, error)
    return rows, refusals


def metric_table(job: dict[str, Any], rows: list[tuple[str, int, str, float, str]]) -> pd.DataFrame:
    """Long form from (split, examples seen, metric, value, unit)."""
    who = {"run": job["key"], "task": job["task"], "learner": job["label"], "input": job["input"], "seed": job["seed"]}
    names = ["split", "examples_seen", "metric", "value", "unit"]
    return pd.DataFrame([{**who, **dict(zip(names, row, strict=True))} for row in rows], columns=METRIC_COLUMNS)


def describe(learner: Any, facts: Facts, reads: str) -> dict[str, Any]:
    """What the learner tells about itself, or what can be told from outside about a foreign estimator."""
    if hasattr(learner, "describe"):
        return learner.describe()
    kind = type(learner)
    size = int(np.prod(facts.shape))
    return {
        "family": "control",
        "engine": kind.__module__.split(".")[0].replace("sklearn", "scikit-learn"),
        "reads": reads, "readout": f"predict of {kind.__name__}",
        "layers": [{"name": "input", "neurons": size, "parameters": 0, "text": " x ".join(map(str, facts.shape))}],
        "parameters": None, "state": None, "time_steps": None, "neuron": None,
        "rule": {"name": kind.__name__, "equation": "", "signals": [], "text": "", "source": None},
        "training": {"passes": None, "examples": facts.examples.get("train"), "updates": None, "batch_size": None},
        "settings": learner.get_params(deep=False) if hasattr(learner, "get_params") else {},
        "sources": [],
        "departures": [],
    }  # fmt: skip
