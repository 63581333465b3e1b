"""Blobs: round clouds of points, one for each class

Isotropic normal clouds around corners of a regular polygon. The best answer is the nearest centre, and its error is
known: for two classes that lie d apart, Phi(-d / (2 spread)). A linear model reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, refuse_sizes, seed_of, sizes_of

__all__ = ["Blobs"]

DISTANCE = 0.25  # of a centre from the middle of the unit square


@dataclass(frozen=True)
class Blobs:
    """Which cloud does the point belong to? scikit-learn's make_blobs around fixed centres, clipped to the unit square.

    Attributes:
        classes: clouds; their centres lie evenly on a circle of radius 1/4 around the middle.
        spread: standard deviation of each coordinate, in sides of the square.
        train, validation, test: how many points.
    """

    classes: int = 3
    spread: float = 0.1
    train: int = 400
    validation: int = 100
    test: int = 500

    name: ClassVar[str] = "blobs"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Blobs (scikit-learn's make_blobs)"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Pedregosa et al. 2011, J. Mach. Learn. Res. 12:2825",
        authors="Pedregosa, F. and others",
        title="Scikit-learn: Machine Learning in Python",
        journal="Journal of Machine Learning Research",
        year=2011,
    )

    def __post_init__(self) -> None:
        if self.classes < 2:
            raise ValueError(f"classes = {self.classes}: write at least 2.")
        if not 0 < self.spread <= 1:
            raise ValueError(f"spread = {self.spread}: write a standard deviation above 0, to 1 side of the square.")
        refuse_sizes(self, self.classes, "one of each class")

    def facts(self) -> Facts:
        """What is known before loading."""
        return Facts("class", ("feature",), (2,), self.classes, chance=1 / self.classes, examples=sizes_of(self))

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 2) in [0, 1], y (sample,)."""
        return generated(self, self._points)

    def centres(self) -> np.ndarray:
        """(class, 2) middles of the clouds."""
        angle = 2 * np.pi * np.arange(self.classes) / self.classes
        return 0.5 + DISTANCE * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def _points(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        from sklearn.datasets import make_blobs

        X, y = make_blobs(n, centers=self.centres(), cluster_std=self.spread, random_state=seed_of(self.name, part))[:2]
        return np.clip(X, 0.0, 1.0).astype(np.float32), np.asarray(y, dtype=np.int64)
