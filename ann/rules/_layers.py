"""What the rules ask of a module: its layers in depth order, and the layer that decides."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ann.models._block import Block


def blocks(model: nn.Module) -> dict[str, Block] | None:
    """Name -> Block in depth order, or None if the module is not nn.Sequential of Blocks."""
    layers = dict(model.named_children())
    if not isinstance(model, nn.Sequential) or not layers:
        return None
    return layers if all(isinstance(layer, Block) for layer in layers.values()) else None  # type: ignore[return-value]


def refuses_but_dense(name: str, model: nn.Module) -> str | None:
    """A sentence unless the model is nn.Linear layers in a row with an activation each and nothing else, else None."""
    layers = list((blocks(model) or {}).values())
    if not layers or not all(isinstance(layer.linear, nn.Linear) for layer in layers):
        return f"{name} needs fully connected layers in a row, as MLP has; this model has others."
    if any(not isinstance(part, nn.Identity) for one in layers for part in (one.pooling, one.normalisation)):
        return f"{name} serves layers without pooling and normalisation, and this model has some."
    return None


def readout(model: nn.Module) -> tuple[str, nn.Linear] | None:
    """The name and module of the last layer that has weights, if that is nn.Linear."""
    layers = [(name, module) for name, module in model.named_modules() if list(module.parameters(recurse=False))]
    name, last = layers[-1] if layers else ("", None)
    return (name, last) if isinstance(last, nn.Linear) else None


def readout_parameters(model: nn.Module) -> set[str]:
    """Names of the parameters of the layer that decides; empty if it is not linear."""
    found = readout(model)
    return set() if found is None else {f"{found[0]}.{name}" for name, _ in found[1].named_parameters()}


def activity(model: nn.Module, x: Any) -> dict[str, torch.Tensor]:
    """Layer name -> (sample, neuron), in depth order; spikes of a layer are summed over time."""
    if hasattr(model, "activity"):
        return model.activity(x)  # type: ignore[operator]
    if hasattr(model, "layer_activity"):
        counts = {name: spikes.sum(1).flatten(1) for name, spikes in model.layer_activity(x).items()}  # type: ignore[operator]
        return counts | {"readout": model(x).flatten(1)}
    layers = blocks(model)
    if layers is None:
        return {"output": model(x).flatten(1)}
    found = {}
    for name, layer in layers.items():
        x = layer(x)
        found[name] = x.flatten(1)
    return found


def gradient_updates(model: nn.Module, value: torch.Tensor, names: set[str] | None = None) -> dict[str, torch.Tensor]:
    """Minus the gradient of `value`, by parameter name; `names` limits which."""
    wanted = {n: p for n, p in model.named_parameters() if p.requires_grad and (names is None or n in names)}
    gradients = torch.autograd.grad(-value, list(wanted.values()), allow_unused=True)
    return {name: g for name, g in zip(wanted, gradients, strict=True) if g is not None}
