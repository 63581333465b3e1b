"""A network's weights as arrays, taken from it and given to a copy, and what its first layer looks for."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import nn

__all__ = ["as_arrays", "receptive_fields", "with_arrays"]

_RULE = "rule."


def as_arrays(learner: Any) -> dict[str, np.ndarray]:
    """Name -> a copy of each parameter and buffer of the network, and of the rule's own state under "rule."."""
    return {name: value.detach().cpu().numpy().copy() for name, value in _tensors(learner).items()}


def _tensors(learner: Any) -> dict[str, torch.Tensor]:
    state = {f"{_RULE}{name}": value for name, value in learner._rule_state_.items()}
    return dict(learner.network_.state_dict()) | state


def with_arrays(learner: Any, weights: dict[str, np.ndarray]) -> Any:
    """A copy of the learner that has these weights; those of the rule may be missing.

    Raises:
        ValueError: if a name or a shape is another network's.
    """
    place, known = learner._reading_.device, _tensors(learner)
    tensors = {name: torch.tensor(np.asarray(value), device=place) for name, value in weights.items()}
    _refuse_others(tensors, known)
    other = copy.deepcopy(learner)
    other.__dict__.pop("_trainer_", None)
    kept = learner._rule_state_.items()
    other._rule_state_ = {name: tensors.pop(f"{_RULE}{name}", value).to(value.dtype) for name, value in kept}
    other.network_.load_state_dict(tensors)
    return other


def _refuse_others(given: dict[str, torch.Tensor], known: dict[str, torch.Tensor]) -> None:
    needed = [name for name in known if not name.startswith(_RULE)]
    strange = [name for name in given if name not in known] or [name for name in needed if name not in given]
    if strange:
        raise ValueError(
            f"The weights {', '.join(map(repr, strange[:3]))} are only in one of those given and this network's, "
            f"{', '.join(known)}. Give what weights() of a learner of the same model gives."
        )
    for name, value in given.items():
        if value.shape != known[name].shape:
            raise ValueError(
                f"The weights {name!r} have the shape {tuple(value.shape)}, but this network's have "
                f"{tuple(known[name].shape)}."
            )


def receptive_fields(learner: Any) -> np.ndarray:
    """Weights into the first layer that reads samples, as NetworkLearner.receptive_fields says.

    A network of which only a part reads samples names it: `reader`. One that reads a sample in equal parts says what
    such a part's axes are: `window`.
    """
    network, shape = learner.network_, learner._read_shape_
    part = network.get_submodule(getattr(network, "reader", ""))
    name, first = next((n, p) for n, p in part.named_parameters() if "weight" in n and p.ndim > 1)
    fields = first.detach().cpu().numpy().copy()
    layer = part.get_submodule(name.rpartition(".")[0])
    if isinstance(layer, (nn.LSTM, nn.GRU)):
        fields = fields[2 * layer.hidden_size : 3 * layer.hidden_size]
    if fields.ndim > 2:
        return fields
    window = shape if fields[0].size == np.prod(shape) else getattr(network, "window", (1, fields.shape[1]))
    return fields.reshape(len(fields), *window)
