"""Exclusive or: ten hidden neurons solve the truth table, logistic regression cannot.

Two learners of the toolkit, the four corners as the only samples, ten networks each. Right answers are counted on the
same four corners: nothing is generalised here, the question is what the model can say at all (Minsky & Papert 1969).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from compare.tasks.xor import ANSWERS, CORNERS

if TYPE_CHECKING:
    from ann import Classifier

__all__ = ["HIDDEN", "MLP", "REGRESSION", "learner", "most_right_by_a_line", "told"]

MLP, REGRESSION = "MLP", "logistic regression"
HIDDEN, EPOCHS, RATE, NETWORKS = 10, 300, 0.05, 10
GRID = 25


def learner(kind: str, seed: int) -> Classifier:
    """An untrained learner: softmax output, cross-entropy, Adam, all four corners in every update."""
    import ann

    model = ann.MLP(hidden=(HIDDEN,), activation="relu") if kind == MLP else ann.Logistic()
    rule = ann.Backprop(optimiser="adam", learning_rate=RATE)
    return ann.Classifier(model, rule, epochs=EPOCHS, batch_size=len(CORNERS), device="cpu", random_state=seed)


def most_right_by_a_line() -> int:
    """How many corners the best line gets right: every way to part four points by a line is tried.

    A line parts the points as w . x + b does; for the corners of a square, w with entries of -1, 0 and 1 and b half
    way between their values give all of the 14 ways.
    """
    found = 0
    for w in product((-1.0, 0.0, 1.0), repeat=2):
        values = CORNERS @ np.array(w)
        for b in np.arange(-2.5, 3.0, 1.0):
            found = max(found, int(((values + b > 0) == ANSWERS).sum()))
    return found


class _MostRight:
    """Sees how many corners a learner gets right while it learns, before the first update and after every tenth."""

    def __init__(self) -> None:
        self.found = 0

    def due(self, examples_seen: int) -> bool:
        return examples_seen % (10 * len(CORNERS)) == 0

    def __call__(self, learner: Any, examples_seen: int, **facts: float) -> None:
        self.found = max(self.found, int((learner.predict(CORNERS) == ANSWERS).sum()))


def told(seed: int) -> dict[str, Any]:
    """JSON-ready: right answers and loss of every network, and what the first two answer between the corners.

    The networks' seeds are 10 * seed, ..., 10 * seed + 9.
    """
    seeds = [NETWORKS * seed + k for k in range(NETWORKS)]
    axis = np.linspace(-0.25, 1.25, GRID)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    out: dict[str, Any] = {"seeds": seeds, "corners": CORNERS.tolist(), "answers": ANSWERS.tolist(), "hidden": HIDDEN,
                           "epochs": EPOCHS, "learning_rate": RATE, "most_by_a_line": most_right_by_a_line(),
                           "axis": axis.tolist(), "learners": {}}  # fmt: skip
    for kind in (MLP, REGRESSION):
        watchers = [_MostRight() for _ in seeds]
        fitted = [
            learner(kind, one).fit(CORNERS, ANSWERS, observer=watcher)
            for one, watcher in zip(seeds, watchers, strict=True)
        ]
        out["learners"][kind] = _of(fitted, plane) | {"most_right": [one.found for one in watchers]}
    return out


def _of(fitted: list[Classifier], plane: np.ndarray) -> dict[str, Any]:
    """What one kind of learner came to; the field and the truth table are the first network's."""
    each = [one.predict_proba(CORNERS) for one in fitted]
    return {
        "right": [int((found.argmax(1) == ANSWERS).sum()) for found in each],
        "loss": [float(-np.log(found[range(len(ANSWERS)), ANSWERS]).mean()) for found in each],
        "solved": sum(bool((found.argmax(1) == ANSWERS).all()) for found in each),
        "parameters": int(sum(p.size for p in fitted[0].weights().values())),
        "truth_table": each[0][:, 1].tolist(),
        "field": fitted[0].predict_proba(plane)[:, 1].reshape(GRID, GRID).tolist(),
    }
