"""The table of all scores that a kind of target has, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from compare.report.document import Caption, Cell, Table
from compare.report.inline import literal
from compare.report.sections import _summary
from compare.report.sections._cells import columns, count, gap, measured, with_interval, words
from compare.report.sections._material import Material
from compare.scores import Score

RECONSTRUCTION = Score("reconstruction_error", "sample", "lower", percent=False)


@dataclass(frozen=True)
class _Kind:
    """The scores of a kind of target: (metric, column's title, unit), and what the caption says of them."""

    scores: tuple[tuple[str, str, str], ...]
    caption: str
    for_ml: str
    for_neuroscience: str
    lacking: str = ""  # why a finished run may lack one of them


_CLASSES = _Kind(
    (("accuracy", "accuracy", "%"), ("precision", "precision", "%"), ("recall", "recall", "%"), ("f1", "F1", "%")),
    "Precision, recall and F1 are averaged over classes with equal weight.",
    "Macro averages; a class that was never predicted has precision 0.",
    "Recall of a class is the share of its stimuli that were recognised (the hit rate).",
)
_VALUES = _Kind(
    (
        ("mean_squared_error", "mean squared error", "target²"),
        ("root_mean_squared_error", "root mean squared error", "target"),
        ("explained", "explained", "%"),
    ),
    "Errors are in the target's own unit of measure and its square, lower is better. Explained is 1 minus the mean"
    " squared error over that of the best constant, the answer that looks at no sample: 0 for that answer, 100 % for"
    " answers without error, negative for worse than constant.",
    "Explained is R² on the test set.",
    "Explained is the share of the target's variance that the answers account for.",
)
_SAMPLES = _Kind(
    (
        ("frechet_distance", "Fréchet distance", "feature²"),
        ("density", "density", ""),
        ("coverage", "coverage", "%"),
        ("reconstruction_error", "reconstruction error", ""),
    ),
    "Made samples are set beside the test samples in the features of one classifier, trained on the task's labelled"
    " training samples and the same for all: the Fréchet distance of the two clouds (lower is better), density (1"
    " where made samples lie as thick among the data as the data do, more where they crowd) and coverage (share of the"
    " data that a made sample comes near to, higher is better). Reconstruction error is the root mean squared"
    " difference of a test sample and what comes back of it, in the samples' own measure (their range is 1; lower is"
    " better).",
    "As FID, but in the features of a small classifier: comparable within this table only, for equal numbers of"
    " samples.",
    "Low density means implausible stimuli, low coverage that some kinds of stimulus are never made.",
    "makes no samples, or gives none back",
)
_KINDS = {
    "class": _CLASSES, "class per step": _CLASSES, "value": _VALUES, "value per step": _VALUES, "none": _SAMPLES,
}  # fmt: skip


def score_table(material: Material, task: str) -> Table:
    """A row for each learner and input; a learner without a finished run keeps its row, with the reason."""
    kind = _KINDS[material.target(task)]
    table = {name: _summary.by(_values(material, task, name), ["learner", "input"]) for name, _, _ in kind.scores}
    rows = [_row(material, task, label, name, table) for label in material.labels for name in material.inputs]
    heads = columns(
        "learner",
        "input",
        "n",
        *((title, unit) for _, title, unit in kind.scores),
        numeric=("n", *(title for _, title, _ in kind.scores)),
    )
    steps = " Every step of a sequence counts as a sample." if material.target(task).endswith("per step") else ""
    caption = Caption(
        f"Test scores on {literal(task)}{' in percent' if kind is _CLASSES else ''}: mean over seeds"
        f" ({_summary.INTERVAL} in brackets; none for n < 2). {kind.caption}{steps} n is the number of finished runs. A"
        " learner without a finished run keeps its row, with the reason.",
        kind.for_ml,
        kind.for_neuroscience,
    )
    return Table(f"tab-accuracy{material.tag(task)}", f"Scores{material.on(task)}", heads, tuple(rows), caption)


def _values(material: Material, task: str, name: str) -> pd.DataFrame:
    """A score of every run; what is explained follows from the error and the constant answer's."""
    if name != "explained":
        return material.values(name, task)
    errors, constant = material.values("mean_squared_error", task), material.chance(task)
    share = 1 - errors["value"] / constant if constant else float("nan")
    return errors.assign(value=share).dropna()


def _row(material: Material, task: str, label: str, name: str, table: dict[str, pd.DataFrame]) -> tuple[Cell, ...]:
    kind, cells, n = _KINDS[material.target(task)], [], 0
    finished = bool(material.runs(task, name, label))
    for metric, _, unit in kind.scores:
        found = table[metric][(table[metric]["learner"] == label) & (table[metric]["input"] == name)]
        if found.empty:
            why = kind.lacking if finished else literal(material.unfinished(label, task, name))
            first = finished or not cells  # a run that gave nothing says why once
            cells.append(gap(why or "no such number" if first else why.split(":")[0]))
            continue
        mean, low, high, count_of = found.iloc[0][["mean", "low", "high", "n"]]
        n = max(n, int(count_of))
        share = unit == "%"
        cells.append(with_interval(mean, low, high, scale=100) if share else measured(mean, low, high))
    return (words(label), words(name), count(n), *cells)
