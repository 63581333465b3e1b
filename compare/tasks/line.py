"""A line: y = 2x + 3 and noise, the first regression of a course

x is uniform in [0, 1]. Least squares is the best there is, and every number about it is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, generator_of, refuse_sizes, sizes_of

__all__ = ["Line"]


@dataclass(frozen=True)
class Line:
    """Which value belongs to x? y = slope x + intercept + noise xi, xi standard normal; y is as it comes, not scaled.

    Facts.chance of a value is the mean squared error of the best constant answer, in the target's units squared: here
    the answer is slope / 2 + intercept and the error slope^2 / 12 + noise^2. It is no share of right answers: a
    figure that draws chance as an accuracy cannot show it. The best line's error is noise^2.

    Attributes:
        slope, intercept: of the line.
        noise: standard deviation of y about it.
        train, validation, test: how many points.
    """

    slope: float = 2.0
    intercept: float = 3.0
    noise: float = 0.1
    train: int = 200
    validation: int = 100
    test: int = 200

    name: ClassVar[str] = "line"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "A line with noise"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Stigler 1981, Ann. Stat. 9:465, on Legendre's and Gauss' least squares",
        authors="Stigler, S. M.",
        title="Gauss and the Invention of Least Squares",
        journal="The Annals of Statistics",
        year=1981,
        doi="10.1214/aos/1176345451",
    )

    def __post_init__(self) -> None:
        for option in ("slope", "intercept", "noise"):
            if not isfinite(getattr(self, option)):
                raise ValueError(f"{option} = {getattr(self, option)}: write a finite number.")
        if self.noise < 0:
            raise ValueError(f"noise = {self.noise}: write a standard deviation of 0 or more.")
        refuse_sizes(self, 2, "a line needs two points")

    def facts(self) -> Facts:
        """What is known before loading; chance is the mean squared error of the best constant answer."""
        chance = self.slope**2 / 12 + self.noise**2
        return Facts("value", ("feature",), (1,), None, chance=chance, examples=sizes_of(self))

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 1) in [0, 1], y (sample,) float32."""
        return generated(self, self._points)

    def _points(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        generator = generator_of(self.name, part)
        x = generator.random((n, 1))
        y = self.slope * x[:, 0] + self.intercept + self.noise * generator.standard_normal(n)
        return x.astype(np.float32), y.astype(np.float32)
