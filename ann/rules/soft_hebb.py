"""SoftHebb: a softmax over neurons says who learns from a sample and who unlearns"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from ann.rules import _optimiser
from ann.rules._competitive import Competitive
from ann.source import Source


@dataclass(frozen=True)
class SoftHebb(Competitive):
    """Hidden layers: dW_i = sum y_i (x - u_i W_i), u = W x, over a batch; y = softmax(u / tau), losers with -y.

    The first form (Moraitis et al. 2022, doi:10.1088/2634-4386/aca710) has y for all; the deep networks of 2023 turn
    its sign for all neurons but the winner, which then unlearn. `losers` chooses. Each neuron's weights go to
    length 1. As in the authors' code the batch's change is divided by its largest entry. The layer answers
    max(f(u), 0)^power, f the model's activation, and without its bias; the read-out learns from these answers, each
    less its running mean and in its running deviations, by the same delta rule as in FrozenHidden.

    Here the rate falls on a straight line to 0 at `rest`, where the paper slows each neuron as it comes near length 1;
    layers are fully connected; inputs are brought to unit length; and the paper's start, rows of length 25, is had from
    any recipe's weights by reading them in a unit in which their rows have the length `start_norm`. A neuron whose
    drive is negative would run away, but among many the softmax leaves it next to nothing.

    Attributes:
        hebbian_rate: largest change of a weight in the first batch, in the layer's unit. 0 leaves the hidden layers as
            they were drawn: a control with the same read-out.
        tau: temperature of the softmax. Drives of neurons that have arrived lie in [-1, 1].
        losers: "unlearn" (2023) or "learn" (2022).
        start_norm: length of a neuron's weights at the start, on average.
        power: n of the answer.
        rest: share of training after which the hidden layers rest, so that the read-out learns from features that stay.
        optimiser, learning_rate, momentum, weight_decay: of the read-out, as in Backprop.

    Raises:
        ValueError: for an optimiser or a word that is not known, or a number out of its range.
    """

    hebbian_rate: float = 0.3
    tau: float = 1 / 60
    losers: Literal["unlearn", "learn"] = "unlearn"
    start_norm: float = 10.0
    power: float = 6.0
    rest: float = 0.5
    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 1e-2
    momentum: float = 0.9
    weight_decay: float = 0.0

    name: ClassVar[str] = "soft_hebb"
    family: ClassVar[str] = "Hebbian"
    equation: ClassVar[str] = (
        "hidden: ΔW_i = η ±y_i (x - u_i W_i), y = softmax(u/τ), + for the winner;  read-out: ΔW = η (t - p) h'"
    )
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "stored history")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Journé, Rodriguez, Guo & Moraitis 2023, ICLR, arXiv:2209.11883",
        "Journé, Adrien and Rodriguez, Hector Garcia and Guo, Qinghai and Moraitis, Timoleon",
        "Hebbian deep learning without feedback",
        "International Conference on Learning Representations",
        2023,
        "10.48550/arXiv.2209.11883",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.tau > 0:
            raise ValueError(f"tau = {self.tau!r}, but it must be greater than 0.")
        if self.losers not in ("unlearn", "learn"):
            raise ValueError(f'losers = {self.losers!r} is not known; choose "unlearn" or "learn".')

    def change(self, weight: torch.Tensor, x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        """sum_batch y (x - u W), with the sign of y turned for losers that unlearn."""
        y = (u / self.tau).softmax(1)
        if self.losers == "unlearn":
            winner = u.argmax(1, keepdim=True)
            y = (-y).scatter(1, winner, y.gather(1, winner))
        return torch.addcmul(y.T @ x, (y * u).sum(0)[:, None], weight, value=-1)

    def learning_operations(self, weight: torch.Tensor, x: torch.Tensor) -> float:
        """Every neuron learns from every sample's active inputs, and by the decay of all its weights."""
        return weight.shape[0] * float((x != 0).sum()) / len(x) + weight.numel()
