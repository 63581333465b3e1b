"""Backpropagation: every weight moves down the gradient of the loss"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch

from ann.contract import State
from ann.rules import _layers, _optimiser
from ann.source import Source


@dataclass(frozen=True)
class Backprop:
    """dW = -dL/dW by torch's reverse-mode differentiation; a spiking model brings its own surrogate derivative.

    Attributes:
        optimiser: "adam" or "sgd".
        learning_rate: step size.
        momentum: of sgd; for adam it is beta1, the decay of the mean gradient.
        weight_decay: factor of the L2 penalty.
        schedule: "constant", or "cosine": the learning rate falls to 0 along half a cosine over the planned training
            (Loshchilov & Hutter 2017, arXiv:1608.03983).

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: Literal["constant", "cosine"] = "constant"

    name: ClassVar[str] = "backprop"
    family: ClassVar[str] = "backprop"
    equation: ClassVar[str] = "δ_l = (W_{l+1}' δ_{l+1}) ⊙ f'(a_l),  ΔW_l = -η δ_l h_{l-1}'"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "downstream weights")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Rumelhart, Hinton & Williams 1986, Nature 323:533",
        "Rumelhart, David E. and Hinton, Geoffrey E. and Williams, Ronald J.",
        "Learning representations by back-propagating errors",
        "Nature",
        1986,
        "10.1038/323533a0",
    )

    def __post_init__(self) -> None:
        _optimiser.check(self)
        if self.schedule not in ("constant", "cosine"):
            raise ValueError(f'schedule = {self.schedule!r} is not known; choose "constant" or "cosine".')

    def refuses(self, model: torch.nn.Module, loss: Any) -> str | None:
        """Refuses a module without trainable parameters."""
        if any(p.requires_grad for p in model.parameters()):
            return None
        return f"Backprop has nothing to learn: {type(model).__name__} has no trainable parameter."

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """Backprop keeps no state of its own."""
        return {}

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Minus the gradient of loss(model(x), y), for every trainable parameter."""
        return _layers.gradient_updates(model, loss(model(x), y)), state

    def output(self, model: torch.nn.Module, x: Any, state: State) -> Any:
        return model(x)

    def activity(self, model: torch.nn.Module, x: Any, state: State) -> dict[str, Any]:
        return _layers.activity(model, x)

    def pace(self, done: float) -> float:
        """Factor of the learning rate when this part of training, 0 to 1, is done."""
        return 1.0 if self.schedule == "constant" else 0.5 * (1 + math.cos(math.pi * done))

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        return _optimiser.make(self, parameters)
