"""What every synapse did in one presentation: the traces of spikes on both sides, and the weights that they move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compare.report.figures.presentation_neurons import neuron_looks, spike_rows
from compare.report.figures.style import LINES, MUTED, Canvas, Look, canvas, grid, looks_of

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d.plot(x="time (ms)", subplots=True, sharex=True, xlabel="time (ms)")
plt.show()
"""
COLUMNS = {
    "input → hidden": (("input 1", "input 2"), ("hidden 1", "hidden 2"), ("w11", "w12", "w21", "w22")),
    "hidden → output": (("hidden 1", "hidden 2"), ("output",), ("v1", "v2")),
}


def draw(seen: Mapping[str, Any]) -> str:
    """SVG of what `compare.step_by_step.presentation.present` gives."""
    neurons = neuron_looks(seen["spikes_ms"])
    synapses = _synapse_looks(seen["weight"])
    with canvas("wide", 7.4) as sheet:
        panels = sheet.figure.subplots(4, 2, sharex=True, height_ratios=(1.05, 1, 1, 1.35))
        for column, (title, (sources, targets, names)) in enumerate(COLUMNS.items()):
            spikes, before, after, weight = panels[:, column]
            spikes.set_title(title)
            spike_rows(sheet, spikes, neurons, [*sources, *targets], seen["spikes_ms"])
            _traces(sheet, before, neurons, sources, seen["before"], seen["time_ms"])
            _traces(sheet, after, neurons, targets, seen["after"], seen["time_ms"])
            _weights(sheet, weight, synapses, names, seen)
            weight.set(xlabel="time since the presentation began (ms)", xlim=(0, seen["duration_ms"] + 1))
        panels[1, 0].set_ylabel("source's trace x")
        panels[2, 0].set_ylabel("target's trace y")
        panels[3, 0].set_ylabel("w − start (10⁻³)")
        sheet.figure.align_ylabels(list(panels[:, 0]))
        return sheet.svg()


def _synapse_looks(names: Mapping[str, Any]) -> dict[str, Look]:
    looks = looks_of(dict.fromkeys(names, "STDP"))
    places = {name: k for _, _, some in COLUMNS.values() for k, name in enumerate(some)}
    return {k: Look(k, one.family, one.colour, one.marker, LINES[places[k]], one.slug) for k, one in looks.items()}


def _traces(sheet: Canvas, axes, looks: Mapping[str, Look], names: Sequence[str], values: Mapping, time: Any) -> None:
    grid(axes)
    for name in names:
        line = axes.plot(time, values[name], color=looks[name].colour, linewidth=1.4, linestyle=looks[name].line,
                         label=name)  # fmt: skip
        sheet.series(looks[name], *line, tip=f"{name}: trace")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", ncols=2, borderaxespad=0.1)


def _weights(sheet: Canvas, axes, looks: Mapping[str, Look], names: Sequence[str], seen: Mapping[str, Any]) -> None:
    grid(axes)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    for name in names:
        change = [1e3 * (value - seen["start"][name]) for value in seen["weight"][name]]
        line = axes.plot(seen["time_ms"], change, color=looks[name].colour, linewidth=1.6, linestyle=looks[name].line,
                         drawstyle="steps-post", label=f"{name} ({seen['start'][name]:g})")  # fmt: skip
        sheet.series(looks[name], *line, tip=f"{name}: change of the weight")
    axes.legend(loc="upper left", ncols=2, borderaxespad=0.1)
