"""Watches a learner while it trains: its accuracy on validation data, and its state before the first update."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Part = tuple[np.ndarray, np.ndarray]


class Curve:
    """An observer (`ann.contract.Observer`) that is due once for each point, at the first chance that it gets.

    Attributes:
        rows: (split, examples seen, metric, value) of what was measured.
        initial_activations, initial_weights: of the untrained learner, if 0 is among the points.
        seen: examples seen when last asked.
        spent_s: seconds that measuring took, which are not the learner's.
    """

    def __init__(
        self,
        points: Sequence[int],
        validation: Part,
        probe: np.ndarray,
        tell: Callable[[int, int | None], None],
        of: int | None,
    ) -> None:
        self._waiting = sorted(set(points))
        self._validation, self._probe, self._tell, self._of = validation, probe, tell, of
        self._told = 0.0
        self.rows: list[tuple[str, int, str, float]] = []
        self.initial_activations: dict[str, np.ndarray] = {}
        self.initial_weights: dict[str, np.ndarray] = {}
        self.seen = 0
        self.spent_s = 0.0

    def due(self, examples_seen: int) -> bool:
        """Whether a point was reached. Being asked also moves the progress bar, five times a second at most."""
        self.seen = examples_seen
        if time.monotonic() - self._told > 0.2:
            self._told = time.monotonic()
            self._tell(examples_seen, self._of)
        return bool(self._waiting) and examples_seen >= self._waiting[0]

    def __call__(self, learner: Any, examples_seen: int, **facts: float) -> None:
        """Measure. One measurement serves all the points that were passed since the last one."""
        began = time.perf_counter()
        while self._waiting and self._waiting[0] <= examples_seen:
            self._waiting.pop(0)
        if examples_seen == 0:
            self.initial_activations = copies(learner, "activations", self._probe)
            self.initial_weights = copies(learner, "weights")
        known = facts.pop("validation_accuracy", None)  # a learner that measured it itself need not be asked again
        if known is not None:
            self.rows.append(("validation", examples_seen, "accuracy", float(known)))
        self.measure(learner, examples_seen)
        self.rows += [("train", examples_seen, name, float(value)) for name, value in sorted(facts.items())]
        self.spent_s += time.perf_counter() - began

    def measure(self, learner: Any, examples_seen: int) -> None:
        """Accuracy on the validation data, unless it was measured at this point already."""
        X, y = self._validation
        if ("validation", examples_seen) not in {row[:2] for row in self.rows} and len(y):
            accuracy = float(np.mean(np.asarray(learner.predict(X)) == y))
            self.rows.append(("validation", examples_seen, "accuracy", accuracy))


def copies(learner: Any, capability: str, *arguments: Any) -> dict[str, np.ndarray]:
    """What a capability that gives named arrays gives, copied; empty if the learner lacks it."""
    if not hasattr(learner, capability):
        return {}
    return {name: np.array(array) for name, array in getattr(learner, capability)(*arguments).items()}
