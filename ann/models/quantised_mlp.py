"""MLP whose activations take few levels: a rate-coded spiking network's twin"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any, ClassVar

import torch
from torch import nn

from ann import chance
from ann.models._block import Block, whole_numbers
from ann.source import Source


@dataclass(frozen=True)
class QuantisedMLP:
    """h_l = round((n - 1) clip(W_l h_{l-1} + b_l, 0, 1)) / (n - 1), logits = W h + b.

    A hidden neuron tells one of n levels from 0 to 1, as one that can spike 0 to n - 1 times does; a spiking network of
    T steps has its twin at n = T + 1 levels, or 2^ceil(log2(T + 1)), which is a whole number of bits (Yan, Bai & Wong
    2024, arXiv:2409.08290). Learning takes the rounding for the identity (straight-through estimator): the derivative
    is 1 inside [0, 1] and 0 outside.

    Attributes:
        hidden: neurons of each hidden layer.
        levels: n, at least 2.

    Raises:
        ValueError: if a layer has no neuron or there are fewer than 2 levels.
    """

    hidden: tuple[int, ...] = (100,)
    levels: int = 16

    name: ClassVar[str] = "quantised_mlp"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "Bengio, Léonard & Courville 2013, arXiv:1308.3432",
        "Bengio, Yoshua and Léonard, Nicholas and Courville, Aaron",
        "Estimating or propagating gradients through stochastic neurons for conditional computation",
        "arXiv:1308.3432",
        2013,
        "10.48550/arXiv.1308.3432",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", whole_numbers("hidden", self.hidden))
        whole_numbers("levels", (self.levels,))
        if self.levels < 2:
            raise ValueError(f"levels = {self.levels}, but an activation needs at least 2 levels, off and on.")

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> nn.Sequential:
        """Blocks "hidden1", "hidden2", ... and "output", from samples of `shape` to `outputs` logits."""
        sizes = (prod(shape), *self.hidden)
        with chance.borrowed(generator):
            layers = {
                f"hidden{depth}": Block(nn.Linear(before, after), Quantised(self.levels))
                for depth, (before, after) in enumerate(pairwise(sizes), start=1)
            }
            layers["output"] = Block(nn.Linear(sizes[-1], outputs))
        return nn.Sequential(OrderedDict(layers))


class Quantised(nn.Module):
    """a -> round((n - 1) clip(a, 0, 1)) / (n - 1), with the derivative of clip(a, 0, 1)."""

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.levels = levels

    def forward(self, a: torch.Tensor) -> torch.Tensor:
        clipped, steps = a.clamp(0, 1), self.levels - 1
        if not torch.is_grad_enabled():
            return (clipped * steps).round() / steps  # plain operators, which can be exported
        return _StraightThrough.apply(clipped, steps)  # type: ignore[no-any-return]


class _StraightThrough(torch.autograd.Function):
    """Rounds forward, and lets the derivative pass. The sum c + (q - c).detach() would miss the levels by a bit."""

    @staticmethod
    def forward(ctx: Any, c: torch.Tensor, steps: int) -> torch.Tensor:
        return (c * steps).round() / steps

    @staticmethod
    def backward(ctx: Any, *errors: torch.Tensor) -> tuple[torch.Tensor, None]:
        return errors[0], None
