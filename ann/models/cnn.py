"""Convolutional network: filters and pooling, then fully connected layers"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

import torch
from torch import nn

from ann import chance
from ann.models._batch_norm import BatchNorm
from ann.models._block import Activation, Block, activation, whole_numbers
from ann.source import Source


@dataclass(frozen=True)
class CNN:
    """Each stage: h = pool_2x2(f(W * h + b)), zero-padded to keep its size; then fully connected layers as in an MLP.

    32 filters of 3x3, pooling and the decision: `CNN(channels=(32,), hidden=())`. The sizes of LeNet-5 (LeCun et al.
    1998): `CNN(channels=(6, 16), kernel=5, pooling="average", hidden=(120, 84), activation="tanh")`, whose second
    convolution is not padded there, so that 400 numbers and not 784 reach its hidden layers, in 28x28 images.

    Attributes:
        channels: filters of each convolutional stage.
        kernel: height and width of a filter, odd.
        pooling: "max" or "average", over 2x2 without overlap.
        hidden: neurons of each fully connected hidden layer.
        activation: f, the same everywhere.
        normalisation: "batch" scales what a filter gives to mean 0 and variance 1 over the batch before f, then by a
            gain and a bias that are learned (Ioffe & Szegedy 2015, arXiv:1502.03167); "none" leaves it.

    Raises:
        ValueError: if a number is not at least 1, the kernel is even, or a name is not known.
    """

    channels: tuple[int, ...] = (16, 32)
    kernel: int = 3
    pooling: Literal["max", "average"] = "max"
    hidden: tuple[int, ...] = (48,)
    activation: Activation = "relu"
    normalisation: Literal["none", "batch"] = "none"

    name: ClassVar[str] = "cnn"
    reads: ClassVar[str] = "values"
    source: ClassVar[Source] = Source(
        "LeCun, Bottou, Bengio & Haffner 1998, Proc. IEEE 86:2278",
        "LeCun, Yann and Bottou, Léon and Bengio, Yoshua and Haffner, Patrick",
        "Gradient-based learning applied to document recognition",
        "Proceedings of the IEEE",
        1998,
        "10.1109/5.726791",
    )

    def __post_init__(self) -> None:
        for field in ("channels", "hidden"):
            object.__setattr__(self, field, whole_numbers(field, getattr(self, field)))
        (kernel,) = whole_numbers("kernel", (self.kernel,))
        if kernel % 2 == 0:
            raise ValueError(f"kernel = {kernel}, but it must be odd, so that a filter has a centre.")
        if self.pooling not in ("max", "average"):
            raise ValueError(f'pooling = {self.pooling!r} is not known; choose "max" or "average".')
        if self.normalisation not in ("none", "batch"):
            raise ValueError(f'normalisation = {self.normalisation!r} is not known; choose "none" or "batch".')
        activation(self.activation)

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """A sentence if samples of `shape` are no images, or too small for this many stages of pooling."""
        if len(shape) != 3:
            return f"CNN reads images (channel, height, width), but a sample here has the shape {tuple(shape)}."
        smallest = 2 ** len(self.channels)
        if min(shape[1:]) < smallest:
            return (
                f"CNN halves an image {len(self.channels)} times, which needs {smallest} x {smallest} pixels; "
                f"these have {shape[1]} x {shape[2]}. Use fewer channels."
            )
        return None

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> nn.Sequential:
        """Blocks "convolution1", ..., "hidden1", ... and "output", from images of `shape` to `outputs` logits.

        Raises:
            ValueError: if samples of `shape` are no images, or too small.
        """
        sentence = self.refuses(shape)
        if sentence:
            raise ValueError(sentence)
        height, width = (length >> len(self.channels) for length in shape[1:])
        features = (self.channels[-1] if self.channels else shape[0]) * height * width
        with chance.borrowed(generator):
            layers = {
                f"convolution{depth}": Block(
                    self._convolution(before, after), activation(self.activation), self._pool(), self._normalise(after)
                )
                for depth, (before, after) in enumerate(pairwise((shape[0], *self.channels)), start=1)
            }
            sizes = (features, *self.hidden)
            for depth, (before, after) in enumerate(pairwise(sizes), start=1):
                layers[f"hidden{depth}"] = Block(nn.Linear(before, after), activation(self.activation))
            layers["output"] = Block(nn.Linear(sizes[-1], outputs))
        return nn.Sequential(OrderedDict(layers))

    def _convolution(self, before: int, after: int) -> nn.Conv2d:
        return nn.Conv2d(before, after, self.kernel, padding=self.kernel // 2)

    def _normalise(self, channels: int) -> nn.Module | None:
        return None if self.normalisation == "none" else BatchNorm(channels)

    def _pool(self) -> nn.Module:
        return nn.MaxPool2d(2) if self.pooling == "max" else nn.AvgPool2d(2)
