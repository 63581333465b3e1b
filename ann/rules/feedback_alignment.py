"""Feedback alignment: the error goes down through fixed random weights"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from ann.contract import State
from ann.rules import _layered
from ann.rules._stepped import Stepped, check_positive
from ann.source import Source


@dataclass(frozen=True)
class FeedbackAlignment(Stepped):
    """Backprop with each W' on the way down replaced by B', drawn once; learning turns W towards B.

    B has the shape of W and is uniform in +-feedback_scale / sqrt(fan-in of W), the distribution that W itself starts
    from where the scale is 1 (Lillicrap et al. tried the range of B by hand). A convolution's B goes down by the
    transposed convolution. Needed is no more than in backprop, so that its operations are backprop's.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        feedback_scale: spread of B, relative to that of W at its start.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    feedback_scale: float = 1.0

    name: ClassVar[str] = "feedback_alignment"
    family: ClassVar[str] = "feedback"
    equation: ClassVar[str] = "δ_l = (B_{l+1}' δ_{l+1}) ⊙ f'(a_l),  ΔW_l = -η δ_l h_{l-1}',  B fixed"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "feedback weights")
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Lillicrap, Cownden, Tweed & Akerman 2016, Nat. Commun. 7:13276",
        "Lillicrap, Timothy P. and Cownden, Daniel and Tweed, Douglas B. and Akerman, Colin J.",
        "Random synaptic feedback weights support error backpropagation for deep learning",
        "Nature Communications",
        2016,
        "10.1038/ncomms13276",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "feedback_scale")

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """B of every block but the lowest, under "name.feedback"."""
        return _layered.feedback_weights(model, self.feedback_scale, generator)

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Minus what backprop would take for the gradient if B were the weights."""
        passed = _layered.walk(model, x)
        error = _layered.output_error(passed, y, loss)
        return _layered.descend(passed, error, _layered.feedback_of(state))[0], state
