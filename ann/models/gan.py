"""Generative adversarial network: images of noise, learned with an opponent"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any, ClassVar

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from ann import chance, operations
from ann.contract import LearningRule
from ann.models._batch_norm import BatchNorm
from ann.models._block import Block, whole_numbers
from ann.module_operations import counted
from ann.operations import Row
from ann.rules._adversarial import Adversarial
from ann.source import Source


@dataclass(frozen=True)
class GAN:
    """D(x) = sigmoid(convolutions of x), G(z) = sigmoid(transposed convolutions of z), z from N(0, 1).

    For ann.Generator. Each stage of the discriminator halves the image (4x4 filters, stride 2, leaky ReLU of slope
    0.2), each of the generator doubles it (ReLU, batch-normalised), as in Radford, Metz & Chintala 2016
    (arXiv:1511.06434); their discriminator is batch-normalised too, which makes its answer depend on the rest of the
    batch. What the generator makes is cut to the image's size where that is no multiple of 2^stages.

    Attributes:
        channels: filters of each stage of the discriminator; of the generator's, in the opposite order.
        code: length of z.
        discriminator_steps: batches that the discriminator learns from for each of the generator's.

    Raises:
        ValueError: if a number is not at least 1, or there is no stage.
    """

    channels: tuple[int, ...] = (16, 32)
    code: int = 16
    discriminator_steps: int = 1

    name: ClassVar[str] = "gan"
    reads: ClassVar[str] = "values"
    generates: ClassVar[bool] = True
    source: ClassVar[Source] = Adversarial.source

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", whole_numbers("channels", self.channels))
        whole_numbers("code", (self.code,))
        whole_numbers("discriminator_steps", (self.discriminator_steps,))
        if not self.channels:
            raise ValueError("channels = (), but a GAN needs at least one stage, for example (16, 32).")

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """A sentence if samples of `shape` are no images, or too small to be halved so often."""
        if len(shape) != 3:
            return (
                f"GAN makes images (channel, height, width), but a sample here has the shape {tuple(shape)}. Use vae."
            )
        smallest = 2 ** len(self.channels)
        if min(shape[1:]) >= smallest:
            return None
        return (
            f"GAN halves an image {len(self.channels)} times, which needs {smallest} x {smallest} pixels; "
            f"these have {shape[1]} x {shape[2]}. Use fewer channels."
        )

    def refuses_values(self, X: Any) -> str | None:
        """A sentence if the generator cannot make such values."""
        if X.min() >= 0 and X.max() <= 1:
            return None
        return f"GAN makes values in [0, 1], but these reach from {X.min():g} to {X.max():g}. Scale them to [0, 1]."

    def learning_rule(self, rule: LearningRule) -> LearningRule:
        """How it learns: discriminator and generator in turn, each by `rule`."""
        return Adversarial(rule, self.discriminator_steps)  # type: ignore[return-value] - its name is the rule's

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> GANNetwork:
        """Modules "generator" and "discriminator", for images of `shape`.

        Raises:
            ValueError: if samples of `shape` are no images or too small, or `outputs` is not the number of values of a
                sample: it answers with samples, not with classes.
        """
        sentence = self.refuses(shape)
        if sentence:
            raise ValueError(sentence)
        if outputs != prod(shape):
            raise ValueError(f"GAN generates samples of {prod(shape)} values, and cannot give {outputs} answers.")
        small = tuple(-(-length // 2 ** len(self.channels)) for length in shape[1:])
        with chance.borrowed(generator):
            return GANNetwork(self._generator(shape, small), self._discriminator(shape), self.code)

    def _generator(self, shape: tuple[int, ...], small: tuple[int, ...]) -> nn.Sequential:
        first = self.channels[-1]
        layers: list[nn.Module] = [
            nn.Linear(self.code, first * prod(small)), nn.Unflatten(1, (first, *small)), BatchNorm(first), nn.ReLU(),
        ]  # fmt: skip
        for before, after in pairwise((*reversed(self.channels), shape[0])):
            layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), BatchNorm(after), nn.ReLU()]
        return nn.Sequential(*layers[:-2], Cut(shape[1:]), nn.Sigmoid())

    def _discriminator(self, shape: tuple[int, ...]) -> nn.Sequential:
        height, width = shape[1:]
        layers = OrderedDict()
        for depth, (before, after) in enumerate(pairwise((shape[0], *self.channels)), start=1):
            layers[f"convolution{depth}"] = Block(nn.Conv2d(before, after, 4, stride=2, padding=1), nn.LeakyReLU(0.2))
            height, width = height // 2, width // 2
        layers["output"] = Block(nn.Linear(self.channels[-1] * height * width, 1))
        return nn.Sequential(layers)


class Cut(nn.Module):
    """The first rows and columns of an image, as many as `size` says."""

    def __init__(self, size: tuple[int, ...]) -> None:
        super().__init__()
        self.size = size

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return h[..., : self.size[0], : self.size[1]]


class GANNetwork(nn.Module):
    """Answers with the discriminator's log odds that a sample is one of the data; `generate` makes samples.

    Shapes: x (sample, channel, height, width); answers (sample, 1).
    """

    draws: ClassVar[bool] = True  # the trainer lends it a generator
    readout_text: ClassVar[str] = "samples that a generator makes of normal noise"
    reader: ClassVar[str] = "discriminator"  # the part that looks at samples

    def __init__(self, generator: nn.Sequential, discriminator: nn.Sequential, latent: int) -> None:
        super().__init__()
        self.generator, self.discriminator, self.latent = generator, discriminator, latent

    def draw(self, samples: int) -> torch.Tensor:
        """Codes from N(0, 1), (sample, code). Drawn on the CPU: the same numbers whatever the device."""
        return torch.randn(samples, self.latent).to(next(self.parameters()).device)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.discriminator(x)

    def activity(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """ "discriminator" -> (sample, neuron): its last convolution of the samples."""
        return {"discriminator": self.discriminator[:-1](x).flatten(1)}

    def loss(self, answer: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Cross-entropy in nats of log odds for truths 0 and 1, (sample, 1) each; all are data where y are samples."""
        truth = y if y.shape == answer.shape else torch.ones_like(answer)
        return binary_cross_entropy_with_logits(answer, truth)

    def answered(self, answer: torch.Tensor) -> torch.Tensor:
        """The probability that a sample is one of the data, (sample,)."""
        return answer[:, 0].sigmoid()

    def generate(self, z: torch.Tensor) -> torch.Tensor:
        """G(z) for codes (sample, code): (sample, channel, height, width)."""
        return self.generator(z)

    def operations(self, x: torch.Tensor, training: bool = False) -> list[Row]:
        """Multiply-accumulates by network: of making one sample; learning, the mean of one turn of each for a sample.

        The codes are drawn from a generator of their own.
        """
        z = torch.randn(len(x), self.latent, generator=torch.Generator().manual_seed(0)).to(x.device)
        made = _named("generator", counted(self.generator, z))
        if not training:
            return operations.total(made)
        fakes = self.generator(z).detach()
        judged = [row for one in (x, fakes) for row in counted(self.discriminator, one, True, torch.sum)]
        own, pair = [*made, *_named("discriminator", judged)], nn.Sequential(self.generator, self.discriminator)
        for parameter in self.discriminator.parameters():
            parameter.requires_grad_(False)
        deceived = counted(pair, z, True, torch.sum)
        for parameter in self.discriminator.parameters():
            parameter.requires_grad_(True)
        names = {"0": "generator", "1": "discriminator"}
        rows = own + [{**row, "layer": names[row["layer"]]} for row in deceived]
        return operations.total([{**r, "dense": r["dense"] / 2, "effective": r["effective"] / 2} for r in rows])


def _named(layer: str, rows: list[Row]) -> list[Row]:
    return [{**row, "layer": layer} for row in rows]
