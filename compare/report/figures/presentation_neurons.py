"""What every neuron did in one presentation: input spikes, synaptic currents, potentials, thresholds, spikes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from compare.report.figures.style import LINES, MUTED, Canvas, Look, canvas, grid, looks_of

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}")
d.plot(x="time (ms)", subplots=True, sharex=True, xlabel="time (ms)")
plt.show()
"""
SPIKE_MV = (3.0, 9.0)  # a spike is a stroke so far above the threshold; the model itself has no such excursion


def draw(seen: Mapping[str, Any]) -> str:
    """SVG of what `compare.step_by_step.presentation.present` gives."""
    looks = neuron_looks(seen["spikes_ms"])
    with canvas("figure", 7.6) as sheet:
        rows = sheet.figure.subplots(6, 1, sharex=True, height_ratios=(0.75, 1, 1, 1, 1, 1))
        inputs = [name for name in looks if name.startswith("input")]
        spike_rows(sheet, rows[0], looks, inputs, seen["spikes_ms"])
        rows[0].set_title("input spikes (how many)", loc="left")
        _currents(sheet, rows[1], looks, ("hidden 1", "hidden 2"), seen)
        _potential(sheet, rows[2], looks, "hidden 1", seen)
        _potential(sheet, rows[3], looks, "hidden 2", seen)
        _currents(sheet, rows[4], looks, ("output",), seen)
        _potential(sheet, rows[5], looks, "output", seen)
        rows[-1].set(xlabel="time since the presentation began (ms)", xlim=(0, seen["duration_ms"] + 1))
        return sheet.svg()


def neuron_looks(neurons: Mapping[str, Any]) -> dict[str, Look]:
    """Neuron -> Look: one family, so one colour; the two of a layer differ by their line."""
    looks = looks_of(dict.fromkeys(neurons, "STDP"))
    lines = {name: LINES[1 if name.endswith("2") else 0] for name in neurons}
    return {name: Look(name, one.family, one.colour, one.marker, lines[name], one.slug) for name, one in looks.items()}


def spike_rows(sheet: Canvas, axes, looks: Mapping[str, Look], names: Sequence[str], spikes: Mapping[str, Any]) -> None:
    """A row of strokes for each neuron, the first on top."""
    for place, name in enumerate(names):
        strokes = axes.vlines(spikes[name], place - 0.36, place + 0.36, color=looks[name].colour, linewidth=1.6)
        sheet.series(looks[name], strokes, tip=f"{name}: {len(spikes[name])} spikes")
    axes.set_yticks(range(len(names)), [f"{name} ({len(spikes[name])})" for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(length=3)


def _currents(sheet: Canvas, axes, looks: Mapping[str, Look], names: Sequence[str], seen: Mapping[str, Any]) -> None:
    grid(axes)
    for name in names:
        line = axes.plot(seen["time_ms"], seen["current_pA"][name], color=looks[name].colour, linewidth=1.4,
                         linestyle=looks[name].line, label=name)  # fmt: skip
        sheet.series(looks[name], *line, tip=f"{name}: synaptic current")
    axes.set_ylim(bottom=0)
    axes.set_title(f"synaptic current (pA): {', '.join(names)}", loc="left")
    if len(names) > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.94), ncols=2, borderaxespad=0)


def _potential(sheet: Canvas, axes, looks: Mapping[str, Look], name: str, seen: Mapping[str, Any]) -> None:
    grid(axes)
    rest, threshold, spikes = seen["rest_mV"], seen["threshold_mV"], seen["spikes_ms"][name]
    axes.axhline(threshold, color=MUTED, linewidth=1, linestyle="--")
    line = axes.plot(*_up_to_threshold(seen, name), color=looks[name].colour, linewidth=1.4)
    low, high = SPIKE_MV
    strokes = axes.vlines(spikes, threshold + low, threshold + high, color=looks[name].colour, linewidth=2)
    sheet.series(looks[name], *line, strokes, tip=f"{name}: membrane potential, {len(spikes)} spikes")
    axes.set_yticks(
        [rest, threshold], [f"rest {rest:.0f}".replace("-", "−"), f"threshold {threshold:.0f}".replace("-", "−")]
    )
    axes.set_ylim(rest - 2, threshold + high + 1.5)
    axes.set_title(f"membrane potential (mV): {name}, {len(spikes)} spike{'' if len(spikes) == 1 else 's'}", loc="left")


def _up_to_threshold(seen: Mapping[str, Any], name: str) -> tuple[list[float], list[float]]:
    """Time and potential; where the neuron fires, the line goes up to the threshold before it falls to the reset."""
    spikes, times, values = set(seen["spikes_ms"][name]), [], []
    for time, value in zip(seen["time_ms"], seen["potential_mV"][name], strict=True):
        if time in spikes:
            times.append(time)
            values.append(seen["threshold_mV"])
        times.append(time)
        values.append(value)
    return times, values
