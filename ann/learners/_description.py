"""What a fitted network tells about itself, JSON-ready."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from math import prod
from typing import Any

import torch
from torch import nn

from ann.locality import observed
from ann.models._block import Block
from ann.rules._layers import blocks


def describe(learner: Any) -> dict[str, Any]:
    """The facts of compare.contract.Described, about a fitted NetworkLearner."""
    network, rule, reading = learner.network_, learner._rule_, learner._reading_
    recipe, progress = reading.model, learner.progress_
    sources = [recipe.source, rule.source]
    points = learner._read_shape_[0] if getattr(network, "reads_current", False) else None  # of a sequence of values
    return {
        "family": family(recipe, rule, reading),
        "engine": "torch",
        "reads": reading.text(),
        "readout": getattr(network, "readout_text", None) or learner._readout_text(),
        "layers": layers(learner),
        "parameters": sum(p.numel() for name, p in network.named_parameters() if name in learner._fitted_parameters()),
        "state": int(network.state_size()) if hasattr(network, "state_size") else 0,
        "time_steps": reading.steps or points,
        "neuron": network.describe_neuron() if hasattr(network, "describe_neuron") else None,
        "rule": {
            "name": rule.name,
            "equation": rule.equation,
            "signals": list(rule.signals),
            "observed": _observed(network, rule),
            "text": first_line(rule),
            "source": asdict(rule.source),
        },
        "training": {
            "passes": progress.passes,
            "examples": progress.examples,
            "updates": progress.updates,
            "batch_size": int(learner.batch_size),
        },
        "settings": settings(learner),
        "sources": [asdict(source) for source in dict.fromkeys(sources)],
        "departures": departures(learner),
    }


def _observed(network: nn.Module, rule: Any) -> dict[str, Any]:
    """What the rule reads in layers like this network's, of which three show all; see ann.locality."""
    layers = blocks(network)
    return observed(rule, min(len(layers) - 1, 3) if layers else 2).to_dict()


def family(recipe: Any, rule: Any, reading: Any) -> str:
    """The colour: the rule's, but through spikes backprop is a surrogate gradient, and a recipe may say its own."""
    if rule.family != "backprop":
        return rule.family
    return getattr(recipe, "family", None) or ("surrogate gradient" if reading.spikes else "backprop")


def layers(learner: Any) -> list[dict[str, Any]]:
    """[{name, neurons, parameters, text}], input first; parameters include those that the rule leaves alone."""
    network, reading = learner.network_, learner._reading_
    pixels = prod(learner._read_shape_)
    shape = (1, reading.steps, pixels) if reading.spikes else (1, *learner._read_shape_)
    network.eval()
    with torch.no_grad():
        blank = torch.zeros(shape, device=reading.device)
        sizes = {n: h.shape[1] for n, h in learner._rule_.activity(network, blank, learner._rule_state_).items()}
    rows = [{"name": "input", "neurons": pixels, "parameters": 0, "text": " x ".join(map(str, learner._read_shape_))}]
    children = dict(network.named_children())
    for name, neurons in sizes.items():
        module = children.get(name)
        own = sum(p.numel() for p in module.parameters()) if module is not None else 0
        neurons = getattr(module, "hidden_size", getattr(module, "out_features", neurons))  # not once for each step
        rows.append({"name": name, "neurons": neurons, "parameters": own, "text": layer_text(module)})
    return rows


def layer_text(module: nn.Module | None) -> str:
    """A layer in words."""
    if isinstance(module, Block):
        if isinstance(module.linear, nn.Conv2d):
            height, width = module.linear.kernel_size
            kind = f"convolution {height}x{width}, {module.linear.out_channels} channels"
        else:
            kind = "fully connected"
        parts = (module.activation, module.pooling)
        return ", ".join([kind, *(type(part).__name__ for part in parts if not isinstance(part, nn.Identity))])
    if isinstance(module, nn.Linear):
        return "fully connected"
    if isinstance(module, nn.RNNBase):
        return f"recurrent, {type(module).__name__}"
    return getattr(module, "text", "")


def settings(learner: Any) -> dict[str, Any]:
    """Hyper-parameters by name: the recipe's and the rule's fields, epochs and batch size."""
    found = {"epochs": int(learner.epochs), "batch_size": int(learner.batch_size)}
    defaults = {"class_weight": None, "patience": None, "clip_norm": None, "precision": "float32"}
    found |= {name: _plain(getattr(learner, name)) for name in ("loss",) if hasattr(learner, name)}
    found |= {
        name: _plain(getattr(learner, name))
        for name, default in defaults.items()
        if getattr(learner, name, default) != default
    }
    for part in (learner._reading_.model, learner._rule_):
        found |= {field.name: _plain(getattr(part, field.name)) for field in fields(part)}
    return found


def departures(learner: Any) -> list[str]:
    """Sentences: where it leaves the study's common protocol."""
    ended = [learner.progress_.ended_early] if learner.progress_.ended_early else []
    return [*learner._reading_.departures(), *learner._more_departures(), *ended]


def first_line(part: Any) -> str:
    """The first line of a part's docstring."""
    return (type(part).__doc__ or "").strip().split("\n")[0]


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    return getattr(value, "name", None) or (str(value) if not is_dataclass(value) else type(value).__name__)
