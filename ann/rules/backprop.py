"""Backpropagation: every weight moves down the gradient of the loss"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ann.contract import State
from ann.rules import _layers
from ann.rules._stepped import Stepped
from ann.source import Source


@dataclass(frozen=True)
class Backprop(Stepped):
    """dW = -dL/dW by torch's reverse-mode differentiation; a spiking model brings its own surrogate derivative.

    Attributes:
        optimiser: "adam" or "sgd".
        learning_rate: step size.
        momentum: of sgd; for adam it is beta1, the decay of the mean gradient.
        weight_decay: factor of the L2 penalty.
        schedule: of the learning rate over the planned training: "constant"; "linear", on a straight line to 0; "late
            linear", the same in the second half only; "cosine", to 0 along half a cosine (Loshchilov & Hutter 2017,
            arXiv:1608.03983).

    Raises:
        ValueError: for an optimiser or a schedule that is not known, or a number out of its range.
    """

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
