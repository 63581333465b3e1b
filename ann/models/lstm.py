"""Long short-term memory: cells with gates that write, keep and read"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from ann.models._recurrent import RecurrentRecipe
from ann.source import Source


@dataclass(frozen=True)
class LSTM(RecurrentRecipe):
    """c[t] = f ⊙ c[t-1] + i ⊙ g, h[t] = o ⊙ tanh(c[t]).

    The gates i, f and o are sigmoids, and g is a tanh, of W x[t] + b + V h[t-1] + c, each with weights of its own.

    torch's nn.LSTM, with the forget gate of Gers, Schmidhuber & Cummins 2000 (doi:10.1162/089976600300015015), whose
    bias starts at `forget_bias` so that a new network keeps what its cells hold (Jozefowicz et al. 2015).

    Attributes:
        hidden: cells of each layer.
        forget_bias: where the forget gate's bias starts; torch's own start is near 0.

    Raises:
        ValueError: if there is no layer, a layer has no cell, or `forget_bias` is no finite number.
    """

    hidden: tuple[int, ...] = (64,)
    forget_bias: float = 1.0

    name: ClassVar[str] = "lstm"
    source: ClassVar[Source] = Source(
        "Hochreiter & Schmidhuber 1997, Neural Comput. 9:1735",
        "Hochreiter, Sepp and Schmidhuber, Jürgen",
        "Long short-term memory",
        "Neural Computation",
        1997,
        "10.1162/neco.1997.9.8.1735",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        bias: Any = self.forget_bias
        if isinstance(bias, bool) or not isinstance(bias, (int, float, np.number)) or not math.isfinite(bias):
            raise ValueError(f"forget_bias = {bias!r}, but it must be a finite number.")

    def _layer(self, inputs: int, neurons: int) -> nn.RNNBase:
        return nn.LSTM(inputs, neurons, batch_first=True)

    def _settle(self, layer: nn.RNNBase) -> None:
        forget = slice(layer.hidden_size, 2 * layer.hidden_size)  # torch's order of gates is i, f, g, o
        for name, start in (("bias_ih_l0", self.forget_bias), ("bias_hh_l0", 0.0)):
            bias = getattr(layer, name)
            assert isinstance(bias, torch.Tensor)
            bias[forget] = start
