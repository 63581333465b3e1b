"""Multilayer perceptron: fully connected layers with an activation between them"""

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
class MLP:
    """h_l = f(W_l h_{l-1} + b_l), logits = W h + b. Weights start as torch's nn.Linear does (uniform, 1/sqrt(fan-in)).

    Attributes:
        hidden: neurons of each hidden layer; () leaves softmax regression.
        activation: f, the same in every hidden layer: "relu", "leaky_relu", "elu", "tanh", "sigmoid", "linear" or
            another of torch's by its name in small letters, as "gelu" or "softplus".

    Raises:
        ValueError: if a layer has no neuron or the activation is not known.
    """

    hidden: tuple[int, ...] = (100,)
    activation: Activation = "relu"

    name: ClassVar[str] = "mlp"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "Rumelhart, Hinton & Williams 1986, Nature 323:533",
        "Rumelhart, David E. and Hinton, Geoffrey E. and Williams, Ronald J.",
        "Learning representations by back-propagating errors",
        "Nature",
        1986,
        "10.1038/323533a0",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", whole_numbers("hidden", self.hidden))
        activation(self.activation)

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> nn.Sequential:
        """Blocks "hidden1", "hidden2", ... and "output", from samples of `shape` to `outputs` logits."""
        sizes = (prod(shape), *self.hidden)
        with chance.borrowed(generator):
            layers = {
                f"hidden{depth}": Block(nn.Linear(before, after), activation(self.activation))
                for depth, (before, after) in enumerate(pairwise(sizes), start=1)
            }
            layers["output"] = Block(nn.Linear(sizes[-1], outputs))
        return nn.Sequential(OrderedDict(layers))
