"""torch optimisers by name, with the fields that every rule that uses one shares."""

from __future__ import annotations

from typing import Any, Literal

import torch

Name = Literal["adam", "sgd"]


def make(name: str, parameters: Any, *, learning_rate: float, momentum: float, weight_decay: float) -> Any:
    """Adam (Kingma & Ba 2015, arXiv:1412.6980; momentum is its beta1) or stochastic gradient descent.

    Raises:
        ValueError: for a name that is not known, or a number out of its range.
    """
    if not learning_rate > 0:
        raise ValueError(f"learning_rate = {learning_rate!r}, but it must be greater than 0.")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum = {momentum!r}, but it must be at least 0 and less than 1.")
    if not weight_decay >= 0:
        raise ValueError(f"weight_decay = {weight_decay!r}, but it must be 0 or more.")
    if name == "adam":
        return torch.optim.Adam(parameters, lr=learning_rate, betas=(momentum, 0.999), weight_decay=weight_decay)
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=learning_rate, momentum=momentum, weight_decay=weight_decay)
    raise ValueError(f'optimiser = {name!r} is not known; choose "adam" or "sgd".')
