"""What every learner of `_spiking_presentations` says of itself in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from bio.learners._diehl_cook_input import OwnSpikes

if TYPE_CHECKING:
    import pandas as pd

Layer = tuple[str, int, int, str]  # name, neurons, parameters, text


def facts(learner: Any, layers: Iterable[Layer], settings: Iterable[str]) -> dict[str, Any]:
    """Those keys of compare.contract.Described that do not depend on what learns.

    Args:
        learner: fitted.
        layers: of the network, without the input and the read-out.
        settings: names of parameters worth a reader's eye.
    """
    inputs, neurons = learner._network_.weights.shape
    return {
        "engine": "native",
        "reads": f"spikes of its own from clean values, {learner._source_.encoder.max_rate} at 1"
        if learner.encoder is None
        else f"the study's spikes, every one, in steps of {learner.dt}",
        "layers": [*_layers(learner, layers)],
        "parameters": int(inputs * neurons + neurons),
        "time_steps": int(learner._source_.steps),
        "training": {**learner.progress_, "batch_size": 1},
        "settings": _settings(learner, settings),
    }


def _layers(learner: Any, own: Iterable[Layer]) -> Iterable[dict[str, Any]]:
    inputs, neurons = learner._network_.weights.shape
    classes = len(learner.classes_)
    rows = [("input", inputs, 0, " x ".join(map(str, learner._read_shape_))), *own]
    if learner.readout == "linear":
        rows.append(("read-out", classes, classes * (neurons + 1), "logistic regression on spike counts"))
    return (dict(zip(("name", "neurons", "parameters", "text"), row, strict=True)) for row in rows)


def _settings(learner: Any, names: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(learner, name) for name in names}
    found["duration"] = f"{1e3 * learner.duration_s:.15g} ms"
    found["weight_sum"] = float(learner._learning_.weight_sum)
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in found.items()}


def departures_of_input(source: Any, *more: str) -> list[str]:
    """Where spikes of its own leave the study's common protocol; `more` comes before how values were scaled."""
    if not isinstance(source, OwnSpikes):
        return []
    found = [
        "The clean input: values set the rates of Poisson spikes of its own, "
        f"{source.encoder.max_rate} at 1 for {source.encoder.duration}.",
        *more,
    ]
    if source.low < 0.0 or source.span > 1.0:
        found.append(f"Values were scaled from [{source.low:g}, {source.low + source.span:g}] to [0, 1].")
    return found


def counted(rows: Iterable[tuple[str, str, float, float]]) -> pd.DataFrame:
    """Columns layer, operation, dense, effective: per sample."""
    import pandas as pd

    table = [(layer, operation, float(dense), float(effective)) for layer, operation, dense, effective in rows]
    return pd.DataFrame(table, columns=["layer", "operation", "dense", "effective"])
