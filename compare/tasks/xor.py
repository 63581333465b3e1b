"""Exclusive or: noisy points around the four corners of a square

The smallest task that no linear model solves (Minsky & Papert 1969). The probe is the truth table itself.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._split import split_of

__all__ = ["XOR"]

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
ANSWERS = np.array([0, 1, 1, 0], dtype=np.int64)


@dataclass(frozen=True)
class XOR:
    """Do the two inputs differ? Points lie inside the unit square, at a normal distance from their corner.

    A point's coordinates are |corner - |noise * xi||, xi standard normal, clipped to the square: the noise only points
    inwards. Each part has the four corners equally often; the first four test points are the truth table.

    Attributes:
        train, validation, test: how many points.
        noise: standard deviation of a coordinate before folding, in sides of the square; beyond 0.25 classes mix.
    """

    train: int = 400
    validation: int = 100
    test: int = 200
    noise: float = 0.15

    name: ClassVar[str] = "xor"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Exclusive or (noisy points)"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Minsky & Papert 1969, Perceptrons, MIT Press",
        authors="Minsky, M. and Papert, S.",
        title="Perceptrons: An Introduction to Computational Geometry",
        journal="MIT Press",
        year=1969,
    )

    def __post_init__(self) -> None:
        for which in ("train", "validation", "test"):
            if getattr(self, which) < 8:
                raise ValueError(f"{which} = {getattr(self, which)}: write at least 8 points, two at each corner.")
        if not 0 <= self.noise <= 1:
            raise ValueError(f"noise = {self.noise}: write a standard deviation from 0 to 1 side of the square.")

    def facts(self) -> Facts:
        """What is known before loading."""
        return Facts(
            target="class",
            axes=("feature",),
            shape=(2,),
            classes=2,
            chance=0.5,
            examples={"train": self.train, "validation": self.validation, "test": self.test},
        )

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 2) in [0, 1], y (sample,) of 0 and 1."""
        noisy, answers = self._points("test", self.test - len(CORNERS))
        test = np.concatenate([CORNERS, noisy]), np.concatenate([ANSWERS, answers])
        train, validation = self._points("train", self.train), self._points("validation", self.validation)
        return split_of(self.facts(), train, validation, test, (CORNERS, ANSWERS))

    def _points(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        generator = np.random.Generator(np.random.PCG64(zlib.crc32(f"xor {part}".encode())))
        corner = generator.permutation(np.arange(n) % 4)
        inwards = np.abs(generator.normal(0.0, self.noise, (n, 2))) if self.noise else np.zeros((n, 2))
        points = np.clip(np.abs(CORNERS[corner] - inwards), 0.0, 1.0)
        return points.astype(np.float32), ANSWERS[corner]
