"""torch optimisers by name, from the four fields that every rule that uses one has."""

from __future__ import annotations

from typing import Any, Literal, Protocol, get_args

import torch

Name = Literal["adam", "sgd"]


class Settings(Protocol):
    """A rule with these fields."""

    @property
    def optimiser(self) -> Name: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def momentum(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...


def check(rule: Settings) -> None:
    """Raises ValueError for a name that is not known, or a number out of its range."""
    if rule.optimiser not in get_args(Name):
        raise ValueError(f'optimiser = {rule.optimiser!r} is not known; choose "adam" or "sgd".')
    if not rule.learning_rate > 0:
        raise ValueError(f"learning_rate = {rule.learning_rate!r}, but it must be greater than 0.")
    if not 0 <= rule.momentum < 1:
        raise ValueError(f"momentum = {rule.momentum!r}, but it must be at least 0 and less than 1.")
    if not rule.weight_decay >= 0:
        raise ValueError(f"weight_decay = {rule.weight_decay!r}, but it must be 0 or more.")


def make(rule: Settings, parameters: Any) -> torch.optim.Optimizer:
    """Adam (Kingma & Ba 2015, arXiv:1412.6980; momentum is its beta1) or stochastic gradient descent.

    They go along what they are given, which are wanted changes, in one kernel a parameter.
    """
    common: dict[str, Any] = {
        "lr": rule.learning_rate, "weight_decay": rule.weight_decay, "maximize": True, "fused": True,
    }  # fmt: skip
    if rule.optimiser == "adam":
        return torch.optim.Adam(parameters, betas=(rule.momentum, 0.999), **common)
    return torch.optim.SGD(parameters, momentum=rule.momentum, **common)


class TwoSpeeds(torch.optim.Optimizer):
    """Two optimisers that step together, each on its own parameters."""

    def __init__(self, *parts: torch.optim.Optimizer) -> None:
        super().__init__([group for part in parts for group in part.param_groups], {})
        self.parts = parts

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for part in self.parts:
            part.step()
