"""Softmax regression: one linear layer, the reference that a network must beat"""

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
class Logistic:
    """p(class | x) = softmax(W x + b); no hidden layer."""

    name: ClassVar[str] = "logistic"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "Cox 1958, J. R. Stat. Soc. B 20:215",
        "Cox, D. R.",
        "The regression analysis of binary sequences",
        "Journal of the Royal Statistical Society B",
        1958,
        "10.1111/j.2517-6161.1958.tb00292.x",
    )

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> nn.Sequential:
        """One Block, "output", from samples of `shape` to `outputs` logits."""
        with chance.borrowed(generator):
            return nn.Sequential(OrderedDict(output=Block(nn.Linear(prod(shape), outputs))))
