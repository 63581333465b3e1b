"""Learning rules: what change each weight should make. One part a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ann.rules.backprop import Backprop
    from ann.rules.direct_feedback_alignment import DirectFeedbackAlignment
    from ann.rules.equilibrium_propagation import EquilibriumPropagation
    from ann.rules.feedback_alignment import FeedbackAlignment
    from ann.rules.forward_forward import ForwardForward
    from ann.rules.frozen_hidden import FrozenHidden
    from ann.rules.kolen_pollack import KolenPollack
    from ann.rules.krotov_hopfield import KrotovHopfield
    from ann.rules.node_perturbation import NodePerturbation
    from ann.rules.predictive_coding import PredictiveCoding
    from ann.rules.sanger import Sanger
    from ann.rules.sign_symmetry import SignSymmetry
    from ann.rules.soft_hebb import SoftHebb
    from ann.rules.target_propagation import TargetPropagation
    from ann.rules.weight_mirror import WeightMirror
    from ann.rules.weight_perturbation import WeightPerturbation

__all__ = [
    "Backprop", "DirectFeedbackAlignment", "EquilibriumPropagation", "FeedbackAlignment", "ForwardForward",
    "FrozenHidden", "KolenPollack", "KrotovHopfield", "NodePerturbation", "PredictiveCoding", "Sanger", "SignSymmetry",
    "SoftHebb", "TargetPropagation", "WeightMirror", "WeightPerturbation",
]  # fmt: skip

_HOME = {
    "Backprop": "ann.rules.backprop",
    "DirectFeedbackAlignment": "ann.rules.direct_feedback_alignment",
    "EquilibriumPropagation": "ann.rules.equilibrium_propagation",
    "FeedbackAlignment": "ann.rules.feedback_alignment",
    "ForwardForward": "ann.rules.forward_forward",
    "FrozenHidden": "ann.rules.frozen_hidden",
    "KolenPollack": "ann.rules.kolen_pollack",
    "KrotovHopfield": "ann.rules.krotov_hopfield",
    "NodePerturbation": "ann.rules.node_perturbation",
    "PredictiveCoding": "ann.rules.predictive_coding",
    "Sanger": "ann.rules.sanger",
    "SignSymmetry": "ann.rules.sign_symmetry",
    "SoftHebb": "ann.rules.soft_hebb",
    "TargetPropagation": "ann.rules.target_propagation",
    "WeightMirror": "ann.rules.weight_mirror",
    "WeightPerturbation": "ann.rules.weight_perturbation",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
