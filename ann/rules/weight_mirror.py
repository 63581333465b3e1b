"""Weight mirror: noise through the weights teaches the feedback weights"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.models._block import Block
from ann.rules import _layered, _layers
from ann.rules._stepped import Stepped, check_positive
from ann.source import Source


@dataclass(frozen=True)
class WeightMirror(Stepped):
    """Feedback alignment with a second phase in which noise y alone enters each layer and B learns from what comes out.

    z = W y with y ~ N(0, 1) has <z y'> = W, so that B <- B + r (<z y'> - B) follows W as a running mean; brackets are
    means over one noise sample for each of the batch (and over the positions of a convolution). A mirror phase follows
    every update of W. Akrout et al. write rate and decay as two numbers and send the noise through f about its middle,
    which scales B; here B has the size of W, and biases and f are silent in the mirror phase.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        mirror_rate: r, above 0 and at most 1; a mean over the last 1/r phases.
        feedback_scale: spread of B at the start, relative to that of W, as in FeedbackAlignment.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    mirror_rate: float = 0.01
    feedback_scale: float = 1.0

    name: ClassVar[str] = "weight_mirror"
    family: ClassVar[str] = "feedback"
    equation: ClassVar[str] = (
        "δ_l = (B_{l+1}' δ_{l+1}) ⊙ f'(a_l),  ΔW_l = -η δ_l h_{l-1}';  mirror phase: ΔB_l = r (z y' - B_l), z = W_l y"
    )
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "feedback weights", "second phase")
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Akrout, Wilson, Humphreys, Lillicrap & Tweed 2019, Advances in Neural Information Processing Systems 32:976",
        "Akrout, Mohamed and Wilson, Collin and Humphreys, Peter C. and Lillicrap, Timothy and Tweed, Douglas",
        "Deep learning without weight transport",
        "Advances in Neural Information Processing Systems",
        2019,
        "10.48550/arXiv.1904.05391",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "feedback_scale", "mirror_rate")
        if self.mirror_rate > 1:
            raise ValueError(f"mirror_rate = {self.mirror_rate!r}, but it must be at most 1: B would overshoot W.")

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """B of every block but the lowest, under "name.feedback"."""
        return _layered.feedback_weights(model, self.feedback_scale, generator)

    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """As feedback alignment's; then B of each layer moves towards what its own noise says."""
        passed, feedback = _layered.walk(model, x), _layered.feedback_of(state)
        updates, _ = _layered.descend(passed, _layered.output_error(passed, y, loss), feedback)
        seen = {layer.name: _reflected(layer.block, _layered.noise_like(layer.x, generator)) for layer in passed[1:]}
        return updates, {f"{name}.feedback": B.lerp(seen[name], self.mirror_rate) for name, B in feedback.items()}

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Backprop's, and with `training` also W y and z y' of every layer that has a B; noise is never zero."""
        layers = _layers.blocks(model) or {}
        rows = operations.forward(layers, x)
        if not training:
            return rows
        for layer in _layered.walk(model, x)[1:]:
            weight = layer.block.linear.weight
            products = 2 * weight.numel() * (layer.a[0].numel() // len(weight))
            rows.append(operations.row(layer.name, products, products))
        return rows + operations.backward(layers, x, {name for name, _ in model.named_parameters()})


@torch.no_grad()
def _reflected(block: Block, noise: torch.Tensor) -> torch.Tensor:
    """<z y'> in the weight's shape, of y ~ N(0, 1) in the shape of what enters the block; its mean is the weight."""
    linear = block.linear
    bias = 0 if linear.bias is None else linear.bias.reshape(1, -1, *[1] * (noise.ndim - 2))
    z = linear(noise) - bias
    # At an image's edge a tap of a filter reads fewer values than there are positions.
    pairs = _layered.correlate(linear, torch.ones_like(noise), torch.ones_like(z))
    return _layered.correlate(linear, noise, z) / pairs.clamp(min=1)
