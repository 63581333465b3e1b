"""The weights B through which an error reaches the neurons: the read-out's own, random ones, or ones that follow it."""

from __future__ import annotations

from math import sqrt
from typing import Any

import torch

from ann.contract import State
from ann.rules._optimiser import Settings

__all__ = ["WithDecay", "followed", "started"]


def started(readout: torch.nn.Linear, adaptive: bool, generator: torch.Generator) -> State:
    """Random feedback (output, neuron) of standard deviation 1/sqrt(neurons), and an optimiser's memory of its own."""
    weight = readout.weight
    drawn = torch.empty(weight.shape).normal_(0.0, 1 / sqrt(weight.shape[1]), generator=generator)
    state = {"feedback": drawn.to(weight)}
    if adaptive:
        state |= {f"feedback.{name}": torch.zeros_like(state["feedback"]) for name in ("mean", "square")}
        state["feedback.updates"] = weight.new_zeros(())
    return state


def followed(rule: Settings, state: State, change: torch.Tensor, decay: float) -> State:
    """The state once B has made the step that the read-out makes for the same wanted change, and has decayed.

    Two matrices that take equal steps and decay alike become equal (Kolen & Pollack 1994, IEEE ICNN 3:1375), and no
    synapse needs to know the other's weight.
    """
    weight, count = state["feedback"], state["feedback.updates"] + 1
    gradient = rule.weight_decay * weight - change
    if rule.optimiser == "adam":
        mean = rule.momentum * state["feedback.mean"] + (1 - rule.momentum) * gradient
        square = 0.999 * state["feedback.square"] + 0.001 * gradient.square()
        step = mean / (1 - rule.momentum**count) / ((square / (1 - 0.999**count)).sqrt() + 1e-8)
    else:
        mean, square = rule.momentum * state["feedback.mean"] + gradient, state["feedback.square"]
        step = mean
    memory = {"feedback.mean": mean, "feedback.square": square, "feedback.updates": count}
    return state | memory | {"feedback": (1 - decay) * (weight - rule.learning_rate * step)}


class WithDecay(torch.optim.Optimizer):
    """An optimiser after each of whose steps `weight` falls by a part `decay`."""

    def __init__(self, optimiser: torch.optim.Optimizer, weight: torch.Tensor, decay: float) -> None:
        super().__init__(optimiser.param_groups, {})
        self.parts, self._weight, self._decay = (optimiser,), weight, decay

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        self.parts[0].step()
        self._weight.mul_(1 - self._decay)
