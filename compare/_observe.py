"""Watches a learner while it trains: its score on validation data, its state before the first update, and how far its
rule's updates lie from the gradient."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compare.contract import Split
from compare.learning import gradient_angles

ANGLE, CHANCE = "gradient_angle", "gradient_angle_chance"  # metrics of a layer, "gradient_angle.hidden1"
ANGLE_SAMPLES = 256  # the first of the training samples, as one batch

Part = tuple[np.ndarray, np.ndarray]


class Curve:
    """An observer (`ann.contract.Observer`) that is due once for each point, at the first chance that it gets.

    Attributes:
        rows: (split, examples seen, metric, value, unit) of what was measured.
        initial_activations, initial_weights: of the untrained learner, if 0 is among the points.
        refusals: metric -> the learner's sentence, where it would not be measured.
        seen: examples seen when last asked.
        spent_s: seconds that measuring took, which are not the learner's.
    """

    def __init__(
        self,
        points: Sequence[int],
        split: Split,
        judge: Callable[[Any, Part], Sequence[tuple[str, float, str]]],
        tell: Callable[[int, int | None], None],
        of: int | None,
    ) -> None:
        self._waiting = sorted(set(points))
        self._split, self._judge, self._tell, self._of = split, judge, tell, of
        self._told = 0.0
        self.rows: list[tuple[str, int, str, float, str]] = []
        self.initial_activations: dict[str, np.ndarray] = {}
        self.initial_weights: dict[str, np.ndarray] = {}
        self.refusals: dict[str, str] = {}
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
            self.initial_activations = copies(learner, "activations", self._split.probe[0])
            self.initial_weights = copies(learner, "weights")
        known = facts.pop("validation_accuracy", None)  # a learner that measured it itself need not be asked again
        if known is not None:
            self.rows.append(("validation", examples_seen, "accuracy", float(known), ""))
        self.measure(learner, examples_seen)
        self.rows += [("train", examples_seen, name, float(value), "") for name, value in sorted(facts.items())]
        self.spent_s += time.perf_counter() - began

    def measure(self, learner: Any, examples_seen: int) -> None:
        """Scores on the validation data and the updates' angles, unless they were measured at this point already."""
        known = {row[:2] for row in self.rows}
        if ("validation", examples_seen) not in known and len(self._split.validation[1]):
            scores = self._judge(learner, self._split.validation)
            self.rows += [("validation", examples_seen, *score) for score in scores]
        if ("train", examples_seen, ANGLE) not in {(*row[:2], row[2].split(".")[0]) for row in self.rows}:
            X, y = (array[:ANGLE_SAMPLES] for array in self._split.train)
            try:
                self.rows += [("train", examples_seen, *row) for row in angles(learner, X, y)]
            except NotImplementedError as error:
                self.refusals[ANGLE] = str(error)


def angles(learner: Any, X: np.ndarray, y: np.ndarray) -> list[tuple[str, float, str]]:
    """("gradient_angle.<layer>", degrees, unit) of each layer, and the half width of chance's band around 90 degrees.

    Empty for a learner that tells no updates.

    Raises:
        NotImplementedError: the learner refuses, as one whose answer has no gradient; its sentence.
    """
    if not hasattr(learner, "update_and_gradient"):
        return []
    found = gradient_angles(*learner.update_and_gradient(X, y))
    rows = [(f"{ANGLE}.{layer}", angle.degrees, "degree") for layer, angle in found.items()]
    return rows + [(f"{CHANCE}.{layer}", angle.chance_degrees, "degree") for layer, angle in found.items()]


def copies(learner: Any, capability: str, *arguments: Any) -> dict[str, np.ndarray]:
    """What a capability that gives named arrays gives, copied; empty if the learner lacks it."""
    if not hasattr(learner, capability):
        return {}
    return {name: np.array(array) for name, array in getattr(learner, capability)(*arguments).items()}
