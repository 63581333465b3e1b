"""A layer: weights, normalisation, activation, pooling. Layered models are nn.Sequential of these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

Activation = Literal[
    "relu", "leaky_relu", "elu", "tanh", "sigmoid", "linear", "celu", "gelu", "hardshrink", "hardsigmoid", "hardswish",
    "hardtanh", "log_sigmoid", "mish", "relu6", "selu", "silu", "softplus", "softshrink", "softsign", "tanhshrink",
]  # fmt: skip

# all of torch that act on each number by itself, learn nothing and draw nothing, with torch's own constants
_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "linear": nn.Identity,
    "celu": nn.CELU,
    "gelu": nn.GELU,
    "hardshrink": nn.Hardshrink,
    "hardsigmoid": nn.Hardsigmoid,
    "hardswish": nn.Hardswish,
    "hardtanh": nn.Hardtanh,
    "log_sigmoid": nn.LogSigmoid,
    "mish": nn.Mish,
    "relu6": nn.ReLU6,
    "selu": nn.SELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "softshrink": nn.Softshrink,
    "softsign": nn.Softsign,
    "tanhshrink": nn.Tanhshrink,
}


def activation(name: str) -> nn.Module:
    """The activation of that name, as a module.

    Raises:
        ValueError: if there is none of that name.
    """
    if name not in _ACTIVATIONS:
        raise ValueError(f"activation = {name!r} is not known; choose one of {', '.join(_ACTIVATIONS)}.")
    return _ACTIVATIONS[name]()


class Block(nn.Module):
    """h = pooling(activation(normalisation(linear(x)))); all but `linear` may be left out.

    `linear` is nn.Linear, which reads its input flattened, or nn.Conv2d.

    Shapes: x (sample, *shape); h (sample, neuron), or (sample, channel, height, width) after a convolution.
    """

    def __init__(
        self,
        linear: nn.Linear | nn.Conv2d,
        activation: nn.Module | None = None,
        pooling: nn.Module | None = None,
        normalisation: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.linear = linear
        self.normalisation = nn.Identity() if normalisation is None else normalisation
        self.activation = nn.Identity() if activation is None else activation
        self.pooling = nn.Identity() if pooling is None else pooling

    def drive(self, x: torch.Tensor) -> torch.Tensor:
        """What enters the activation."""
        return self.normalisation(self.linear(x.flatten(1) if isinstance(self.linear, nn.Linear) else x))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.pooling(self.activation(self.drive(x)))


def whole_numbers(name: str, values: Any) -> tuple[int, ...]:
    """`values` as a tuple of positive whole numbers; a single number is a tuple of one.

    Raises:
        ValueError: if one of them is not a whole number of at least 1.
    """
    several = tuple(values) if isinstance(values, Iterable) else (values,)
    for value in several:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"{name} = {values!r}, but each of its numbers must be a whole number of at least 1.")
    return tuple(int(value) for value in several)
