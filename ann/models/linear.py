"""Linear regression: one linear layer, which a network of values must beat"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import torch
from torch import nn

from ann import chance
from ann.models._block import Block
from ann.source import Source


@dataclass(frozen=True)
class Linear:
    """y = W x + b; no hidden layer. For a Regressor, whose loss "mse" makes it least squares.

    Trained step by step; the answer that it comes to is that of the normal equations. A Classifier makes softmax
    regression of it, which is ann.Logistic.
    """

    name: ClassVar[str] = "linear"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "Legendre 1805, Nouvelles méthodes pour la détermination des orbites des comètes, 72",
        "Legendre, Adrien-Marie",
        "Nouvelles méthodes pour la détermination des orbites des comètes",
        "Firmin Didot",
        1805,
    )

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> nn.Sequential:
        """One Block, "output", from samples of `shape` to `outputs` values."""
        with chance.borrowed(generator):
            return nn.Sequential(OrderedDict(output=Block(nn.Linear(prod(shape), outputs))))
