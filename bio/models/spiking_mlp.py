"""Multilayer network of any neuron model, trained through its spikes

I_l = I_rheobase (W_l s_{l-1} + b_l);  neuron l: the definition's own equations;  logits = W sum_t s_L.

The whole loop over time is one compiled call, forward and backward (bio.engines.fused), and of the input only spikes
that are there are multiplied (bio.engines.tensor.events).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

from ann.source import Source
from bio.models._recipe import SpikingRecipe

if TYPE_CHECKING:
    import torch

    from bio.models._network import SpikingNetwork


@dataclass(frozen=True)
class SpikingMLP(SpikingRecipe):
    """Fully connected layers of a neuron model; the class with the most weighted spikes wins.

    Attributes:
        hidden: neurons of each hidden layer.
        reads: "spikes" of an encoder, in `steps` bins; or "values": a sequence (time, feature), whose points are a
            current and last as long as a bin, duration / steps. Nothing but the neurons' own state is then kept from
            one point to the next: the control of SpikingRNN.
        neuron, steps, duration, dt, slope, gain, learnable, varied, spread: of every network of spiking neurons; see
            bio.models._recipe.SpikingRecipe.

    Raises:
        ValueError: a size, a quantity, or a dt that does not divide a bin.
    """

    hidden: tuple[int, ...] = (128,)
    reads: Literal["spikes", "values"] = "spikes"

    name: ClassVar[str] = "spiking_mlp"
    family: ClassVar[str] = "surrogate gradient"
    version: ClassVar[int] = 2  # sums of the compiled path are taken in another order than those of version 1
    source: ClassVar[Source] = Source(
        "Neftci, Mostafa & Zenke 2019, IEEE Signal Process. Mag. 36:51",
        "Neftci, Emre O. and Mostafa, Hesham and Zenke, Friedemann",
        "Surrogate Gradient Learning in Spiking Neural Networks",
        "IEEE Signal Processing Magazine",
        2019,
        "10.1109/MSP.2019.2931595",
    )

    def __post_init__(self) -> None:
        from bio.models._network import refuse_sizes

        super().__post_init__()
        object.__setattr__(self, "hidden", tuple(self.hidden))
        refuse_sizes(self.hidden, self.steps)
        if self.reads not in ("spikes", "values"):
            raise ValueError(f'reads = {self.reads!r} is not known; choose "spikes" or "values".')

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """A sentence if values are read and samples of `shape` are no sequences."""
        if self.reads == "values" and len(shape) != 2:
            return (
                f"SpikingMLP reads sequences (time, feature), but a sample here has the shape {tuple(shape)}. "
                'Give reads = "spikes", which an encoder makes of any values.'
            )
        return None

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> SpikingNetwork:
        """The network for samples of `shape`, weights drawn from `generator`.

        Raises:
            ValueError: values are to be read that are no sequence, the neuron's definition has a fault, or it cannot
                be followed at this time step.
        """
        from bio.models._layers import ProgramLayer
        from bio.models._network import SpikingNetwork, hidden_layers, weights

        sentence = self.refuses(shape)
        if sentence:
            raise ValueError(sentence)
        inputs = shape[1] if self.reads == "values" else prod(shape)
        sizes, substeps, layers = (inputs, *self.hidden), self.substeps(), []
        for before, after in pairwise(sizes):
            linear = weights(before, after, self.gain, generator)
            layers.append(ProgramLayer(linear, self.neurons(after, substeps, generator)))
            substeps = 1  # a layer above reads every step of the one below
        readout = weights(sizes[-1], outputs, 1.0, generator, bias=False)
        network = SpikingNetwork(hidden_layers(layers), readout, self.describe())
        network.reads_current = self.reads == "values"
        return network
