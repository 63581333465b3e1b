"""Node perturbation: neurons try noise and keep what lowers the loss"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.rules import _layered, _layers
from ann.rules._stepped import Stepped, check_count, check_positive
from ann.source import Source


@dataclass(frozen=True)
class NodePerturbation(Stepped):
    """dW = -<(E_noisy - E) / sigma  xi h'>: each sample's loss with noise sigma xi in all drives, less that without.

    E is a sample's own loss (that of a batch of one, times its class's weight over the batch's mean weight, where
    classes have weights), xi ~ N(0, 1) for each neuron and sample, the brackets are the mean over the batch and over
    `directions` draws. On average it is minus the gradient, up to a bias of order sigma^2; its variance grows with the
    number of neurons. One scalar tells all neurons how the sample went; no error goes down. In a convolution every
    position has noise of its own.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        noise: sigma, in the unit of the drives.
        directions: draws of noise for each update.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    noise: float = 0.01
    directions: int = 1

    name: ClassVar[str] = "node_perturbation"
    family: ClassVar[str] = "second phase"
    equation: ClassVar[str] = "ΔW_l = -η (E[a + σξ] - E[a]) / σ  ξ_l h_{l-1}',  ξ ~ N(0, 1)"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "third factor", "second phase")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Werfel, Xie & Seung 2005, Neural Comput. 17:2699",
        "Werfel, Justin and Xie, Xiaohui and Seung, H. Sebastian",
        "Learning curves for stochastic gradient descent in linear feedforward networks",
        "Neural Computation",
        2005,
        "10.1162/089976605774320539",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "noise")
        check_count(self, "directions")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses what is not layers in a row, and normalisation over the batch, which mixes the samples' losses."""
        sentence = super().refuses(model, loss)
        if sentence:
            return sentence
        normalised = [
            n for n, b in (_layers.blocks(model) or {}).items() if not isinstance(b.normalisation, nn.Identity)
        ]
        if normalised:
            return (
                f"NodePerturbation asks what noise did to each sample's own loss, but {normalised[0]} normalises over "
                "the batch, where one sample's noise reaches the others."
            )
        return None

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """No state of its own."""
        return {}

    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The mean over the draws of each weight's noise times its input, by how much less the loss was."""
        clean = _layered.walk(model, x)
        calm, factors = _calm(loss, clean[-1].h.detach(), y)
        updates: dict[str, torch.Tensor] = {}
        for _ in range(self.directions):
            xi = {layer.name: _layered.noise_like(layer.a, generator) for layer in clean}
            noisy = _layered.walk(model, x, {name: self.noise * one for name, one in xi.items()})
            with torch.no_grad():
                rise = factors * (_each(loss, noisy[-1].h, y) - calm) / (self.noise * len(x) * self.directions)
            for layer in clean:
                delta = rise.reshape(-1, *[1] * (layer.a.ndim - 1)) * xi[layer.name]
                for name, change in _layered.change(layer, delta).items():
                    updates[name] = updates[name] + change if name in updates else change
        return updates, state

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """With `training`, for each draw one more answer, and the noise times the input of each weight."""
        rows = operations.forward(_layers.blocks(model) or {}, x)
        if not training:
            return rows
        own = [_layered.change_products(layer, torch.ones_like(layer.a)) for layer in _layered.walk(model, x)]
        draws = [row for row in [*rows, *own] for _ in range(self.directions)]
        return operations.total([*rows, *draws])


def _each(loss: Any, answers: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Each sample's own loss, (sample,); a loss is told a batch of one."""
    return torch.stack([loss(one[None], target[None]) for one, target in zip(answers, y, strict=True)])


@torch.enable_grad()
def _calm(loss: Any, answers: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Each sample's own loss, (sample,), and what it counts in the batch's: its class's weight over the mean one.

    A batch of one does not show its weight, since the weights' sum is divided by; the slopes by its answer do.
    """
    answers = answers.requires_grad_()
    (among,) = torch.autograd.grad(loss(answers, y), answers)  # first the batch's, which the trainer reports
    own = _each(loss, answers, y)
    (alone,) = torch.autograd.grad(own.sum(), answers)
    among, alone = among.flatten(1), alone.flatten(1)
    power = alone.square().sum(1)
    factors = len(answers) * (among * alone).sum(1) / power.clamp(min=torch.finfo(power.dtype).tiny)
    # Rounding aside they are 1 without weights; a sample that was learned for good has no slope, nor a rise.
    return own.detach(), torch.where((power > 0) & ((factors - 1).abs() > 1e-4), factors, 1.0)
