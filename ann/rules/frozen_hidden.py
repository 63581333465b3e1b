"""Frozen hidden layers: only the read-out learns; a control for hidden learning"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ann.contract import State
from ann.rules import _layers
from ann.rules._stepped import Stepped
from ann.source import Source


@dataclass(frozen=True)
class FrozenHidden(Stepped):
    """Hidden weights stay as they were drawn; the last linear layer learns by the delta rule (softmax, cross-entropy).

    dW = (t - p) h', with t the label one-hot, p the softmax and h the random features.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: of the read-out, as in Backprop.
    """

    learning_rate: float = 1e-2

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
