"""Frozen hidden layers: only the read-out learns; a control for hidden learning"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ann.contract import State
from ann.rules import _layers, _optimiser
from ann.source import Source


@dataclass(frozen=True)
class FrozenHidden:
    """Hidden weights stay as they were drawn; the last linear layer learns by the delta rule (softmax, cross-entropy).

    dW = (t - p) h', with t the label one-hot, p the softmax and h the random features.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay: of the read-out, as in Backprop.
    """

    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 1e-2
    momentum: float = 0.9
    weight_decay: float = 0.0

    name: ClassVar[str] = "frozen_hidden"
    family: ClassVar[str] = "control"
    equation: ClassVar[str] = "hidden: ΔW = 0;  read-out: ΔW = η (t - p) h'"
    signals: ClassVar[tuple[str, ...]] = ("pre", "vector error")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Huang, Zhu & Siew 2006, Neurocomputing 70:489",
        "Huang, Guang-Bin and Zhu, Qin-Yu and Siew, Chee-Kheong",
        "Extreme learning machine: theory and applications",
        "Neurocomputing",
        2006,
        "10.1016/j.neucom.2005.12.126",
    )

    def __post_init__(self) -> None:
        _optimiser.check(self)

    def refuses(self, model: torch.nn.Module, loss: Any) -> str | None:
        """Refuses a module whose last layer with weights is not nn.Linear."""
        if _layers.readout(model) is not None:
            return None
        return f"FrozenHidden trains a linear read-out, but {type(model).__name__} does not end in one."

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """No state of its own."""
        return {}

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Minus the gradient of the loss for the read-out alone."""
        names = _layers.readout_parameters(model)
        return _layers.gradient_updates(model, loss(model(x), y), names), state

    def output(self, model: torch.nn.Module, x: Any, state: State) -> Any:
        return model(x)

    def activity(self, model: torch.nn.Module, x: Any, state: State) -> dict[str, Any]:
        return _layers.activity(model, x)

    def pace(self, done: float) -> float:
        """The rate of the optimiser stays as it is."""
        return 1.0

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        return _optimiser.make(self, parameters)
