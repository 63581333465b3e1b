"""Predictive coding: neurons settle first, then weights mend what is left over"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.models._block import Block
from ann.rules import _layered, _layers
from ann.rules._stepped import Stepped, check_count, check_positive, in_full_precision
from ann.source import Source


@dataclass(frozen=True)
class PredictiveCoding(Stepped):
    """Every hidden layer's x is predicted from below, mu = W f(x_below) + b, and settles by the errors eps = x - mu.

    F = sum over hidden layers of |eps|^2 / 2, and the loss of the output's mu. From the forward pass, where eps = 0,
    `steps` steps of dx = -inference_rate dF/dx = inference_rate (-eps + f'(x) * W_above' eps_above) follow; then
    dW = eps f(x_below)', a mean over the batch. The output layer's eps is minus the slope of the loss: target minus
    output for squares, as in the paper, and target minus softmax for the cross-entropy.

    inference = "exact" is Z-IL (Song, Lukasiewicz, Xu & Bogacz 2020, NeurIPS 33:22566): steps of rate 1, and each layer
    learns in the step in which the error first arrives, when what is below it has not moved yet. Its changes are those
    of backpropagation. There, `steps` and `inference_rate` are of no use.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        inference: "settled" (Whittington & Bogacz), or "exact".
        steps: of inference, before the weights change.
        inference_rate: of one step. Settles below 2 / (1 + the largest squared singular value of f' W); 1 is too much
            once weights have grown.

    Raises:
        ValueError: for an optimiser or a word that is not known, or a number out of its range.
    """

    inference: Literal["settled", "exact"] = "settled"
    steps: int = 20
    inference_rate: float = 0.1

    name: ClassVar[str] = "predictive_coding"
    family: ClassVar[str] = "second phase"
    equation: ClassVar[str] = (
        "ε_l = x_l - W_l f(x_{l-1}),  Δx_l = γ (-ε_l + f'(x_l) ⊙ W_{l+1}' ε_{l+1}),  ΔW_l = η ε_l f(x_{l-1})'"
    )
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "downstream weights", "second phase")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Whittington & Bogacz 2017, Neural Comput. 29:1229",
        "Whittington, James C. R. and Bogacz, Rafal",
        "An approximation of the error backpropagation algorithm in a predictive coding network with local Hebbian "
        "synaptic plasticity",
        "Neural Computation",
        2017,
        "10.1162/NECO_a_00949",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.inference not in ("settled", "exact"):
            raise ValueError(f'inference = {self.inference!r} is not known; choose "settled" or "exact".')
        check_count(self, "steps")
        check_positive(self, "inference_rate")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but layers in a row, and normalisation over a batch, which ties samples' energies together."""
        sentence = _layered.refuses(self, model)
        if sentence:
            return sentence
        for name, block in (_layers.blocks(model) or {}).items():
            if not isinstance(block.normalisation, nn.Identity):
                return f"PredictiveCoding settles each sample by itself, but {name} normalises over the batch."
        return None

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """No state of its own: x starts from the forward pass each time."""
        return {}

    @in_full_precision
    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Minus the slope of F, a mean over the batch, once x has settled, or layer by layer as errors come down."""
        layers = _layers.blocks(model) or {}
        exact, names = self.inference == "exact", list(layers)
        rate, moves = (1.0, len(layers) - 1) if exact else (self.inference_rate, self.steps)
        updates: dict[str, Any] = {}
        energy = x.new_zeros(())
        with torch.enable_grad():
            first = next(iter(layers.values())).drive(x)
            nodes = _forward(layers, first)
            for move in range(moves + 1):
                energy = _energy(layers, first, nodes, y, loss)
                if exact:
                    updates |= _changes(model, layers, names[-1 - move], energy, len(x))
                if move < moves and nodes:
                    slopes = torch.autograd.grad(energy, nodes, retain_graph=True)
                    nodes = [(n - rate * s).detach().requires_grad_() for n, s in zip(nodes, slopes, strict=True)]
            if not exact:
                updates = _layers.gradient_updates(model, energy / len(x))
        return updates, state

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products of answering; with `training`, of each step's predictions and of the errors sent down, and dW.

        The first layer's prediction does not change while x settles. What is skipped because a neuron is off is counted
        as it is in the answer.
        """
        rows = operations.forward(_layers.blocks(model) or {}, x)
        if not training:
            return rows
        moves = len(rows) - 1 if self.inference == "exact" else self.steps
        times = [2] + [2 + 2 * moves] * (len(rows) - 1)
        return [
            operations.row(one["layer"], n * one["dense"], n * one["effective"])
            for n, one in zip(times, rows, strict=True)
        ]


def _answer(block: Block, node: torch.Tensor) -> torch.Tensor:
    """f(x), pooled."""
    return block.pooling(block.activation(node))


def _forward(layers: dict[str, Block], first: torch.Tensor) -> list[torch.Tensor]:
    """x of each hidden layer where nothing is left to explain, as leaves that ask for their slope."""
    nodes, node = [], first
    for block, above in pairwise(layers.values()):
        nodes.append(node.detach().requires_grad_())
        node = above.drive(_answer(block, nodes[-1]))
    return nodes


def _energy(
    layers: dict[str, Block], first: torch.Tensor, nodes: list[torch.Tensor], y: Any, loss: Any
) -> torch.Tensor:
    """F, summed over samples. `first` is what the input predicts for the lowest layer."""
    energy, predicted, blocks = first.new_zeros(()), first, list(layers.values())
    for (block, above), node in zip(pairwise(blocks), nodes, strict=True):
        energy = energy + (node - predicted).square().sum() / 2
        predicted = above.drive(_answer(block, node))
    return energy + len(first) * loss(_answer(blocks[-1], predicted), y)


def _changes(
    model: nn.Module, layers: dict[str, Block], name: str, energy: torch.Tensor, samples: int
) -> dict[str, torch.Tensor]:
    """Minus the slope of F by one layer's parameters."""
    names = {f"{name}.{parameter}" for parameter, _ in layers[name].named_parameters()}
    wanted = {n: p for n, p in model.named_parameters() if n in names and p.requires_grad}
    slopes = torch.autograd.grad(-energy / samples, list(wanted.values()), retain_graph=True)
    return dict(zip(wanted, slopes, strict=True))
