"""Plain recurrent network: layers whose neurons hear each other's last activity"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import nn

from ann.models._recurrent import RecurrentRecipe
from ann.source import Source


@dataclass(frozen=True)
class RNN(RecurrentRecipe):
    """h[t] = f(W x[t] + b + V h[t-1] + c), as torch's nn.RNN. Trained by backpropagation through time.

    Attributes:
        hidden: neurons of each recurrent layer.
        activation: f.

    Raises:
        ValueError: if there is no layer, a layer has no neuron or the activation is not known.
    """

    hidden: tuple[int, ...] = (64,)
    activation: Literal["tanh", "relu"] = "tanh"

    name: ClassVar[str] = "rnn"
    source: ClassVar[Source] = Source(
        "Elman 1990, Cogn. Sci. 14:179",
        "Elman, Jeffrey L.",
        "Finding structure in time",
        "Cognitive Science",
        1990,
        "10.1207/s15516709cog1402_1",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.activation not in ("tanh", "relu"):
            raise ValueError(f'activation = {self.activation!r} is not known; choose "tanh" or "relu".')

    def _layer(self, inputs: int, neurons: int) -> nn.RNNBase:
        return nn.RNN(inputs, neurons, nonlinearity=self.activation, batch_first=True)
