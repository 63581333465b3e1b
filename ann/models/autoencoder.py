"""Autoencoder: an hourglass of fully connected layers around a code"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import ClassVar

import torch
from torch import nn

from ann import chance
from ann.models._block import Activation, Block, activation, whole_numbers
from ann.source import Source


@dataclass(frozen=True)
class EncoderDecoder:
    """code = W f(... x) + b; output = V f(... code) + c: the layers behind the code mirror those before it.

    For ann.Autoencoder, which makes the output equal the input. Code and output are linear, so that without hidden
    layers the code spans what the first principal components span (Baldi & Hornik 1989,
    doi:10.1016/0893-6080(89)90014-2).

    Attributes:
        hidden: neurons of each layer before the code; as many behind it, in the opposite order.
        code: numbers that a sample is squeezed into.
        activation: f, of the hidden layers.

    Raises:
        ValueError: if a layer has no neuron or the activation is not known.
    """

    hidden: tuple[int, ...] = (64,)
    code: int = 8
    activation: Activation = "relu"

    name: ClassVar[str] = "autoencoder"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "Hinton & Salakhutdinov 2006, Science 313:504",
        "Hinton, Geoffrey E. and Salakhutdinov, Ruslan R.",
        "Reducing the dimensionality of data with neural networks",
        "Science",
        2006,
        "10.1126/science.1127647",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", whole_numbers("hidden", self.hidden))
        whole_numbers("code", (self.code,))
        activation(self.activation)

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> nn.Sequential:
        """Blocks "encoder1", ..., "code", "decoder1", ... and "output", from samples of `shape` to `outputs` values."""
        before, behind = (prod(shape), *self.hidden), (self.code, *reversed(self.hidden))
        with chance.borrowed(generator):
            layers = {
                **self._hidden("encoder", before),
                "code": Block(nn.Linear(before[-1], self.code)),
                **self._hidden("decoder", behind),
                "output": Block(nn.Linear(behind[-1], outputs)),
            }
        return nn.Sequential(OrderedDict(layers))

    def _hidden(self, name: str, sizes: tuple[int, ...]) -> dict[str, Block]:
        return {
            f"{name}{depth}": Block(nn.Linear(a, b), activation(self.activation))
            for depth, (a, b) in enumerate(pairwise(sizes), start=1)
        }
