"""One pass through blocks in a row, piece by piece, for rules that carry an error down by weights of their own.

Up: what enters each block's weights, what leaves them, what the block answers. Down: an error of the answers, dL/dh,
becomes an error of the drives, delta = dL/da (through pooling, activation and normalisation), the change of the block's
own parameters, and, through any weights of the layer's shape, the error of the layer below. With the layer's own
weights that is backpropagation.

    passed = walk(model, x)
    updates = descend(passed, output_error(passed, y, loss), feedback)

Shapes: x and h (sample, neuron) or (sample, channel, height, width); a drive is what the linear piece gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.grad import conv2d_input, conv2d_weight

from ann import operations
from ann.models._block import Block
from ann.rules import _layers


@dataclass(frozen=True)
class Passed:
    """What one block has seen and said. No tensor's graph reaches another block.

    Attributes:
        name, block: which.
        x: what entered the weights, detached; flattened for nn.Linear.
        shape: of the answer of the block below, as it was before it was flattened.
        a: what left the weights (bias included), a leaf that asks for its gradient.
        h: the block's answer, with the graph from `a`, and from the parameters of its normalisation, to it.
    """

    name: str
    block: Block
    x: torch.Tensor
    shape: torch.Size
    a: torch.Tensor
    h: torch.Tensor


def refuses(rule: Any, model: nn.Module) -> str | None:
    """A sentence if the model is not blocks in a row whose linear pieces this room can turn round, else None."""
    layers, name = _layers.blocks(model), type(rule).__name__
    if layers is None:
        return f"{name} needs layers in a row, as MLP and CNN have; {type(model).__name__} has others."
    for place, layer in layers.items():
        if not isinstance(layer.linear, (nn.Linear, nn.Conv2d)):
            return f"{name} serves nn.Linear and nn.Conv2d, but {place} is {type(layer.linear).__name__}."
        if isinstance(layer.linear, nn.Conv2d) and not _turns_round(layer.linear):
            return f"{name} turns convolutions round that pad with zeros, given as numbers; {place} pads otherwise."
    return None


def _turns_round(linear: nn.Conv2d) -> bool:
    return linear.padding_mode == "zeros" and not isinstance(linear.padding, str)


def walk(model: nn.Module, x: torch.Tensor, noise: Mapping[str, torch.Tensor] | None = None) -> list[Passed]:
    """The blocks' passes in depth order, the answer last; each block runs once. `noise` by name is added to a drive."""
    passed = []
    for name, block in (_layers.blocks(model) or {}).items():
        with torch.enable_grad():
            shape, x = x.shape, x.flatten(1) if isinstance(block.linear, nn.Linear) else x
            a = block.linear(x).detach()
            a = (a if noise is None or name not in noise else a + noise[name]).requires_grad_()
            h = block.pooling(block.activation(block.normalisation(a)))
        passed.append(Passed(name, block, x, shape, a, h))
        x = h.detach()
    return passed


def output_error(passed: list[Passed], y: torch.Tensor, loss: Any) -> torch.Tensor:
    """dL/dh of the last block. The loss is called once."""
    with torch.enable_grad():
        answer = passed[-1].h.detach().requires_grad_()
        return torch.autograd.grad(loss(answer, y), answer)[0]


def descend(
    passed: list[Passed], error: torch.Tensor, feedback: Mapping[str, torch.Tensor]
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """The change of every parameter (minus its gradient, if the feedback is the weights), and each layer's delta.

    Args:
        passed: of `walk`.
        error: dL/dh of the last block.
        feedback: block name -> tensor of its weight's shape, through which its delta goes down. The lowest block sends
            nothing down and needs none.
    """
    updates, deltas = {}, {}
    for layer in reversed(passed):
        deltas[layer.name], changes = drive_error(layer, error)
        updates |= changes | change(layer, deltas[layer.name])
        if layer is not passed[0]:
            error = carry(layer, deltas[layer.name], feedback[layer.name])
    return updates, deltas


def drive_error(layer: Passed, error: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """delta = dL/da from dL/dh, and the changes of the parameters of the block's normalisation on the way."""
    prefix = f"{layer.name}.normalisation."
    own = {prefix + n: p for n, p in layer.block.normalisation.named_parameters() if p.requires_grad}
    error = error.to(layer.h.dtype)
    delta, *gradients = torch.autograd.grad(layer.h, [layer.a, *own.values()], error, retain_graph=True)
    return delta, {name: -gradient for name, gradient in zip(own, gradients, strict=True)}


def change(layer: Passed, delta: torch.Tensor) -> dict[str, torch.Tensor]:
    """-delta x' for the weights and -delta for the bias, summed over samples and positions; none for frozen ones."""
    linear, found = layer.block.linear, {}
    if linear.weight.requires_grad:
        found[f"{layer.name}.linear.weight"] = -correlate(linear, layer.x, delta)
    if linear.bias is not None and linear.bias.requires_grad:
        found[f"{layer.name}.linear.bias"] = -delta.to(linear.bias.dtype).sum([0, *range(2, delta.ndim)])
    return found


@torch.no_grad()
def correlate(linear: nn.Linear | nn.Conv2d, x: torch.Tensor, delta: torch.Tensor) -> torch.Tensor:
    """delta x' in the weight's shape: each weight's product of what it reads and what it feeds, summed."""
    x, delta = x.to(linear.weight.dtype), delta.to(linear.weight.dtype)  # autocast may have made them shorter
    if isinstance(linear, nn.Linear):
        return (delta.T @ x).to(linear.weight.dtype)
    return conv2d_weight(x, linear.weight.shape, delta, *_geometry(linear))  # type: ignore[arg-type]


@torch.no_grad()
def carry(layer: Passed, delta: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """weight' delta, in the shape of the answer below: the error that this layer sends down."""
    linear, delta = layer.block.linear, delta.to(weight.dtype)
    if isinstance(linear, nn.Linear):
        return (delta @ weight).reshape(layer.shape)
    return conv2d_input(layer.x.shape, weight, delta, *_geometry(linear))  # type: ignore[arg-type]


def _geometry(linear: nn.Conv2d) -> tuple[Any, ...]:
    return linear.stride, linear.padding, linear.dilation, linear.groups


def feedback_weights(model: nn.Module, scale: float, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """ "name.feedback" -> random tensor of the weight's shape for all blocks but the lowest.

    Uniform in +-scale / sqrt(fan-in): with scale = 1 the distribution that torch draws the weights themselves from.
    """
    found = {}
    for name, block in list((_layers.blocks(model) or {}).items())[1:]:
        weight = block.linear.weight
        bound = scale / weight[0].numel() ** 0.5
        drawn = torch.rand(weight.shape, generator=generator, dtype=weight.dtype)
        found[f"{name}.feedback"] = ((2 * drawn - 1) * bound).to(weight.device)
    return found


def feedback_of(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Block name -> its feedback weights, from a state that has them under "name.feedback"."""
    return {name.removesuffix(".feedback"): value for name, value in state.items() if name.endswith(".feedback")}


def own_answers_error(passed: list[Passed]) -> torch.Tensor:
    """dL/dh of the last block with each sample's own answer as its target: what operations are counted on."""
    return output_error(passed, passed[-1].h, lambda h, _: operations.own_answer(h) / len(h))


def change_products(layer: Passed, delta: torch.Tensor) -> operations.Row:
    """Multiply-accumulates of delta x', per sample: all, and those whose factors are both not exactly zero."""
    linear = layer.block.linear
    positions = layer.a[0].numel() // len(linear.weight)
    both = correlate(linear, (layer.x != 0).to(delta.dtype), (delta != 0).to(delta.dtype))
    return operations.row(layer.name, linear.weight.numel() * positions, float(both.double().sum()) / len(layer.x))


def noise_like(tensor: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Numbers from N(0, 1) in this shape, drawn where the generator lives: the same on every device."""
    drawn = torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype, device=generator.device)
    return drawn.to(tensor.device)
