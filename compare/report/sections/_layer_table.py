"""What a linear read-out finds in each layer, and how many dimensions the layer fills."""

from __future__ import annotations

import numpy as np

from compare.report.document import Block, Callout, Caption, Cell, Table
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import columns, count, gap, with_interval, words
from compare.report.sections._material import Material
from compare.representations.linear_probe import LinearProbe
from compare.representations.participation_ratio import ParticipationRatio

MEASURES: tuple[str, ...] = ("read-out after", "read-out before", "dimensions after", "dimensions before")


DIMENSIONS = MEASURES[2:]


def layer_blocks(material: Material, task: str) -> list[Block]:
    """A row for each layer of each learner: read-out accuracy and participation ratio, after and before learning.

    Without a class for each sample there is nothing to read out, and the table is of dimensions alone.
    """
    if material.labelled(task):
        return [_layer_table(material, task, MEASURES)]
    return [
        Callout("gap", f"Linear read-out of each layer{material.on(task)}: -, needs one class for each sample."),
        _layer_table(material, task, DIMENSIONS),
    ]


def _layer_table(material: Material, task: str, measures: tuple[str, ...]) -> Block:
    name, reads = material.verdict_input, measures is MEASURES
    what = "Linear read-out and dimensionality" if reads else "Dimensionality"
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    samples = 0
    for run in material.runs(task, name):
        target = material.arrays(run).get("probe_target")
        for prefix, when in (("activation__", "after"), ("activation_initial__", "before")):
            for layer, activity in material.layers(run, prefix).items():
                samples = len(activity)
                into = found.setdefault((run.label, layer), {})
                if reads:
                    into.setdefault(f"read-out {when}", []).append(_read_out(activity, target))
                into.setdefault(f"dimensions {when}", []).append(ParticipationRatio()(activity))
    if not found:
        return Callout("gap", f"{what}{material.on(task)}: -, no run kept activations.")
    place = {label: i for i, label in enumerate(material.labels)}
    rows = []
    for (label, layer), values in sorted(found.items(), key=lambda item: place[item[0][0]]):
        n = max(len(some) for some in values.values())
        rows.append((words(label), words(layer), count(n), *(_cell(values.get(m), m) for m in measures)))
    heads = columns(
        "learner",
        "layer (population)",
        "n",
        *((m, "%") if "read-out" in m else m for m in measures),
        numeric=("n", *measures),
    )
    measured = _reads_said(samples, task) if reads else "the participation"
    caption = Caption(
        f"For each layer (population), in order of depth: {measured}"
        " ratio (effective number of dimensions, at most the smaller of the number of neurons and"
        f" {max(samples - 1, 0)}); after learning, and in the same network before it. {material.verdict_input} input;"
        f" mean and {_summary.INTERVAL}.",
        *((_CONTROL if material.target(task) == "none" else _READ_BY[0], _READ_BY[1]) if reads else _DIMENSIONS_BY),
    )
    title = f"{what} of each layer{material.on(task)}"
    return Table(
        f"tab-{'read-out' if reads else 'dimensions'}{material.tag(task)}", title, heads, tuple(rows), caption, "wide"
    )


_CONTROL = "A linear probe with the untrained network as its control; the learner saw none of the classes."
_READ_BY = (
    "A linear probe with the untrained network as its control; few samples keep it below the learner's own accuracy.",
    "What a downstream neuron could read out linearly from spike counts or rates, and how many independent modes the"
    " population uses.",
)
_DIMENSIONS_BY = (
    "An effective rank of the layer's activity, with the untrained network as its control.",
    "How many independent modes the population uses.",
)


def _reads_said(samples: int, task: str) -> str:
    return (
        "accuracy in percent of a linear read-out (ridge regression of fixed strength, five folds) trained on the"
        f" {samples} probe samples of {literal(task)}, and the participation"
    )


def _read_out(activity: np.ndarray, target: np.ndarray | None) -> float:
    """Accuracy, or NaN where the probe has too few samples of a class for the folds."""
    try:
        return LinearProbe()(activity, target)
    except ValueError:
        return float("nan")


def _cell(values: list[float] | None, measure: str) -> Cell:
    finite = np.array([v for v in values or [] if np.isfinite(v)])
    if not len(finite):
        return gap(
            "kept no activations" if not values else "not defined: constant activity, or too few samples of a class"
        )
    mean, low, high, _ = _summary.interval(finite)
    return with_interval(mean, low, high, scale=100 if "read-out" in measure else 1)
