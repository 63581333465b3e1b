"""Variational autoencoder: codes of a known distribution, to draw new ones"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any, ClassVar, Literal, get_args

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from ann import chance, module_operations
from ann.contract import LearningRule
from ann.models._block import Activation, Block, activation, whole_numbers
from ann.operations import Row
from ann.source import Source

Observation = Literal["bernoulli", "gaussian"]


@dataclass(frozen=True)
class VAE:
    """q(z|x) = N(m(x), s(x)²), p(z) = N(0, 1), and p(x|z) around g(z); learns to raise E_q log p(x|z) - KL(q || p).

    For ann.Generator. m and log s² are two linear layers on one network, g is its mirror image.

    Attributes:
        hidden: neurons of each layer before the code; as many behind it, in the opposite order.
        code: length of z.
        activation: of the hidden layers.
        observation: p(x|z): "bernoulli" with the mean g(z) = sigmoid(...), for values in [0, 1], which are read as
            probabilities as is usual for grey values (no normalised density: Loaiza-Ganem & Cunningham 2019,
            arXiv:1907.06845); "gaussian" around a linear g(z), with one variance for all values that is learned.

    Raises:
        ValueError: if a layer has no neuron, or a name is not known.
    """

    hidden: tuple[int, ...] = (64,)
    code: int = 8
    activation: Activation = "relu"
    observation: Observation = "bernoulli"

    name: ClassVar[str] = "vae"
    reads: ClassVar[str] = "values"
    generates: ClassVar[bool] = True
    source: ClassVar[Source] = Source(
        "Kingma & Welling 2014, Proc. ICLR, arXiv:1312.6114",
        "Kingma, Diederik P. and Welling, Max",
        "Auto-encoding variational Bayes",
        "International Conference on Learning Representations",
        2014,
        "10.48550/arXiv.1312.6114",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", whole_numbers("hidden", self.hidden))
        whole_numbers("code", (self.code,))
        activation(self.activation)
        if self.observation not in get_args(Observation):
            raise ValueError(f'observation = {self.observation!r} is not known; choose "bernoulli" or "gaussian".')

    def refuses_values(self, X: Any) -> str | None:
        """A sentence if p(x|z) gives these values no probability."""
        if self.observation == "gaussian" or (X.min() >= 0 and X.max() <= 1):
            return None
        return (
            f"VAE reads values as probabilities, but these reach from {X.min():g} to {X.max():g}. Scale them to "
            '[0, 1], or choose observation = "gaussian".'
        )

    def learning_rule(self, rule: LearningRule) -> LearningRule:
        """How it learns: by `rule`, as it is."""
        return rule

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> VAENetwork:
        """Layers "encoder1", ..., "code", "decoder1", ... and "output", for samples of `shape`.

        Raises:
            ValueError: if `outputs` is not the number of values of a sample: it answers with samples, not with classes.
        """
        if outputs != prod(shape):
            raise ValueError(f"VAE generates samples of {prod(shape)} values, and cannot give {outputs} answers.")
        before, behind = (outputs, *self.hidden), (self.code, *reversed(self.hidden))
        with chance.borrowed(generator):
            encoder = self._hidden("encoder", before)
            code = nn.Linear(before[-1], 2 * self.code)
            decoder = self._hidden("decoder", behind)
            output = nn.Linear(behind[-1], outputs)
        return VAENetwork(encoder, code, decoder, output, shape, self.observation)

    def _hidden(self, name: str, sizes: tuple[int, ...]) -> OrderedDict[str, Block]:
        return OrderedDict(
            (f"{name}{depth}", Block(nn.Linear(a, b), activation(self.activation)))
            for depth, (a, b) in enumerate(pairwise(sizes), start=1)
        )


class VAENetwork(nn.Module):
    """Answers [g(z) before its sigmoid, m, log s², log of the variance of p(x|z)], side by side.

    While it learns, z = m + s e with e from N(0, 1); when it only answers, z = m.

    Shapes: x (sample, *shape); answers (sample, value + 2 code + 1).
    """

    draws: ClassVar[bool] = True  # the trainer lends it a generator
    readout_text: ClassVar[str] = "samples decoded from a normal distribution of codes"

    def __init__(
        self,
        encoder: OrderedDict[str, Block],
        code: nn.Linear,
        decoder: OrderedDict[str, Block],
        output: nn.Linear,
        shape: tuple[int, ...],
        observation: Observation,
    ) -> None:
        super().__init__()
        for name, layer in encoder.items():
            self.add_module(name, layer)
        self.code = code
        for name, layer in decoder.items():
            self.add_module(name, layer)
        self.output = output
        self._encoder, self._decoder = tuple(encoder), tuple(decoder)
        self.shape, self.latent, self._bernoulli = shape, code.out_features // 2, observation == "bernoulli"
        self.log_variance = None if self._bernoulli else nn.Parameter(torch.zeros(1))

    def _layers(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> what comes out of it; "code" is (m, log s²)."""
        found, h = {}, x.flatten(1)
        for name in self._encoder:
            h = found[name] = self.get_submodule(name)(h)
        h = found["code"] = self.code(h)
        mean, log_spread = h.chunk(2, 1)
        z = mean
        if self.training:  # drawn on the CPU: the same numbers whatever the device
            z = mean + (0.5 * log_spread).exp() * torch.randn(mean.shape).to(mean.device)
        return found | self._decoded(z)

    def _decoded(self, z: torch.Tensor) -> dict[str, torch.Tensor]:
        found = {}
        for name in self._decoder:
            z = found[name] = self.get_submodule(name)(z)
        return found | {"output": self.output(z)}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self._layers(x)
        variance = x.new_zeros(1) if self.log_variance is None else self.log_variance
        return torch.cat([found["output"], found["code"], variance.expand(len(x), 1)], 1)

    def activity(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> (sample, neuron); "code" is m alone, "output" before its sigmoid."""
        found = self._layers(x)
        return found | {"code": found["code"][:, : self.latent]}

    def loss(self, answer: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Minus the evidence lower bound in nats, the mean over samples; y (sample, value)."""
        decoded, mean, log_spread, log_variance = answer.split([y.shape[1], self.latent, self.latent, 1], 1)
        if self._bernoulli:
            lost = binary_cross_entropy_with_logits(decoded, y, reduction="none")
        else:
            lost = 0.5 * ((y - decoded).square() / log_variance.exp() + log_variance + math.log(2 * math.pi))
        divergence = 0.5 * (mean.square() + log_spread.exp() - 1 - log_spread)
        return lost.sum(1).mean() + divergence.sum(1).mean()

    def answered(self, answer: torch.Tensor) -> torch.Tensor:
        """The reconstruction g(m(x)) in an answer, (sample, *shape)."""
        decoded = answer[:, : math.prod(self.shape)].unflatten(1, self.shape)
        return decoded.sigmoid() if self._bernoulli else decoded

    def generate(self, z: torch.Tensor) -> torch.Tensor:
        """g(z), the mean of p(x|z), for codes (sample, code): (sample, *shape)."""
        return self.answered(self._decoded(z)["output"])

    def operations(self, x: torch.Tensor, training: bool = False) -> list[Row]:
        """Multiply-accumulates by layer, from sample to reconstruction; see ann.module_operations."""
        y = x.flatten(1)
        return module_operations.counted(self, x, training, lambda answer: len(y) * self.loss(answer, y))
