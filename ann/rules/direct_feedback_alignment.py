"""Direct feedback alignment: each layer hears the output's error itself"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.rules import _layered, _layers
from ann.rules._stepped import Stepped, check_positive
from ann.source import Source


@dataclass(frozen=True)
class DirectFeedbackAlignment(Stepped):
    """Each hidden layer's error is B_l e: the error of the output's drives through fixed random weights of its own.

    B_l, of shape (output, neuron), is uniform in +-feedback_scale / sqrt(neurons), the distribution that a read-out of
    that layer would start from where the scale is 1. A convolution's neurons are all its channels and positions, after
    pooling. How many there are is known once an image has passed, so that B is drawn at the first update, from a seed
    that is drawn at the start.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        feedback_scale: spread of B, relative to that of a read-out of the layer.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    feedback_scale: float = 1.0

    name: ClassVar[str] = "direct_feedback_alignment"
    family: ClassVar[str] = "feedback"
    equation: ClassVar[str] = "δ_l = (B_l' e) ⊙ f'(a_l),  ΔW_l = -η δ_l h_{l-1}',  B fixed"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "feedback weights")
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Nøkland 2016, Advances in Neural Information Processing Systems 29:1037",
        "Nøkland, Arild",
        "Direct feedback alignment provides learning in deep neural networks",
        "Advances in Neural Information Processing Systems",
        2016,
        "10.48550/arXiv.1609.01596",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "feedback_scale")

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """A seed for B, and an empty "name.feedback" for every hidden block."""
        hidden = list((_layers.blocks(model) or {}).items())[:-1]
        empty = {f"{name}.feedback": block.linear.weight.new_empty(0) for name, block in hidden}
        return {"seed": torch.randint(2**62, (), generator=generator)} | empty

    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The read-out's is minus the gradient; a hidden layer's is what its own B makes of the output's error."""
        passed = _layered.walk(model, x)
        state = state | self._feedback(passed, state)
        updates, _ = _broadcast(passed, _layered.output_error(passed, y, loss), _layered.feedback_of(state))
        return updates, state

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products of answering and, with `training`, of e through each B and of each layer's weight change."""
        rows = operations.forward(_layers.blocks(model) or {}, x)
        if not training:
            return rows
        passed = _layered.walk(model, x)
        error = _layered.own_answers_error(passed)
        _, deltas = _broadcast(passed, error, _layered.feedback_of(state | self._feedback(passed, state)))
        flowing = float((deltas[passed[-1].name] != 0).sum()) / len(x)
        for layer in passed:
            rows.append(_layered.change_products(layer, deltas[layer.name]))
            if layer is not passed[-1]:
                neurons = layer.h[0].numel()
                rows.append(operations.row(layer.name, neurons * passed[-1].a[0].numel(), neurons * flowing))
        return rows

    def _feedback(self, passed: list[_layered.Passed], state: State) -> State:
        """B of the hidden blocks that have none yet, in depth order from the one seed."""
        chance, outputs, found = torch.Generator().manual_seed(int(state["seed"])), passed[-1].a[0].numel(), {}
        for layer in passed[:-1]:
            if not state[f"{layer.name}.feedback"].numel():
                neurons = layer.h[0].numel()
                weight, bound = layer.block.linear.weight, self.feedback_scale / neurons**0.5
                drawn = 2 * torch.rand(outputs, neurons, generator=chance, dtype=weight.dtype) - 1
                found[f"{layer.name}.feedback"] = (bound * drawn).to(weight.device)
        return found


def _broadcast(
    passed: list[_layered.Passed], error: torch.Tensor, feedback: dict[str, torch.Tensor]
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Every parameter's change and every layer's delta, from the output's error."""
    top, updates = _layered.drive_error(passed[-1], error)
    deltas = {passed[-1].name: top}
    for layer in passed[:-1]:
        own = (top.flatten(1).to(feedback[layer.name].dtype) @ feedback[layer.name]).reshape(layer.h.shape)
        deltas[layer.name], changes = _layered.drive_error(layer, own)
        updates |= changes
    for layer in passed:
        updates |= _layered.change(layer, deltas[layer.name])
    return updates, deltas
