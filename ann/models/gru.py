"""Gated recurrent units: a reset gate and an update gate"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from ann.models._recurrent import RecurrentRecipe
from ann.source import Source


@dataclass(frozen=True)
class GRU(RecurrentRecipe):
    """h[t] = (1 - z) ⊙ n + z ⊙ h[t-1], n = tanh(W x[t] + b + r ⊙ (V h[t-1] + c)); gates r and z are sigmoids.

    torch's nn.GRU, which resets after the product with V; Cho et al. multiply r and h[t-1] before it. Texts that weigh
    the candidate n with z and the old state with 1 - z call z what is 1 - z here.

    Attributes:
        hidden: neurons of each layer.

    Raises:
        ValueError: if there is no layer or a layer has no neuron.
    """

    hidden: tuple[int, ...] = (64,)

    name: ClassVar[str] = "gru"
    source: ClassVar[Source] = Source(
        "Cho et al. 2014, Proc. EMNLP, 1724",
        "Cho, Kyunghyun and van Merriënboer, Bart and Gulcehre, Caglar and Bahdanau, Dzmitry and Bougares, Fethi and "
        "Schwenk, Holger and Bengio, Yoshua",
        "Learning phrase representations using RNN encoder-decoder for statistical machine translation",
        "Proceedings of EMNLP",
        2014,
        "10.3115/v1/D14-1179",
    )

    def _layer(self, inputs: int, neurons: int) -> nn.RNNBase:
        return nn.GRU(inputs, neurons, batch_first=True)
