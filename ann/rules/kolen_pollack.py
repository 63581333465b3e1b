"""Kolen-Pollack: feedback weights learn the same change, and decay"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ann.contract import State
from ann.rules import _layered, _optimiser
from ann.rules._stepped import Stepped, check_positive
from ann.source import Source


@dataclass(frozen=True)
class KolenPollack(Stepped):
    """Feedback alignment whose B moves by the change that W gets, and both decay, so that their difference dies out.

    W <- W - eta (delta h' + lambda W) and B <- B - eta (delta h' + lambda B), hence after n updates without momentum
    B - W = (1 - eta lambda)^n (B_0 - W_0). Each synapse on the way down sees the same delta and h as its partner on the
    way up; no weight is read. B takes the steps of sgd, the optimiser with which this holds. Kolen and Pollack 1994
    (ICNN 3:1375, doi:10.1109/ICNN.1994.374486) had the idea for weights, Akrout et al. made it a circuit. The product
    delta h' is counted once, so that operations are backprop's.

    Attributes:
        optimiser: "sgd", no other; schedule: "constant", no other.
        learning_rate, momentum: of W and of B, as in Backprop.
        weight_decay: lambda, of both; greater than 0.
        feedback_scale: spread of B at the start, relative to that of W, as in FeedbackAlignment.

    Raises:
        ValueError: for another optimiser, or a number out of its range.
    """

    optimiser: _optimiser.Name = "sgd"
    learning_rate: float = 0.1
    momentum: float = 0.0
    weight_decay: float = 1e-3
    feedback_scale: float = 1.0

    name: ClassVar[str] = "kolen_pollack"
    family: ClassVar[str] = "feedback"
    equation: ClassVar[str] = (
        "δ_l = (B_{l+1}' δ_{l+1}) ⊙ f'(a_l),  ΔW_l = -η (δ_l h_{l-1}' + λ W_l),  ΔB_l = -η (δ_l h_{l-1}' + λ B_l)"
    )
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "feedback weights")
    version: ClassVar[int] = 1
    mirrors_steps: ClassVar[bool] = True  # B would fall behind if W's steps were clipped
    source: ClassVar[Source] = Source(
        "Akrout, Wilson, Humphreys, Lillicrap & Tweed 2019, Advances in Neural Information Processing Systems 32:976",
        "Akrout, Mohamed and Wilson, Collin and Humphreys, Peter C. and Lillicrap, Timothy and Tweed, Douglas",
        "Deep learning without weight transport",
        "Advances in Neural Information Processing Systems",
        2019,
        "10.48550/arXiv.1904.05391",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "feedback_scale", "weight_decay")
        if self.optimiser != "sgd":
            raise ValueError(
                f'optimiser = {self.optimiser!r}, but weights and feedback weights take the same step; choose "sgd".'
            )
        if self.schedule != "constant":
            raise ValueError(
                f'schedule = {self.schedule!r}, but feedback weights take the step of the first; choose "constant".'
            )

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """B of every block but the lowest, under "name.feedback", and its momentum."""
        feedback = _layered.feedback_weights(model, self.feedback_scale, generator)
        still = {f"{name}.velocity": torch.zeros_like(B) for name, B in _layered.feedback_of(feedback).items()}
        return feedback | still

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """As feedback alignment's; B takes the step that the optimiser takes with W."""
        passed, feedback, later = _layered.walk(model, x), _layered.feedback_of(state), {}
        updates, deltas = _layered.descend(passed, _layered.output_error(passed, y, loss), feedback)
        for layer in passed[1:]:
            B = feedback[layer.name]
            fall = _layered.correlate(layer.block.linear, layer.x, deltas[layer.name]) + self.weight_decay * B
            velocity = self.momentum * state[f"{layer.name}.velocity"] + fall
            later[f"{layer.name}.velocity"] = velocity
            later[f"{layer.name}.feedback"] = B - self.learning_rate * velocity
        return updates, state | later
