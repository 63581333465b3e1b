"""What rules share that answer as their model does and hand their updates to one torch optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar, get_args

import torch
from torch import nn

from ann.contract import State
from ann.rules import _layered, _layers, _optimiser


@dataclass(frozen=True)
class Stepped:
    """A rule for layers in a row; a subclass says its name, its state and its updates.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.

    Raises:
        ValueError: for an optimiser or a schedule that is not known, or a number out of its range.
    """

    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: _optimiser.Schedule = "constant"

    name: ClassVar[str]

    def __post_init__(self) -> None:
        _optimiser.check(self)
        known = get_args(_optimiser.Schedule)
        if self.schedule not in known:
            choice = ", ".join(f'"{one}"' for one in known)
            raise ValueError(f"schedule = {self.schedule!r} is not known; choose one of {choice}.")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but nn.Linear and nn.Conv2d layers in a row."""
        return _layered.refuses(self, model)

    def output(self, model: nn.Module, x: Any, state: State) -> Any:
        return model(x)

    def activity(self, model: nn.Module, x: Any, state: State) -> dict[str, Any]:
        return _layers.activity(model, x)

    def pace(self, done: float) -> float:
        """Factor of the learning rate when this part of training, 0 to 1, is done."""
        return _optimiser.pace(self.schedule, done)

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        return _optimiser.make(self, parameters)


def in_full_precision(updates: Any) -> Any:
    """An `updates` whose products are never shortened: for a rule that learns from small differences of activities."""

    @wraps(updates)
    def exact(
        self: Any, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        with torch.autocast(x.device.type, enabled=False):
            return updates(self, model, x, y, loss, state, generator)

    return exact


def check_positive(rule: Any, *names: str) -> None:
    """Raises ValueError unless each of these fields is greater than 0."""
    for name in names:
        if not getattr(rule, name) > 0:
            raise ValueError(f"{name} = {getattr(rule, name)!r}, but it must be greater than 0.")


def check_count(rule: Any, name: str) -> None:
    """Raises ValueError unless this field is a whole number of at least 1."""
    value = getattr(rule, name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} = {value!r}, but it must be a whole number of at least 1.")
