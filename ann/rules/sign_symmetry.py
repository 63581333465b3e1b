"""Sign-symmetry: the error goes down through the weights' signs"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ann.contract import State
from ann.rules import _layered, _layers
from ann.rules._stepped import Stepped, check_positive
from ann.source import Source


@dataclass(frozen=True)
class SignSymmetry(Stepped):
    """Backprop with each W' on the way down replaced by c sign(W)', the present signs and one size for all.

    c is fixed at the start: feedback_scale times the root mean square of W then, so that B is as large as W (Liao et
    al. use 1, with batch normalisation and steps whose size the error does not set). Operations are backprop's.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        feedback_scale: size of B, relative to that of W at its start.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    feedback_scale: float = 1.0

    name: ClassVar[str] = "sign_symmetry"
    family: ClassVar[str] = "feedback"
    equation: ClassVar[str] = "δ_l = (c sign(W_{l+1})' δ_{l+1}) ⊙ f'(a_l),  ΔW_l = -η δ_l h_{l-1}'"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "downstream weights")
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Liao, Leibo & Poggio 2016, AAAI 30:1837",
        "Liao, Qianli and Leibo, Joel and Poggio, Tomaso",
        "How important is weight symmetry in backpropagation?",
        "Proceedings of the AAAI Conference on Artificial Intelligence",
        2016,
        "10.1609/aaai.v30i1.10279",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "feedback_scale")

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """c of every block but the lowest, under "name.size"."""
        above = list((_layers.blocks(model) or {}).items())[1:]
        sizes = {name: block.linear.weight.detach().square().mean().sqrt() for name, block in above}
        return {f"{name}.size": self.feedback_scale * size for name, size in sizes.items()}

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Minus what backprop would take for the gradient if the weights were c times their signs."""
        passed = _layered.walk(model, x)
        feedback = {
            layer.name: state[f"{layer.name}.size"] * layer.block.linear.weight.detach().sign() for layer in passed[1:]
        }
        return _layered.descend(passed, _layered.output_error(passed, y, loss), feedback)[0], state
