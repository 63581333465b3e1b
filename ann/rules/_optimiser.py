"""torch optimisers by name, from the four fields that every rule that uses one has, and the course of their rate."""

from __future__ import annotations

import math
from typing import Any, Literal, Protocol, get_args

import torch

Name = Literal["adam", "sgd"]
Schedule = Literal["constant", "linear", "late linear", "cosine"]
_add: Any = torch._foreach_add_  # type: ignore[attr-defined]
_kernel: Any = torch._fused_adam_  # type: ignore[attr-defined]


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


def pace(schedule: Schedule, done: float) -> float:
    """Factor of the learning rate when this part of the planned training, 0 to 1, is done.

    "constant"; "linear": on a straight line to 0; "late linear": the same in the second half only; "cosine": to 0 along
    half a cosine (Loshchilov & Hutter 2017, arXiv:1608.03983).
    """
    if schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * done))
    return {"constant": 1.0, "linear": 1 - done, "late linear": min(1.0, 2 * (1 - done))}[schedule]


def make(rule: Settings, parameters: Any) -> torch.optim.Optimizer:
    """Adam (Kingma & Ba 2015, arXiv:1412.6980; momentum is its beta1) or stochastic gradient descent.

    They go along what they are given, which are wanted changes, in one kernel a parameter.
    """
    common: dict[str, Any] = {
        "lr": rule.learning_rate, "weight_decay": rule.weight_decay, "maximize": True, "fused": True,
    }  # fmt: skip
    if rule.optimiser == "adam":
        return Adam(parameters, betas=(rule.momentum, 0.999), **common)
    return torch.optim.SGD(parameters, momentum=rule.momentum, **common)


class Adam(torch.optim.Adam):
    """torch's own, by the same kernel on the same numbers: only the profiler's hooks and the sorting of parameters by
    device are not gone through at every step, which take longer than the update of a small network. So hooks of a step
    would not be called, and are refused."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Along the gradients that there are; parameters without one are left alone."""
        groups = [(group, [p for p in group["params"] if p.grad is not None]) for group in self.param_groups]
        if any(p not in self.state for _, parameters in groups for p in parameters):
            super().step()  # makes the moments too
            return
        for group, parameters in groups:
            if parameters:
                self._go(group, parameters)

    def register_step_pre_hook(self, hook: Any) -> Any:
        """Raises NotImplementedError: put another optimiser around this one, as TwoSpeeds does."""
        raise NotImplementedError("This Adam calls no hooks. Put an optimiser with a step of its own around it.")

    register_step_post_hook = register_step_pre_hook

    def _go(self, group: dict[str, Any], parameters: list[torch.Tensor]) -> None:
        gradients: list[Any] = [p.grad for p in parameters]
        states = [self.state[p] for p in parameters]
        means, squares, steps = ([one[name] for one in states] for name in ("exp_avg", "exp_avg_sq", "step"))
        beta1, beta2 = group["betas"]
        settings = {name: group[name] for name in ("lr", "weight_decay", "eps", "amsgrad", "maximize")}
        _add(steps, 1)
        _kernel(parameters, gradients, means, squares, [], steps, beta1=beta1, beta2=beta2, **settings)


Adam.step.hooked = True  # type: ignore[attr-defined]  # else torch wraps the profiler's hooks around it


class TwoSpeeds(torch.optim.Optimizer):
    """Two optimisers that step together, each on its own parameters."""

    def __init__(self, *parts: torch.optim.Optimizer) -> None:
        super().__init__([group for part in parts for group in part.param_groups], {})
        self.parts = parts

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for part in self.parts:
            part.step()
