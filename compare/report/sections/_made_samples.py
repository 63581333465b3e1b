"""A sheet of test samples beside what learners give back of them and what they make anew."""

from __future__ import annotations

import numpy as np
import pandas as pd

from compare.errors import StoreError
from compare.report.document import Block, Callout, Caption, Figure
from compare.report.figures import samples_sheet
from compare.report.figures.style import Look
from compare.report.inline import literal
from compare.report.sections._cells import frame_table, listed
from compare.report.sections._material import Material
from compare.report.sections._pictures import as_pictures

SHOWN = 12
Row = tuple[str, Look | None, np.ndarray]


def sheet_block(material: Material, task: str) -> Block:
    """The first samples of the test set, of each learner's reconstructions and of those that it makes."""
    title = f"Test samples, reconstructions and made samples{material.on(task)}"
    rows, seeds = _rows(material, task)
    if not rows:
        return Callout("gap", f"{title}: -, no run kept samples.")
    rows = [*_data(material, task), *rows]
    without = [label for label in material.serving(task) if label not in seeds]
    seed = listed([str(s) for s in sorted(set(seeds.values()))])
    caption = Caption(
        f"Samples of {literal(task)}, {material.verdict_input} input, intensity from 0 (white) to 1 (black; what lies"
        f" outside is drawn as the nearer of the two): the first {SHOWN} of the test set, below them what each learner"
        f" gives back of the same ones, and the first {SHOWN} that it makes anew, not picked, one network each (seed"
        f" {seed}). Made samples stand below no sample in particular. n = 1 network, no interval; the scores of all"
        f" seeds are in [](#tab-accuracy{material.tag(task)})."
        + (f" Without samples: {literal(listed(without))}." if without else ""),
        "Blurred reconstructions are typical of a squared error; look for samples that repeat, which coverage counts.",
        "Reconstructions are what the code of a population keeps of a stimulus; made samples are what it expects.",
    )
    anchor = f"samples{material.tag(task)}"
    table = pd.DataFrame(
        [(name, len(samples), float(samples.mean()), float(samples.std(0).mean())) for name, _, samples in rows],
        columns=["row", "samples shown", "mean intensity", "spread between samples"],
    )
    alt = "; ".join(f"{r[0]}: mean intensity {r[2]:.2f}, spread {r[3]:.2f}" for r in table.itertuples(index=False))
    return Figure(
        f"fig-{anchor}",
        title,
        samples_sheet.draw(rows),
        f"Rows of samples. {alt}.",
        caption,
        frame_table(f"tab-{anchor}", title, table, caption, digits=3),
        samples_sheet.CODE.format(csv=f"data/fig-{anchor}.csv"),
    )


def _rows(material: Material, task: str) -> tuple[list[Row], dict[str, int]]:
    """What the first finished seed of each learner gave back and made."""
    rows: list[Row] = []
    seeds: dict[str, int] = {}
    for label in material.labels:
        for run in material.runs(task, material.verdict_input, label):
            arrays = material.arrays(run)
            kept = {"gives back": arrays.get("reconstruction_sample"), "makes": arrays.get("made_sample")}
            if label in seeds or all(samples is None for samples in kept.values()):
                continue
            seeds[label] = run.seed
            rows += [
                (f"{label} {verb}", material.looks[label], as_pictures(samples[:SHOWN], material.axes(task)))
                for verb, samples in kept.items()
                if samples is not None
            ]
    return rows, seeds


def _data(material: Material, task: str) -> list[Row]:
    """The test samples that were given back; of a study in which none is, the task's examples."""
    axes = material.axes(task)
    for run in material.runs(task, material.verdict_input):
        if "test_sample" in material.arrays(run):
            return [("test samples", None, as_pictures(material.arrays(run)["test_sample"][:SHOWN], axes))]
    try:
        stimuli = material.study.stimuli(task)["stimulus"].to_numpy()
        return [("examples of the data", None, as_pictures(stimuli[:SHOWN], axes))]
    except (StoreError, KeyError):
        return []
