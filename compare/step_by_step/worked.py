"""The two-layer network's update as lines a person can follow with a pencil: formula, the numbers in it, the value.

Made from what `passes.told` says, and from nothing else, so the report and the page show one and the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Line", "rough", "shown", "worked"]

DIGITS = 4
MINUS = "−"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Line:
    """One number.

    Attributes:
        part: "forward", "loss", "backward", "update" or "again".
        name: what it is called, "a1".  says: what it is, in words.
        formula: with letters.  numbers: the same with numbers.  value: what comes out, in full precision.
    """

    part: str
    name: str
    says: str
    formula: str
    numbers: str
    value: float


def shown(value: float, digits: int = DIGITS) -> str:
    """A number with a typographic minus and no zeros at its end.

    Example:
        >>> shown(-0.30000001)
        '−0.3'
    """
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", MINUS)


def rough(value: float) -> str:
    """A small number by its order of magnitude.

    Example:
        >>> rough(8.2e-11)
        '8·10⁻¹¹'
    """
    digit, power = f"{value:.0e}".split("e")
    return f"{digit}·10{str(int(power)).translate(_RAISED)}"


def worked(passes: Mapping[str, Any]) -> list[Line]:
    """The lines in the order in which they are computed."""
    return [*_forward(passes), *_backward(passes), *_update(passes), *_again(passes)]


def _sum(terms: list[tuple[float, float]], rest: float) -> str:
    """ "0.8·0.8 + 0.4·0.4 − 0.3"."""
    products = " + ".join(f"{_factor(a)}·{_factor(b)}" for a, b in terms)
    return f"{products} {MINUS if rest < 0 else '+'} {shown(abs(rest))}"


def _factor(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)


def _forward(p: Mapping[str, Any]) -> list[Line]:
    w, x, a, h, y, t = p["before"], p["x"], p["a"], p["h"], p["y"][0], p["target"]
    lines = []
    for k in (1, 2):
        terms = [(w[f"w{k}1"], x[0]), (w[f"w{k}2"], x[1])]
        formula = f"w{k}1·x1 + w{k}2·x2 + b{k}"
        lines.append(Line("forward", f"a{k}", f"sum of neuron {k}", formula, _sum(terms, w[f"b{k}"]), a[k - 1]))
    for k in (1, 2):
        numbers = f"1 / (1 + exp({shown(-a[k - 1])}))"
        lines.append(
            Line("forward", f"h{k}", f"activity of neuron {k}", f"1 / (1 + exp({MINUS}a{k}))", numbers, h[k - 1])
        )
    terms = [(w["v1"], h[0]), (w["v2"], h[1])]
    lines.append(Line("forward", "y", "the answer", "v1·h1 + v2·h2 + c", _sum(terms, w["c"]), y))
    lines.append(Line("loss", "L", "the loss", f"(y {MINUS} t)²", f"({shown(y)} {MINUS} {shown(t)})²", p["loss"]))
    return lines


def _backward(p: Mapping[str, Any]) -> list[Line]:
    w, h, y, t, error = p["before"], p["h"], p["y"][0], p["target"], p["delta_y"][0]
    numbers = f"2·({shown(y)} {MINUS} {shown(t)})"
    lines = [Line("backward", "∂L/∂y", "error of the answer", f"2·(y {MINUS} t)", numbers, error)]
    for k in (1, 2):
        numbers = f"{_factor(error)}·{_factor(w[f'v{k}'])}"
        says = f"error at activity {k}"
        lines.append(Line("backward", f"∂L/∂h{k}", says, f"∂L/∂y·v{k}", numbers, p["delta_h"][k - 1]))
    for k in (1, 2):
        one = h[k - 1]
        numbers = f"{_factor(p['delta_h'][k - 1])}·{shown(one)}·(1 {MINUS} {shown(one)})"
        says = f"error at sum {k}"
        formula = f"∂L/∂h{k}·h{k}·(1 {MINUS} h{k})"
        lines.append(Line("backward", f"∂L/∂a{k}", says, formula, numbers, p["delta_a"][k - 1]))
    return lines + _gradients(p)


def _gradients(p: Mapping[str, Any]) -> list[Line]:
    """Of each weight: the error at its end times the activity at its beginning."""
    ends = {
        "w11": ("a1", 0, "x1", p["x"][0]), "w12": ("a1", 0, "x2", p["x"][1]), "w21": ("a2", 1, "x1", p["x"][0]),
        "w22": ("a2", 1, "x2", p["x"][1]), "b1": ("a1", 0, "1", 1.0), "b2": ("a2", 1, "1", 1.0),
    }  # fmt: skip
    lines = []
    for name, (at, place, from_name, from_value) in ends.items():
        error = p["delta_a"][place]
        lines.append(_gradient(p, name, f"∂L/∂{at}", error, from_name, from_value))
    for name, from_name, from_value in (("v1", "h1", p["h"][0]), ("v2", "h2", p["h"][1]), ("c", "1", 1.0)):
        lines.append(_gradient(p, name, "∂L/∂y", p["delta_y"][0], from_name, from_value))
    return lines


def _gradient(p: Mapping[str, Any], name: str, at: str, error: float, from_name: str, from_value: float) -> Line:
    numbers = f"{_factor(error)}·{shown(from_value)}"
    return Line("backward", f"∂L/∂{name}", f"gradient of {name}", f"{at}·{from_name}", numbers, p["gradient"][name])


def _update(p: Mapping[str, Any]) -> list[Line]:
    rate = p["learning_rate"]
    return [
        Line("update", f"{name}′", f"new {name}", f"{name} {MINUS} η·∂L/∂{name}",
             f"{shown(old)} {MINUS} {shown(rate)}·{_factor(p['gradient'][name])}", p["after"][name])
        for name, old in p["before"].items()
    ]  # fmt: skip


def _again(p: Mapping[str, Any]) -> list[Line]:
    w, h, y, t = p["after"], p["h_after"], p["y_after"][0], p["target"]
    numbers = _sum([(w["v1"], h[0]), (w["v2"], h[1])], w["c"])
    return [
        Line("again", "y′", "new answer", "v1′·h1′ + v2′·h2′ + c′", numbers, y),
        Line("again", "L′", "new loss", f"(y′ {MINUS} t)²", f"({shown(y)} {MINUS} {shown(t)})²", p["loss_after"]),
    ]
