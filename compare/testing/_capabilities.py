"""What each capability of a learner must give, where the learner has it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from compare.definitions import definitions_of
from compare.plugins import kind_of

__all__ = ["CLASSES", "check_capabilities", "check_equal", "fresh", "name_of", "same_arrays"]

CLASSES = 3  # of the samples that learners are checked on
FAMILIES = ("backprop", "surrogate gradient", "STDP", "Hebbian", "feedback", "second phase", "control")
DESCRIBED = (
    "family", "engine", "reads", "readout", "layers", "parameters", "state", "time_steps", "neuron", "rule", "training",
    "settings", "sources", "departures",
)  # fmt: skip


def check_capabilities(fitted: Any, X: np.ndarray, shape: tuple[int, ...]) -> None:
    """The shapes of whatever the learner can tell."""
    for capability, check in _CAPABILITIES.items():
        if hasattr(fitted, capability):
            check(fitted, X)
    _check_definitions(fitted)
    if hasattr(fitted, "receptive_fields"):
        fields = np.asarray(fitted.receptive_fields())
        fits = fields.ndim == 1 + len(shape) and all(a <= b for a, b in zip(fields.shape[1:], shape, strict=True))
        assert fits, (
            f"{name_of(fitted)}.receptive_fields: {fields.shape}, expected (neuron, {shape} or a window of it)."
        )
        assert np.isfinite(fields).all(), f"{name_of(fitted)}.receptive_fields has NaN."


def _check_activations(fitted: Any, X: np.ndarray) -> None:
    layers = fitted.activations(X)
    assert layers, f"{name_of(fitted)}.activations is empty."
    for layer, values in layers.items():
        where = f"{name_of(fitted)}.activations()[{layer!r}]"
        assert values.ndim >= 2, f"{where} has the shape {values.shape}, expected (sample, neuron)."
        assert len(values) == len(X), f"{where} has {len(values)} samples for {len(X)}."
        assert np.isfinite(values).all(), f"{where} has NaN."


def _check_spikes(fitted: Any, X: np.ndarray) -> None:
    populations = fitted.spikes(X)
    if not populations:
        return  # one estimator serves networks with and without spikes
    steps = {raster.shape[1] for raster in populations.values()}
    assert len(populations) >= 2, f"{name_of(fitted)}.spikes has {list(populations)}; expected the input and its own."
    assert len(steps) == 1, f"{name_of(fitted)}.spikes: populations have {sorted(steps)} time steps, expected the same."
    for population, raster in populations.items():
        where = f"{name_of(fitted)}.spikes()[{population!r}]"
        assert raster.ndim == 3, f"{where} has the shape {raster.shape}, expected (sample, time, neuron)."
        assert len(raster) == len(X), f"{where} has {len(raster)} samples for {len(X)}."
        assert raster.dtype == np.uint8, f"{where} is {raster.dtype}, expected uint8."
    first, raster = next(iter(populations.items()))
    assert first == "input", f"{name_of(fitted)}.spikes: the first population is {first!r}; expected 'input'."
    assert raster[0].shape[1] == X[0].size, f"{name_of(fitted)}.spikes: the first population is not the input."


def _check_operations(fitted: Any, X: np.ndarray) -> None:
    for training in (False, True):
        table = fitted.operations(X, training=training)
        where = f"{name_of(fitted)}.operations(training={training})"
        missing = {"layer", "operation", "dense", "effective"} - set(table.columns)
        assert not missing, f"{where} lacks the columns {sorted(missing)}."
        assert (table["effective"] >= 0).all(), f"{where} counts fewer than no operations."
        assert (table["effective"] <= table["dense"] * (1 + 1e-9)).all(), f"{where}: more effective than dense."


def _check_weights(fitted: Any, X: np.ndarray) -> None:
    weights = fitted.weights()
    before = {name: np.array(array) for name, array in weights.items()}
    copy = fitted.with_weights(weights)
    same = np.array_equal(copy.predict(X), fitted.predict(X))
    assert same, f"{name_of(fitted)}.with_weights(weights()) answers differently."
    fitted.with_weights({name: np.zeros_like(array) for name, array in weights.items()})
    assert same_arrays(before, fitted.weights()), f"{name_of(fitted)}.with_weights changes the learner itself."


def _check_describe(fitted: Any, X: np.ndarray) -> None:
    facts = fitted.describe()
    missing = [key for key in DESCRIBED if key not in facts]
    assert not missing, f"{name_of(fitted)}.describe() lacks {missing}."
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts, f"{name_of(fitted)}.describe() is not plain JSON."
    assert facts["family"] in FAMILIES, (
        f"{name_of(fitted)}.describe(): family {facts['family']!r} is none of {FAMILIES}."
    )
    for layer in facts["layers"]:
        lacks = {"name", "neurons", "parameters", "text"} - set(layer)
        assert not lacks, f"{name_of(fitted)}.describe(): a layer lacks {sorted(lacks)}."
    for words in ("engine", "reads", "readout"):
        assert facts[words], f"{name_of(fitted)}.describe() says nothing under {words!r}."


def _check_scores_over_time(fitted: Any, X: np.ndarray) -> None:
    scores, whole, where = fitted.scores_over_time(X), fitted.predict_proba(X), f"{name_of(fitted)}.scores_over_time"
    assert scores.ndim == 3, f"{where} has the shape {scores.shape}, expected (sample, time, class)."
    assert scores.shape[::2] == (len(X), CLASSES), f"{where}: {scores.shape}, expected ({len(X)}, time, {CLASSES})."
    assert np.allclose(scores.sum(axis=2), 1, atol=1e-5), f"{where} does not sum to one."  # float32 sums
    last = scores if whole.ndim == 3 else scores[:, -1]
    same = np.allclose(last, whole, atol=1e-4)  # float32: a running sum is another order of sums
    assert same, f"{where}: after the last step it is not predict_proba."


def _check_input_gradient(fitted: Any, X: np.ndarray) -> None:
    y, where = fitted.predict(X), f"{name_of(fitted)}.input_gradient"
    gradient = fitted.input_gradient(X, y)
    assert gradient.shape == X.shape, f"{where} has the shape {gradient.shape}, expected that of X, {X.shape}."
    assert np.isfinite(gradient).all(), f"{where} has NaN."
    alone = fitted.input_gradient(X[:2], y[:2])
    same = np.allclose(alone, gradient[:2], rtol=1e-3, atol=1e-5)  # another batch size is another order of sums
    assert same, f"{where}: a sample's gradient depends on the other samples."


def _check_update_and_gradient(fitted: Any, X: np.ndarray) -> None:
    try:
        found = fitted.update_and_gradient(X, fitted.predict(X))
    except NotImplementedError as refusal:
        spoken = len(str(refusal).split()) >= 4
    else:
        _check_changes(fitted, X, *found)
        return
    assert spoken, f"{name_of(fitted)}.update_and_gradient refuses without a sentence."


def _check_changes(fitted: Any, X: np.ndarray, *found: dict[str, np.ndarray]) -> None:
    again = fitted.update_and_gradient(X, fitted.predict(X))
    for arrays, repeated, what in zip(found, again, ("update", "gradient"), strict=True):
        where = f"{name_of(fitted)}.update_and_gradient: the {what}"
        assert arrays, f"{where} is empty."
        assert same_arrays(arrays, repeated), f"{where} is another one when asked again."
        if hasattr(fitted, "weights"):
            shapes = {name: value.shape for name, value in fitted.weights().items()}
            strange = [name for name, value in arrays.items() if shapes.get(name) != value.shape]
            assert not strange, f"{where} of {strange[0]!r} does not fit the weights of that name."


def _check_sample(fitted: Any, X: np.ndarray) -> None:
    made, where = fitted.sample(3, random_state=0), f"{name_of(fitted)}.sample"
    assert made.shape == (3, *X.shape[1:]), f"{where}(3) has the shape {made.shape}, expected {(3, *X.shape[1:])}."
    assert np.isfinite(made).all(), f"{where} gives NaN."
    assert np.array_equal(made, fitted.sample(3, random_state=0)), f"{where} differs for the same random_state."


def _check_definitions(fitted: Any) -> None:
    """What is certified, the learner's own word or that of its model, must be what a report shows."""
    facts = fitted.describe() if hasattr(fitted, "describe") else None
    shown = json.dumps([facts["neuron"], facts["rule"]]) if facts else ""
    for one in definitions_of(fitted):
        where = f"{name_of(fitted)}.definitions(): {one!r:.60}"
        assert kind_of(one) in ("neuron", "plasticity"), f"{where} is neither a NeuronModel nor a PlasticityRule."
        lines = [line.strip() for line in one.equations.strip().splitlines()]
        absent = [line for line in lines if facts and json.dumps(line)[1:-1] not in shown]
        assert not absent, f"{where}: describe() does not show {absent[0]!r}."


_CAPABILITIES = {
    "activations": _check_activations,
    "spikes": _check_spikes,
    "operations": _check_operations,
    "weights": _check_weights,
    "describe": _check_describe,
    "scores_over_time": _check_scores_over_time,
    "input_gradient": _check_input_gradient,
    "update_and_gradient": _check_update_and_gradient,
    "sample": _check_sample,
}


def same_arrays(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def name_of(learner: Any) -> str:
    return type(learner).__name__


def fresh(learner: Any) -> Any:
    """An unfitted copy with a seed."""
    from sklearn.base import clone

    copy: Any = clone(learner)
    if "random_state" in copy.get_params(deep=False):
        copy.set_params(random_state=3)
    return copy


def check_equal(a: Any, b: Any, X: np.ndarray, what: str) -> None:
    """Two fitted learners answer alike, bit for bit, and have the same weights."""
    answer = "predict_proba" if hasattr(a, "predict_proba") else "predict"
    assert np.array_equal(getattr(a, answer)(X), getattr(b, answer)(X)), f"{name_of(a)}: {what} ({answer})."
    if hasattr(a, "weights"):
        assert same_arrays(a.weights(), b.weights()), f"{name_of(a)}: {what} (weights)."
