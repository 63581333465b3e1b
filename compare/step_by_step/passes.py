"""One forward pass, loss, backward pass and update of a two-layer network, every number of it.

Two inputs, two hidden neurons with a sigmoid, one linear output, squared error:

    a = W1 x + b1,  h = sigmoid(a),  y = W2 h + b2,  L = (y - t)^2
    delta_y = 2 (y - t),  dL/dW2 = delta_y h',  dL/db2 = delta_y
    delta_a = (W2' delta_y) * h * (1 - h),  dL/dW1 = delta_a x',  dL/db1 = delta_a
    each weight moves by -eta dL/dw

Rumelhart, Hinton & Williams 1986, Nature 323:533, doi:10.1038/323533a0; their error has a factor 1/2 and no factor 2.
Written out in plain equations: no automatic differentiation takes part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

__all__ = ["PARAMETERS", "SAMPLE", "START", "Passes", "Weights", "loss_of", "moved", "one_update", "told"]

SAMPLE = ((0.8, 0.4), 0.2)  # x and the target t
NUDGE = 1e-6  # the central difference's error, about NUDGE^2, and float64's, about 1e-16 / NUDGE, are both below 1e-9


@dataclass(frozen=True)
class Weights:
    """The network's nine numbers, float64.

    Attributes:
        W1: (hidden, input).  b1: (hidden,).
        W2: (output, hidden).  b2: (output,).
    """

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray

    def each(self) -> dict[str, float]:
        """Name -> number: "w11" leads from input 1 to hidden neuron 1, "w21" from input 1 to hidden neuron 2."""
        arrays = (self.W1, self.b1, self.W2, self.b2)
        values = np.concatenate([np.ravel(one) for one in arrays])
        return dict(zip(PARAMETERS, values.tolist(), strict=True))


PARAMETERS = ("w11", "w12", "w21", "w22", "b1", "b2", "v1", "v2", "c")
START = Weights(
    W1=np.array([[0.8, 0.4], [0.3, 0.9]]), b1=np.array([-0.3, 0.1]), W2=np.array([[0.7, 0.5]]), b2=np.array([0.1])
)


@dataclass(frozen=True)
class Passes:
    """Everything that one update computes.

    Attributes:
        x: (input,).  target, learning_rate: numbers.
        before, after: the weights; `gradient`: dL/dw in the same places.
        a, h: (hidden,) what enters and leaves the sigmoid.  y: (output,).  loss: before the update.
        delta_y: (output,) dL/dy.  delta_h, slope, delta_a: (hidden,) dL/dh, h (1 - h) and dL/da.
        a_after, h_after, y_after, loss_after: a second forward pass with the new weights.
    """

    x: np.ndarray
    target: float
    learning_rate: float
    before: Weights
    a: np.ndarray
    h: np.ndarray
    y: np.ndarray
    loss: float
    delta_y: np.ndarray
    delta_h: np.ndarray
    slope: np.ndarray
    delta_a: np.ndarray
    gradient: Weights
    after: Weights
    a_after: np.ndarray
    h_after: np.ndarray
    y_after: np.ndarray
    loss_after: float


def one_update(
    x: Any = SAMPLE[0], target: float = SAMPLE[1], start: Weights = START, learning_rate: float = 0.1
) -> Passes:
    """One sample goes forward, its error goes back, every weight moves once.

    Raises:
        ValueError: a sample that does not fit the weights, or a learning rate that is not above 0.
    """
    x = np.asarray(x, float)
    if x.shape != (start.W1.shape[1],):
        raise ValueError(f"x has shape {x.shape}, but the weights read {start.W1.shape[1]} inputs: give as many.")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate = {learning_rate!r}, but it must be greater than 0.")
    a, h, y = _forward(start, x)
    delta_y = 2 * (y - target)
    delta_h = start.W2.T @ delta_y
    slope = h * (1 - h)
    delta_a = delta_h * slope
    gradient = Weights(np.outer(delta_a, x), delta_a, np.outer(delta_y, h), delta_y)
    after = moved(start, gradient, learning_rate)
    a_after, h_after, y_after = _forward(after, x)
    return Passes(
        x=x, target=target, learning_rate=learning_rate, before=start, a=a, h=h, y=y, loss=_loss(y, target),
        delta_y=delta_y, delta_h=delta_h, slope=slope, delta_a=delta_a, gradient=gradient, after=after,
        a_after=a_after, h_after=h_after, y_after=y_after, loss_after=_loss(y_after, target),
    )  # fmt: skip


def moved(weights: Weights, gradient: Weights, learning_rate: float) -> Weights:
    """The weights after a step down the gradient."""
    pairs = ((getattr(weights, one.name), getattr(gradient, one.name)) for one in fields(Weights))
    return Weights(*(value - learning_rate * slope for value, slope in pairs))


def loss_of(weights: Weights, x: Any = SAMPLE[0], target: float = SAMPLE[1]) -> float:
    """The loss alone."""
    return _loss(_forward(weights, np.asarray(x, float))[2], target)


def told(passes: Passes) -> dict[str, Any]:
    """JSON-ready: every number once; the gradient also as it is measured by nudging each weight."""
    arrays = ("x", "a", "h", "y", "delta_y", "delta_h", "slope", "delta_a", "a_after", "h_after", "y_after")
    numbers = ("target", "learning_rate", "loss", "loss_after")
    weights = {
        "before": passes.before.each(),
        "gradient": passes.gradient.each(),
        "nudged": dict(_nudged(passes)),
        "after": passes.after.each(),
        "along": _along(passes),
    }
    return (
        {name: getattr(passes, name).tolist() for name in arrays}
        | {name: float(getattr(passes, name)) for name in numbers}
        | weights
    )


def _forward(weights: Weights, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a = weights.W1 @ x + weights.b1
    h = 1 / (1 + np.exp(-a))
    return a, h, weights.W2 @ h + weights.b2


def _loss(y: np.ndarray, target: float) -> float:
    return float(np.sum((y - target) ** 2))


def _along(passes: Passes, longest: float = 0.6, count: int = 61) -> dict[str, list[float]]:
    """The loss after an update of the same direction with other learning rates."""
    rates = np.linspace(0.0, longest, count)
    losses = [loss_of(moved(passes.before, passes.gradient, rate), passes.x, passes.target) for rate in rates]
    return {"learning_rate": rates.tolist(), "loss": losses}


def _nudged(passes: Passes) -> Iterator[tuple[str, float]]:
    """Parameter -> (L(w + nudge) - L(w - nudge)) / (2 nudge): the gradient without any calculus."""
    names = iter(PARAMETERS)
    for field in (one.name for one in fields(Weights)):
        values = getattr(passes.before, field)
        for place in np.ndindex(values.shape):
            step = np.zeros_like(values)
            step[place] = NUDGE
            ends = (
                loss_of(replace(passes.before, **{field: values + s * step}), passes.x, passes.target) for s in (1, -1)
            )
            yield next(names), (next(ends) - next(ends)) / (2 * NUDGE)
