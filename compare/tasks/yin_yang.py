"""Yin-yang: two interlocked halves and their dots, four inputs and three classes

Small, and yet a linear read-out of the inputs gets two of three right where a hidden layer gets nearly all: made to
tell learning rules for deep spiking networks apart. A point's mirror images 1 - x and 1 - y are inputs too, so that
neurons without a bias can serve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, generator_of, refuse_sizes, sizes_of

__all__ = ["YinYang"]

RADIUS = 0.5
YIN, YANG, DOT = 0, 1, 2


@dataclass(frozen=True)
class YinYang:
    """Yin (0), yang (1) or dot (2)? Inputs x, y, 1 - x, 1 - y of a point inside the disc around (1/2, 1/2).

    Points are uniform within their class, and the classes come equally often (exactly so; the authors draw each
    point's class). Sizes and geometry are the authors', the random numbers are not. Their class 1 is called yin in
    their code and listed as yang; here the names are those of the list.

    Attributes:
        train, validation, test: how many points.
        dot_radius: of each dot; the disc has 0.5.
    """

    train: int = 5000
    validation: int = 1000
    test: int = 1000
    dot_radius: float = 0.1

    name: ClassVar[str] = "yin_yang"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Yin-yang"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Kriener, Göltz & Petrovici 2022, NICE '22, 107",
        authors="Kriener, L. and Göltz, J. and Petrovici, M. A.",
        title="The Yin-Yang Dataset",
        journal="Neuro-Inspired Computational Elements Conference",
        year=2022,
        doi="10.1145/3517343.3517380",
    )

    def __post_init__(self) -> None:
        refuse_sizes(self, 3, "one of each class")
        if not 0.01 <= self.dot_radius <= RADIUS / 2:
            raise ValueError(
                f"dot_radius = {self.dot_radius}: write 0.01 to {RADIUS / 2}, half the radius of the disc."
            )

    def facts(self) -> Facts:
        """What is known before loading."""
        return Facts("class", ("feature",), (4,), classes=3, chance=1 / 3, examples=sizes_of(self))

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 4) in [0, 1], y (sample,)."""
        return generated(self, self._points)

    def class_of(self, points: np.ndarray) -> np.ndarray:
        """The class of points (sample, 2) in the unit square, (sample,); -1 outside the disc."""
        x, y = points.T
        left, right = np.hypot(x - RADIUS / 2, y - RADIUS), np.hypot(x - 1.5 * RADIUS, y - RADIUS)
        # above the middle, without the right half's bulge, with the left half's
        found = np.where((left <= RADIUS / 2) | ((y > RADIUS) & (right > RADIUS / 2)), YANG, YIN)
        found[(left < self.dot_radius) | (right < self.dot_radius)] = DOT
        found[np.hypot(x - RADIUS, y - RADIUS) > RADIUS] = -1
        return found

    def _points(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        generator = generator_of(self.name, part)
        classes = generator.permutation(np.arange(n) % 3)
        points = np.empty((n, 2))
        for one in (YIN, YANG, DOT):
            points[classes == one] = self._uniform_within(one, int((classes == one).sum()), generator)
        X = np.concatenate([points, 1 - points], axis=1)
        return X.astype(np.float32), classes

    def _uniform_within(self, one: int, n: int, generator: np.random.Generator) -> np.ndarray:
        """(n, 2) points of one class, by rejection."""
        kept = np.empty((0, 2))
        while len(kept) < n:
            points = generator.random((1024, 2))
            kept = np.concatenate([kept, points[self.class_of(points) == one]])
        return kept[:n]
