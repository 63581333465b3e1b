"""Weight perturbation: weights try noise and keep what lowers the loss"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn
from torch.func import functional_call

from ann import operations
from ann.contract import State
from ann.rules import _layered, _layers
from ann.rules._stepped import Stepped, check_count, check_positive
from ann.source import Source


@dataclass(frozen=True)
class WeightPerturbation(Stepped):
    """dW = -<(L(W + sigma xi) - L(W)) / sigma  xi>: the batch's loss with noise in all weights, less that without.

    xi ~ N(0, 1) for each weight and bias; the brackets are the mean over `directions` draws. Its mean is minus the
    gradient, up to a bias of order sigma^2; its variance grows with the number of weights, so that it needs many more
    draws than node perturbation. It asks nothing of the model and serves any. Jabri and Flower moved one weight at a
    time; all at once is Cauwenberghs 1993 (Advances in Neural Information Processing Systems 5:244).

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        noise: sigma, in the unit of the weights.
        directions: draws of noise for each update.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    noise: float = 0.01
    directions: int = 10

    name: ClassVar[str] = "weight_perturbation"
    family: ClassVar[str] = "second phase"
    equation: ClassVar[str] = "ΔW = -η (L[W + σξ] - L[W]) / σ  ξ,  ξ ~ N(0, 1)"
    signals: ClassVar[tuple[str, ...]] = ("third factor", "second phase")
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Jabri & Flower 1992, IEEE Trans. Neural Netw. 3:154",
        "Jabri, Marwan and Flower, Barry",
        "Weight perturbation: an optimal architecture and learning technique for analog VLSI feedforward and recurrent "
        "multilayer networks",
        "IEEE Transactions on Neural Networks",
        1992,
        "10.1109/72.105429",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "noise")
        check_count(self, "directions")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses a module without trainable parameters."""
        if any(p.requires_grad for p in model.parameters()):
            return None
        return f"WeightPerturbation has nothing to learn: {type(model).__name__} has no trainable parameter."

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """No state of its own."""
        return {}

    @torch.no_grad()
    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The mean over the draws of each weight's noise, by how much less the loss was."""
        weights = {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}
        calm = loss(model(x), y)
        updates = {name: torch.zeros_like(w) for name, w in weights.items()}
        for _ in range(self.directions):
            xi = {name: _layered.noise_like(w, generator) for name, w in weights.items()}
            # Batch statistics that a noisy answer moves are a copy's.
            tried = {name: buffer.clone() for name, buffer in model.named_buffers()}
            tried |= {name: w + self.noise * xi[name] for name, w in weights.items()}
            rise = (loss(functional_call(model, tried, (x,)), y) - calm) / (self.noise * self.directions)
            updates = {name: update - rise * xi[name] for name, update in updates.items()}
        return updates, state

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """With `training`, one more answer for each draw; the noise of a weight is scaled once a batch, not a sample.

        Raises:
            NotImplementedError: if the model does not say what its operations are.
        """
        layers = _layers.blocks(model)
        if hasattr(model, "operations"):
            rows = list(model.operations(x, training=False))  # type: ignore[operator]
        elif layers is not None:
            rows = operations.forward(layers, x)
        else:
            raise NotImplementedError(f"{type(model).__name__} does not say what its operations are.")
        return operations.total(rows * (1 + self.directions)) if training else rows
