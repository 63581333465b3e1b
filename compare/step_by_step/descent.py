"""Gradient descent on a line: data, the path of slope and intercept, and the surface that it goes down.

    L(w, b) = mean (w x + b - y)^2,  dL/dw = 2 mean (w x + b - y) x,  dL/db = 2 mean (w x + b - y)

Legendre 1805 for least squares; the way there by small steps downhill is Cauchy's, 1847, C. R. Acad. Sci. 25:536.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["LINES", "Descent", "LineData", "drawn", "go_down", "gradient_at", "losses_at", "told"]


@dataclass(frozen=True)
class LineData:
    """y = slope x + intercept + noise xi, xi standard normal, x uniform in [0, 1].

    Attributes:
        name: "y = 2x + 3 + noise".
        slope, intercept, noise: of the law that made the points.
        x, y: (point,).
    """

    name: str
    slope: float
    intercept: float
    noise: float
    x: np.ndarray
    y: np.ndarray


LINES = {"y = 2x + 3 + noise": (2.0, 3.0), "y = 3x + noise": (3.0, 0.0)}


@dataclass(frozen=True)
class Descent:
    """A path downhill.

    Attributes:
        learning_rate: factor of the gradient.
        path: (step, 2) w and b, the start first.
        loss: (step,) at each of them.
        best: (2,) w and b of least squares, by the normal equations.  best_loss: there; no line has less.
    """

    learning_rate: float
    path: np.ndarray
    loss: np.ndarray
    best: np.ndarray
    best_loss: float


def drawn(name: str, seed: int, *, points: int = 40, noise: float = 0.3) -> LineData:
    """Points about the line called `name`, from the seed; other lines get points of their own.

    Raises:
        ValueError: a line that is not in LINES, or fewer than two points.
    """
    if name not in LINES:
        raise ValueError(f"There is no line called {name!r}; choose one of {', '.join(LINES)}.")
    if points < 2:
        raise ValueError(f"points = {points}: a line needs at least 2.")
    slope, intercept = LINES[name]
    chance = np.random.default_rng([seed, list(LINES).index(name)])
    x = np.sort(chance.random(points))
    return LineData(name, slope, intercept, noise, x, slope * x + intercept + noise * chance.standard_normal(points))


def losses_at(data: LineData, w: Any, b: Any) -> np.ndarray:
    """Mean squared error of w x + b; w and b of one shape, which is the result's."""
    w, b = np.asarray(w, float)[..., None], np.asarray(b, float)[..., None]
    return ((w * data.x + b - data.y) ** 2).mean(-1)


def gradient_at(data: LineData, w: float, b: float) -> np.ndarray:
    """(2,) dL/dw and dL/db."""
    error = w * data.x + b - data.y
    return 2 * np.array([(error * data.x).mean(), error.mean()])


def go_down(
    data: LineData, *, start: Sequence[float] = (0.0, 0.0), learning_rate: float = 0.5, steps: int = 100
) -> Descent:
    """`steps` updates of w and b, each with all points.

    Raises:
        ValueError: a learning rate at which the path would not come down: 2 over the largest curvature or more.
    """
    moments = np.array([[(data.x**2).mean(), data.x.mean()], [data.x.mean(), 1.0]])
    limit = 1 / float(np.linalg.eigvalsh(moments)[-1])  # the curvature is twice the moments
    if not 0 < learning_rate < limit:
        raise ValueError(
            f"learning_rate = {learning_rate}, but on these points descent needs one above 0 and below {limit:.3f}; "
            "beyond, every step overshoots by more than the last."
        )
    path = [np.asarray(start, float)]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * gradient_at(data, *path[-1]))
    best = np.linalg.solve(moments, np.array([(data.x * data.y).mean(), data.y.mean()]))
    walked = np.array(path)
    return Descent(learning_rate, walked, losses_at(data, *walked.T), best, float(losses_at(data, *best)))


def told(data: LineData, descent: Descent, grid: int = 31) -> dict[str, Any]:
    """JSON-ready: points, path and the surface on a grid that holds the whole path."""
    w, b = (_axis(descent.path[:, k], descent.best[k], grid) for k in (0, 1))
    surface = losses_at(data, *np.meshgrid(w, b))
    numbers = {key: float(getattr(data, key)) for key in ("slope", "intercept", "noise")}
    return {"name": data.name, **numbers, "x": data.x.tolist(), "y": data.y.tolist(),
            "learning_rate": descent.learning_rate, "path": descent.path.tolist(), "loss": descent.loss.tolist(),
            "best": descent.best.tolist(), "best_loss": descent.best_loss,
            "surface": {"w": w.tolist(), "b": b.tolist(), "loss": surface.tolist()}}  # fmt: skip


def _axis(values: np.ndarray, best: float, grid: int) -> np.ndarray:
    """Even steps from below the least to above the largest, about as far to both sides of the best."""
    reach = 1.25 * max(np.abs(values - best).max(), 0.5)
    return np.linspace(best - reach, best + reach, grid)
