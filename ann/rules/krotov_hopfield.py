"""Krotov and Hopfield: the neuron that wins learns, a runner-up unlearns"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from ann.rules import _optimiser
from ann.rules._competitive import Competitive, hidden
from ann.source import Source


@dataclass(frozen=True)
class KrotovHopfield(Competitive):
    """Hidden layers: dW_i = sum g_i (x - u_i W_i) over a batch, u_i = <W_i, x>; g = 1 for the first, -delta for rank k.

    <W, x> = sum_j |W_j|^(p-2) W_j x_j, which takes each neuron's weights to the sphere |W|_p = 1 (eqs. 3 and 9 of the
    paper). As in the authors' code the batch's change is divided by its largest entry, and the rate falls on a straight
    line, here to 0 at `rest`. The layer answers max(f(u), 0)^power, f the model's activation, and without its bias; the
    read-out learns from these answers, each less its running mean and in its running deviations, by the same delta rule
    as in FrozenHidden. The paper has tanh and a loss |t - o|^m; the learner's loss "mse" is nearest to it.

    More differs. Each layer's input is brought to unit length, so that no bright image outweighs others in the sum. The
    paper's start, weights of standard deviation 1 and thus rows of length 28 on MNIST, is had from any recipe's weights
    by reading them in a unit in which their rows have the length `start_norm`; a smaller one saves the time of
    shrinking, but from about 5 down too few neurons ever win. And delta is 0.1 where the authors have 0.4: in small
    layers, and where all samples are alike, 0.4 silences most neurons.

    Attributes:
        hebbian_rate: largest change of a weight in the first batch, in the layer's unit. 0 leaves the hidden layers as
            they were drawn: a control with the same read-out.
        rank: k, the place in the order of drives, 1 being the winner's, of the neuron that unlearns.
        delta: how much it unlearns, against 1 of the winner.
        lebesgue: p, of the norm.
        start_norm: length of a neuron's weights at the start, on average.
        power: n of the answer.
        rest: share of training after which the hidden layers rest, so that the read-out learns from features that stay.
        optimiser, learning_rate, momentum, weight_decay: of the read-out, as in Backprop.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    hebbian_rate: float = 0.3
    rank: int = 2
    delta: float = 0.1
    lebesgue: float = 2.0
    start_norm: float = 10.0
    power: float = 4.5
    rest: float = 0.5
    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 1e-2
    momentum: float = 0.9
    weight_decay: float = 0.0

    name: ClassVar[str] = "krotov_hopfield"
    family: ClassVar[str] = "Hebbian"
    equation: ClassVar[str] = (
        "hidden: ΔW_i = η g_i (x - <W_i, x> W_i), g = 1 for the winner, -Δ for rank k;  read-out: ΔW = η (t - p) h'"
    )
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "stored history")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Krotov & Hopfield 2019, PNAS 116:7723",
        "Krotov, Dmitry and Hopfield, John J.",
        "Unsupervised learning by competing hidden units",
        "Proceedings of the National Academy of Sciences",
        2019,
        "10.1073/pnas.1820458116",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rank < 2:
            raise ValueError(f"rank = {self.rank!r}, but the winner is 1, so the one that unlearns is 2 or more.")
        if not self.delta >= 0:
            raise ValueError(f"delta = {self.delta!r}, but it must be 0 or more.")
        if not self.lebesgue >= 2:
            raise ValueError(f"lebesgue = {self.lebesgue!r}, but the norm must be of order 2 or more.")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but fully connected layers in a row, and hidden layers of fewer neurons than `rank`."""
        sentence = super().refuses(model, loss)
        if sentence:
            return sentence
        for name, layer in hidden(model).items():
            if layer.linear.weight.shape[0] < self.rank:
                neurons = layer.linear.weight.shape[0]
                return (
                    f"KrotovHopfield has rank = {self.rank}, but {name} has {neurons} neurons. Lower rank, or add some."
                )
        return None

    def norm(self, weight: torch.Tensor) -> torch.Tensor:
        return weight.norm(p=self.lebesgue, dim=1)

    def drive(self, weight: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        if self.lebesgue == 2:
            return x @ weight.T
        return x @ (weight.sign() * weight.abs() ** (self.lebesgue - 1)).T

    def change(self, weight: torch.Tensor, x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        """sum_batch g (x - u W)."""
        order = u.topk(self.rank, dim=1).indices
        change, decay = torch.zeros_like(weight), weight.new_zeros(len(weight))
        for neuron, g in ((order[:, 0], 1.0), (order[:, -1], -self.delta)):  # all others have g = 0
            change.index_add_(0, neuron, x.to(weight.dtype), alpha=g)
            decay.index_add_(0, neuron, u.gather(1, neuron[:, None])[:, 0].to(weight.dtype), alpha=g)
        return change.addcmul_(decay[:, None], weight, value=-1)

    def learning_operations(self, weight: torch.Tensor, x: torch.Tensor) -> float:
        """Two neurons learn from each sample: from its active inputs, and by the decay of all their weights."""
        learners = 2 if self.delta else 1
        return learners * (float((x != 0).sum()) / len(x) + weight.shape[1])
