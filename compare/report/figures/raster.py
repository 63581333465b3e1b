"""Spikes of one stimulus: the input first, then each spiking learner's populations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from compare.report.figures.style import MARKS_BEFORE_RASTER, TEXT, Look, canvas

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")  # spikes in bins; every single one is in runs/<key>/spikes.parquet
d.plot(x="from (ms)", subplots=True, drawstyle="steps-post", xlabel="time (ms)", ylabel="spikes")
plt.show()
"""


def draw(
    spikes: pd.DataFrame, panels: Sequence[tuple[str, str, int]], looks: Mapping[str, Look], duration_ms: float | None
) -> str:
    """SVG of `spikes`: learner, population, neuron, time (in ms).

    Args:
        panels: (learner, population, neurons) from top to bottom; learner "" is the input.
        duration_ms: the end of the time axis; None takes the last spike.
    """
    ratios = [1.6 if population == "input" else 1.0 for _, population, _ in panels]
    with canvas("figure", 0.5 + 0.78 * sum(ratios)) as sheet:
        rows = sheet.figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=ratios)[:, 0]
        for axes, (learner, population, neurons) in zip(rows, panels, strict=True):
            part = spikes[(spikes["learner"] == learner) & (spikes["population"] == population)]
            colour = looks[learner].colour if learner in looks else TEXT
            many = len(part) > MARKS_BEFORE_RASTER
            if many:  # the page cannot swap the colours of rasterised marks, so they stay on white
                axes.set_facecolor("white")
            dots = axes.plot(
                part["time"],
                part["neuron"],
                "|",
                color="black" if many and learner not in looks else colour,
                ms=3 if neurons <= 200 else 1.5,
                mew=0.8,
                rasterized=many,
            )
            name = f"{learner} · {population}" if learner else population
            if learner in looks:
                sheet.series(looks[learner], *dots, tip=f"{name}: {len(part)} spikes")
            axes.set_title(f"{name}, {neurons} neurons, {len(part)} spikes", fontsize=8.5, loc="left")
            axes.set_ylim(-1, max(neurons, 1))
            axes.tick_params(length=3)
        rows[-1].set_xlabel("time since the stimulus began (ms)")
        rows[-1].set_xlim(0, duration_ms)
        sheet.figure.supylabel("neuron", fontsize=9.5)
        return sheet.svg()
