"""One update of a two-layer network: forward pass, backward pass and update with numbers at edges and neurons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compare.report.figures.style import FAMILY_COLOURS, MUTED, PAPER, TEXT, canvas, grid
from compare.step_by_step.worked import shown

CODE = """\
import pandas as pd, matplotlib.pyplot as plt
d = pd.read_csv("{csv}").set_index("weight")
d[["before", "gradient", "after"]].plot.bar()  # the edges' numbers; the neurons' are in the table of all lines
plt.show()
"""
INPUTS, HIDDEN, ANSWER = ((0.0, 1.0), (0.0, -1.0)), ((1.7, 1.0), (1.7, -1.0)), (3.4, 0.0)
EDGES = {
    "w11": (INPUTS[0], HIDDEN[0], 0.47), "w21": (INPUTS[0], HIDDEN[1], 0.29),
    "w12": (INPUTS[1], HIDDEN[0], 0.29), "w22": (INPUTS[1], HIDDEN[1], 0.47),
    "v1": (HIDDEN[0], ANSWER, 0.45), "v2": (HIDDEN[1], ANSWER, 0.45),
}  # fmt: skip
RADIUS = 0.33
COLOUR = FAMILY_COLOURS["backprop"]


def draw(passes: Mapping[str, Any]) -> str:
    """SVG of what `compare.step_by_step.passes.told` says."""
    with canvas("wide", 7.4) as sheet:
        panels = sheet.figure.subplots(2, 2)
        _forward(panels[0, 0], passes)
        _backward(panels[0, 1], passes)
        _update(panels[1, 0], passes)
        _along(panels[1, 1], passes)
        return sheet.svg()


def _forward(axes, p: Mapping[str, Any]) -> None:
    _bare(axes, "1. Forward: sums and activities")
    _edges(axes, p["before"], shown, "left to right")
    _inputs(axes, p)
    for k in (0, 1):
        _node(axes, HIDDEN[k], f"h{k + 1}\n{shown(p['h'][k])}")
        bias = f"b{k + 1} = {shown(p['before'][f'b{k + 1}'])}"
        _outside(axes, k, f"a{k + 1} = {shown(p['a'][k])}", bias)
    y, t, loss = (shown(one) for one in (p["y"][0], p["target"], p["loss"]))
    _node(axes, ANSWER, f"y\n{y}")
    _beside(axes, ANSWER, f"t = {t}\nL = {loss}", f"c = {shown(p['before']['c'])}")


def _backward(axes, p: Mapping[str, Any]) -> None:
    _bare(axes, "2. Backward: ∂L/∂ of every sum and weight")
    _edges(axes, p["gradient"], shown, "right to left", by_size=True)
    _inputs(axes, p)
    for k in (0, 1):
        _node(axes, HIDDEN[k], f"∂a{k + 1}\n{shown(p['delta_a'][k])}", filled=True)
        bias = f"∂b{k + 1} = {shown(p['gradient'][f'b{k + 1}'])}"
        _outside(axes, k, f"∂h{k + 1} = {shown(p['delta_h'][k])}", bias)
    _node(axes, ANSWER, f"∂y\n{shown(p['delta_y'][0])}", filled=True)
    _beside(axes, ANSWER, f"y − t =\n{shown(p['y'][0] - p['target'])}", f"∂c = {shown(p['gradient']['c'])}")


def _update(axes, p: Mapping[str, Any]) -> None:
    _bare(axes, f"3. Update: weight − {shown(p['learning_rate'])} · gradient, then forward again")
    _edges(axes, p["after"], shown, "left to right")
    _inputs(axes, p)
    for k in (0, 1):
        _node(axes, HIDDEN[k], f"h{k + 1}\n{shown(p['h_after'][k])}")
        bias = f"b{k + 1} = {shown(p['after'][f'b{k + 1}'])}"
        _outside(axes, k, f"a{k + 1} = {shown(p['a_after'][k])}", bias)
    y, t, loss = (shown(one) for one in (p["y_after"][0], p["target"], p["loss_after"]))
    _node(axes, ANSWER, f"y\n{y}")
    _beside(axes, ANSWER, f"t = {t}\nL = {loss}", f"c = {shown(p['after']['c'])}")


def _along(axes, p: Mapping[str, Any]) -> None:
    grid(axes)
    rates, losses = p["along"]["learning_rate"], p["along"]["loss"]
    steepness = sum(slope**2 for slope in p["gradient"].values())
    axes.plot(rates, losses, color=COLOUR, linewidth=1.8)
    reach = 0.95 * p["loss"] / steepness
    axes.plot([0, reach], [p["loss"], p["loss"] - reach * steepness], color=MUTED, linewidth=1.2, linestyle="--")
    axes.plot(0, p["loss"], "o", color=COLOUR, mfc=PAPER, ms=7)
    axes.plot(p["learning_rate"], p["loss_after"], "o", color=COLOUR, ms=7)
    axes.annotate(f"before: {shown(p['loss'])}", (0, p["loss"]), (10, 0), textcoords="offset points", va="center")
    axes.annotate(f"this update: {shown(p['loss_after'])}", (p["learning_rate"], p["loss_after"]), (12, 6),
                  textcoords="offset points", va="center")  # fmt: skip
    axes.annotate("slope at 0:\n−Σ (∂L/∂w)²", (reach, p["loss"] - reach * steepness), (-16, 2), color=MUTED,
                  textcoords="offset points", ha="right", va="bottom", fontsize=8.5)  # fmt: skip
    axes.set(xlabel="learning rate η", ylabel="loss L after the update", ylim=(-0.02, 1.12 * max(losses)))
    axes.set_title("The same step with other learning rates")


def _bare(axes, title: str) -> None:
    axes.set(xlim=(-0.5, 4.35), ylim=(-1.95, 1.95), aspect="equal")
    axes.set_axis_off()
    axes.set_title(title)


def _inputs(axes, p: Mapping[str, Any]) -> None:
    for k in (0, 1):
        _node(axes, INPUTS[k], f"x{k + 1}\n{shown(p['x'][k])}")


def _edges(axes, values: Mapping[str, float], text, way: str, *, by_size: bool = False) -> None:
    """Arrows with their names and numbers; by_size makes them as wide as their numbers are large."""
    largest = max(abs(values[name]) for name in EDGES)
    for name, (start, end, place) in EDGES.items():
        width = 0.8 + 3.0 * abs(values[name]) / largest if by_size else 1.2
        tail, head = (start, end) if way == "left to right" else (end, start)
        look = {"arrowstyle": "-|>", "color": COLOUR if by_size else MUTED, "linewidth": width, "mutation_scale": 11,
                "shrinkA": 21, "shrinkB": 21}  # fmt: skip
        axes.annotate("", head, tail, arrowprops=look, zorder=1)
        x, y = (start[k] + place * (end[k] - start[k]) for k in (0, 1))
        label = f"{'∂' if by_size else ''}{name}\n{text(values[name])}"
        ground = {"boxstyle": "square,pad=0.12", "facecolor": PAPER, "edgecolor": "none"}
        axes.text(x, y, label, ha="center", va="center", fontsize=8.5, linespacing=1.05, bbox=ground, zorder=2)


def _node(axes, at: tuple[float, float], text: str, *, filled: bool = False) -> None:
    from matplotlib.patches import Circle

    face = COLOUR if filled else PAPER
    axes.add_patch(Circle(at, RADIUS, facecolor=face, edgecolor=COLOUR, linewidth=1.6, zorder=3))
    colour = PAPER if filled else TEXT
    axes.text(*at, text, ha="center", va="center", fontsize=8.5, color=colour, linespacing=1.15, zorder=4)


def _outside(axes, neuron: int, first: str, second: str) -> None:
    """Words of a hidden neuron where no arrow passes: over the upper one, under the lower one."""
    x, y = HIDDEN[neuron]
    side, words = (1, "bottom") if y > 0 else (-1, "top")
    text = f"{first}\n{second}"
    axes.text(x, y + side * (RADIUS + 0.07), text, ha="center", va=words, fontsize=8.5, linespacing=1.2)


def _beside(axes, at: tuple[float, float], above: str, below: str) -> None:
    axes.text(at[0], at[1] + RADIUS + 0.07, above, ha="center", va="bottom", fontsize=8.5, linespacing=1.2)
    axes.text(at[0], at[1] - RADIUS - 0.07, below, ha="center", va="top", fontsize=8.5)
