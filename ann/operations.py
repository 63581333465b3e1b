"""Multiply-accumulates of a network, counted on the samples that it is given.

Dense counts every product; effective leaves out those with a factor that is exactly zero (an input pixel, a ReLU that
is off, an error that does not flow). Biases, activations and pooling are not multiply-accumulates and are not counted.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import conv2d, cross_entropy

from ann.models._block import Block

Row = dict[str, Any]  # layer, operation, dense, effective: per sample


def row(layer: str, dense: float, effective: float, operation: str = "MAC") -> Row:
    """One line of the table, per sample."""
    return {"layer": layer, "operation": operation, "dense": float(dense), "effective": float(effective)}


def _taps(linear: nn.Conv2d, x: torch.Tensor) -> torch.Tensor:
    """How many non-zero inputs each output position reads, (sample, 1, height, width)."""
    ones = torch.ones(1, x.shape[1], *linear.kernel_size, dtype=x.dtype, device=x.device)
    return conv2d((x != 0).to(x.dtype), ones, None, linear.stride, linear.padding, linear.dilation)


def own_answer(output: torch.Tensor) -> torch.Tensor:
    """A loss whose errors operations are counted on: each sample's own answer, its largest output, is its target.

    `output` is (sample, output). A single one has no other beside it, and an error of 1.
    """
    if output.shape[1] == 1:
        return output.sum()
    return cross_entropy(output, output.argmax(1), reduction="sum")


def forward(layers: dict[str, Block], x: torch.Tensor) -> list[Row]:
    """Multiply-accumulates of answering, by layer; x (sample, *shape)."""
    rows = []
    for name, layer in layers.items():
        linear, samples = layer.linear, len(x)
        if isinstance(linear, nn.Linear):
            active = float((x.flatten(1) != 0).sum()) / samples
            rows.append(row(name, linear.weight.numel(), active * linear.out_features))
        else:
            taps = _taps(linear, x)
            positions = taps[0].numel()
            rows.append(row(name, linear.weight.numel() * positions, float(taps.sum()) * linear.out_channels / samples))
        x = layer(x)
    return rows


def backward(layers: dict[str, Block], x: torch.Tensor, learned: set[str]) -> list[Row]:
    """Multiply-accumulates of backpropagation, by layer: the weights' gradient, and the error for the layer below.

    `learned` names the parameters that are updated. The error stops at the lowest layer that learns, which sends none
    further down. Errors that are exactly zero (behind a ReLU that is off, or not the maximum of its pool) are skipped
    in the effective count; they are measured by `own_answer`.
    """
    inputs, drives = {}, {}
    with torch.enable_grad():
        h = x
        for name, layer in layers.items():
            inputs[name] = h
            drives[name] = layer.drive(h)
            h = layer.pooling(layer.activation(drives[name]))
        loss = own_answer(h)
    errors = dict(zip(drives, torch.autograd.grad(loss, list(drives.values())), strict=True))
    names = list(layers)
    learns = [any(f"{name}.{p}" in learned for p, _ in layers[name].named_parameters()) for name in names]
    lowest = learns.index(True) if True in learns else len(names)
    rows = []
    for depth, name in enumerate(names):
        if depth >= lowest:
            rows += _layer_backward(
                name, layers[name].linear, inputs[name], errors[name], learns[depth], depth > lowest
            )
    return rows


def _layer_backward(
    name: str, linear: nn.Module, x: torch.Tensor, error: torch.Tensor, learns: bool, sends: bool
) -> list[Row]:
    samples, flowing = len(x), error != 0
    weights = linear.weight.numel()  # type: ignore[union-attr, operator]
    if isinstance(linear, nn.Conv2d):
        taps = _taps(linear, x)
        dense = weights * taps[0].numel()
        gradient = float((taps * flowing).sum()) / samples
        sent = float(flowing.sum()) / samples * weights / linear.out_channels
    else:
        active = (x.flatten(1) != 0).sum(1)
        dense = weights
        gradient = float((active * flowing.sum(1)).sum()) / samples
        sent = float(flowing.sum()) / samples * x[0].numel()
    rows = [row(name, dense, gradient)] if learns else []
    return rows + ([row(name, dense, sent)] if sends else [])


def total(rows: list[Row]) -> list[Row]:
    """One row for each layer and operation, summed, in the order of first appearance."""
    found: dict[tuple[str, str], Row] = {}
    for one in rows:
        kept = found.setdefault((one["layer"], one["operation"]), row(one["layer"], 0.0, 0.0, one["operation"]))
        kept["dense"] += one["dense"]
        kept["effective"] += one["effective"]
    return list(found.values())
