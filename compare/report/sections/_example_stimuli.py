"""Examples of a task's samples, and the spikes that the study's encoder makes of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from compare.errors import StoreError
from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import stimuli
from compare.report.inline import literal
from compare.report.sections._cells import frame_table, small
from compare.report.sections._material import Material
from compare.report.sections._pictures import as_pictures, runs_in_time


@dataclass(frozen=True)
class _Spikes:
    """What the encoder makes of the examples.

    Attributes:
        total: of each example.
        events: of each example the times in ms and the input neurons.
        counts: of each input neuron, as pictures; None where the neurons are not the values of a sample.
        neurons: of the input population.
        end_ms: of the presentation, as far as it was kept.
    """

    total: np.ndarray
    events: list[tuple[np.ndarray, np.ndarray]]
    counts: np.ndarray | None
    neurons: int
    end_ms: float


def example_stimuli_block(material: Material, task: str) -> Block:
    """One example of each class, or the first ones, with their spikes where learners are given some."""
    try:
        data = material.study.stimuli(task)
        stimulus, axes = data["stimulus"].to_numpy(), material.axes(task)
        images = as_pictures(stimulus, axes)
    except (StoreError, KeyError) as error:
        return Callout("gap", f"Example stimuli{material.on(task)}: -, the study keeps none. {literal(str(error))}")
    labels = _labels(material, task, np.asarray(data["label"])) if "label" in data else _numbered(len(images))
    spikes = _spikes(data, stimulus, axes) if "encoded" in material.inputs else None
    table = {_column(material, task): labels, "mean intensity": images.mean((1, 2))}
    if spikes is not None:
        table["spikes"] = spikes.total
    feature = (axes[-1] if axes else "feature").replace("_", " ") if runs_in_time(stimulus.shape[1:], axes) else ""
    return _figure(material, task, pd.DataFrame(table), _drawn(material, images, labels, spikes, feature),
                   _caption(material, task, spikes, feature))  # fmt: skip


def _spikes(data: Any, stimulus: np.ndarray, axes: tuple[str, ...]) -> _Spikes | None:
    if "raster" not in data or "time" not in data:
        return None
    raster, times_ms = np.asarray(data["raster"]), 1000 * np.asarray(data["time"])
    counts = None
    if raster.shape[-1] == stimulus[0].size == as_pictures(stimulus, axes)[0].size:
        counts = as_pictures(raster.sum(1, dtype=int).reshape(stimulus.shape), axes)
    return _Spikes(
        total=raster.reshape(len(raster), -1).sum(1, dtype=int),
        events=[(times_ms[steps], neurons) for steps, neurons in (np.nonzero(one) for one in raster)],
        counts=counts,
        neurons=raster.shape[-1],
        end_ms=float(times_ms[-1]),
    )


def _drawn(material: Material, images: np.ndarray, labels: list[str], spikes: _Spikes | None, feature: str) -> str:
    if spikes is None:
        return stimuli.draw(images, None, [], labels, None, None, feature)
    duration_ms = material.duration_ms or spikes.end_ms
    return stimuli.draw(images, spikes.counts, spikes.events, labels, duration_ms, spikes.neurons, feature)


def _caption(material: Material, task: str, spikes: _Spikes | None, feature: str) -> Caption:
    read = "encoded" in material.inputs  # spikes that no learner is given are not shown
    encoding = ", ".join(f"{key} {value}" for key, value in (material.plan.get("encoding") or {}).items())
    counts = spikes is not None and spikes.counts is not None
    text = (
        f"{_which(material, task)}: intensity from 0 (white) to 1 (black)"
        + (", the number of spikes of each input neuron in one presentation" if counts else "")
        + (", and every spike, time in ms, one row for each input neuron" if spikes is not None else "")
        + (f". Encoding: {literal(encoding) or 'not stated'}" if read else "")
        + f". n = 1 sample for each {'class' if material.labelled(task) else 'column'};"
        + " no interval, these are examples."
        + (f" Time runs from left to right, {feature} 0 is at the bottom." if feature else "")
    )
    if not read:
        return Caption(
            text,
            "Learners are given these values; one that spikes makes its own spikes of them, as [](#learners) says.",
            "The stimuli as they are; no spikes of this study's encoder are in use.",
        )
    return Caption(
        text,
        "Value models read the spike counts (middle row), spiking models the spikes (lowest row): the same draw.",
        "Input neurons fire independently at a rate that follows the intensity; nothing else carries information.",
    )


def _figure(material: Material, task: str, table: pd.DataFrame, svg: str, caption: Caption) -> Figure:
    read, on, tag = "encoded" in material.inputs, material.on(task), material.tag(task)
    name, *shown = table.columns
    return Figure(
        f"fig-stimuli{tag}",
        f"Example stimuli{' and their spikes' if read else ''}{on}",
        svg,
        f"{len(table)} example stimuli of {task}{', one of each class' if material.labelled(task) else ''}"
        + (", with the spikes that encode them." if read else "."),
        caption,
        frame_table(f"tab-stimuli{tag}", f"Example stimuli{on}", table, caption),
        stimuli.CODE.format(csv=f"data/fig-stimuli{tag}.csv", name=name, shown=json.dumps(shown)),
    )


def _column(material: Material, task: str) -> str:
    return "class" if material.labelled(task) else "target"


def _which(material: Material, task: str) -> str:
    if material.labelled(task):
        return f"One example of each class of {task}"
    above = "" if material.target(task).endswith("per step") else ", the target above each"
    return f"The first examples of {task}{above}"


def _labels(material: Material, task: str, targets: np.ndarray) -> list[str]:
    """A class, a value to three digits, or where there are several to an example its number."""
    if material.labelled(task):
        return [str(label) for label in targets]
    return [small(float(value)) for value in targets] if targets.ndim == 1 else _numbered(len(targets))


def _numbered(n: int) -> list[str]:
    return [str(i) for i in range(n)]
