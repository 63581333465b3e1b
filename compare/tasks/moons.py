"""Moons: two half circles, each reaching into the other

scikit-learn's make_moons. A line cuts through both; a network with a hidden layer bends around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, refuse_sizes, seed_of, sizes_of

__all__ = ["Moons"]

MIDDLE = np.array([0.5, 0.25])  # of make_moons' own coordinates, in which a moon's radius is 1
SIDE = 4.0  # of the square that becomes the unit square: 3 wide moons, and room for noise


@dataclass(frozen=True)
class Moons:
    """Which moon does the point belong to? Points on half circles of radius 1/4, with normal noise.

    make_moons' plane is shrunk by 4 and moved so that the moons' middle is the middle of the unit square; what noise
    pushes out is clipped.

    Attributes:
        noise: standard deviation of each coordinate in radii of a moon, as make_moons counts it.
        train, validation, test: how many points.
    """

    noise: float = 0.1
    train: int = 400
    validation: int = 100
    test: int = 500

    name: ClassVar[str] = "moons"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Two moons (scikit-learn's make_moons)"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Pedregosa et al. 2011, J. Mach. Learn. Res. 12:2825",
        authors="Pedregosa, F. and others",
        title="Scikit-learn: Machine Learning in Python",
        journal="Journal of Machine Learning Research",
        year=2011,
    )

    def __post_init__(self) -> None:
        if not 0 < self.noise <= 1:
            raise ValueError(f"noise = {self.noise}: write above 0, to 1 radius; without it the parts share points.")
        refuse_sizes(self, 2, "one of each moon")

    def facts(self) -> Facts:
        """What is known before loading."""
        return Facts("class", ("feature",), (2,), classes=2, chance=0.5, examples=sizes_of(self))

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 2) in [0, 1], y (sample,)."""
        return generated(self, self._points)

    def _points(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        from sklearn.datasets import make_moons

        X, y = make_moons(n, noise=self.noise, random_state=seed_of(self.name, part))
        return np.clip((X - MIDDLE) / SIDE + 0.5, 0.0, 1.0).astype(np.float32), np.asarray(y, dtype=np.int64)
