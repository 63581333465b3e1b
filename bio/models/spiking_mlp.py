"""Multilayer network of any neuron model, trained through its spikes

I_l = I_rheobase (W_l s_{l-1} + b_l);  neuron l: the definition's own equations;  logits = W sum_t s_L.

The neurons run on the tensor engine, the same program that Brian2 is tested against. Their drive is counted in
multiples of the model's rheobase: the smallest constant current that makes it fire within the presentation, measured
on the program. So a drive of 1 means the same for every neuron model, and weights need no unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import torch

from ann.source import Source
from bio.equations import NeuronModel
from bio.models._network import SpikingLayer, SpikingNetwork, refuse_sizes, weights
from bio.quantities import quantity, si

if TYPE_CHECKING:
    from torch import nn

    from bio.encoders.regular import Regular
    from bio.engines.tensor import TensorNeuron


@dataclass(frozen=True)
class SpikingMLP:
    """Fully connected layers of a neuron model; the class with the most weighted spikes wins.

    Attributes:
        neuron: the model of every hidden neuron; None is bio.neurons.LIF.
        hidden: neurons of each hidden layer.
        steps: equal bins in which the input spikes are read.
        duration: of one presentation.
        dt: the neurons' time step; empty is one step a bin, 14 ms by default. A shorter one costs time in proportion;
            a model with fast variables (Izhikevich's, AdEx) needs it. The input current is constant within a bin.
        slope: of the surrogate derivative, per distance from start to threshold.
        gain: standard deviation of a neuron's weights times the root of their number.

    Raises:
        ValueError: a size, a quantity, or a dt that does not divide a bin.
    """

    neuron: NeuronModel | None = None
    hidden: tuple[int, ...] = (128,)
    steps: int = 25
    duration: str = "350 ms"
    dt: str = ""
    slope: float = 10.0
    gain: float = 2.0

    name: ClassVar[str] = "spiking_mlp"
    reads: ClassVar[str] = "spikes"
    family: ClassVar[str] = "surrogate gradient"
    source: ClassVar[Source] = Source(
        "Neftci, Mostafa & Zenke 2019, IEEE Signal Process. Mag. 36:51",
        "Neftci, Emre O. and Mostafa, Hesham and Zenke, Friedemann",
        "Surrogate Gradient Learning in Spiking Neural Networks",
        "IEEE Signal Processing Magazine",
        2019,
        "10.1109/MSP.2019.2931595",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(self.hidden))
        refuse_sizes(self.hidden, self.steps)
        object.__setattr__(self, "duration", quantity(self.duration, "time", "duration").text)
        if self.dt:
            object.__setattr__(self, "dt", quantity(self.dt, "time", "dt").text)
        self.substeps()

    def own_encoder(self) -> Regular:
        """What it reads where no encoder is given: evenly spaced spikes, at most one a bin."""
        from bio.encoders.regular import Regular

        return Regular(duration=self.duration, dt=f"{1e3 * self.bin_s():.12g} ms")

    def bin_s(self) -> float:
        """Length of one input bin, seconds."""
        return si(self.duration) / self.steps

    def substeps(self) -> int:
        """Steps of the neurons in one input bin."""
        if not self.dt:
            return 1
        ratio = self.bin_s() / si(self.dt)
        if round(ratio) < 1 or abs(ratio - round(ratio)) > 1e-6:
            raise ValueError(
                f'dt = "{self.dt}" does not divide a bin of {1e3 * self.bin_s():g} ms '
                f"({self.duration} in {self.steps} steps)."
            )
        return round(ratio)

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> SpikingNetwork:
        """The network for samples of `shape`, weights drawn from `generator`.

        Raises:
            ValueError: the neuron's definition has a fault, or it cannot be followed at this time step.
        """
        neuron, rheobase_a = self._neuron()
        sizes = [prod(shape), *self.hidden]
        layers: list[SpikingLayer] = [
            ProgramLayer(
                weights(before, after, self.gain, generator), neuron, rheobase_a, self.substeps() if first else 1
            )
            for first, before, after in zip([True] + [False] * len(sizes), sizes, sizes[1:], strict=False)
        ]
        readout = weights(sizes[-1], outputs, 1.0, generator, bias=False)
        return SpikingNetwork(layers, readout, self._describe(neuron, rheobase_a))

    def _model(self) -> NeuronModel:
        if self.neuron is not None:
            return self.neuron
        from bio.neurons.lif import LIF

        return LIF

    def _neuron(self) -> tuple[TensorNeuron, float]:
        from bio.engines.surrogate import FastSigmoid
        from bio.engines.tensor import TensorNeuron, start_distance
        from bio.program import compile_program
        from bio.rheobase import rheobase

        program = compile_program(self._model(), self.bin_s() / self.substeps())
        surrogate = FastSigmoid(self.slope, start_distance(program))
        return TensorNeuron(program, surrogate), rheobase(program, si(self.duration))

    def _describe(self, neuron: TensorNeuron, rheobase_a: float) -> dict[str, Any]:
        program, told = neuron.program, self._model().describe()
        refractory = (
            f" At this step the refractory period of {self._model().refractory} suppresses no step."
            if self._model().refractory and program.refractory_steps < 2
            else ""
        )
        told["text"] = (
            f"{told['text']} Run in steps of {1e3 * program.dt_s:g} ms; a drive of 1 is its rheobase, "
            f"{rheobase_a:.3g} A.{refractory} A spike's derivative is 1/(1 + {self.slope:g}|U|)^2, U the distance to "
            "the threshold in units of that from the start; no gradient passes a reset."
        )
        return told


class ProgramLayer(SpikingLayer):
    """Neurons of a program. `scale` turns their drive into ampere, each input step lasts `substeps` of theirs."""

    def __init__(self, linear: nn.Linear, neuron: TensorNeuron, scale: float, substeps: int) -> None:
        super().__init__(linear)
        self.neuron, self.scale, self.substeps = neuron, scale, substeps
        program = neuron.program
        self.numbers_per_neuron = len(program.states) + (program.refractory_steps > 1)
        self.multiplications_per_step = program.multiplications()

    def fire(self, drive: torch.Tensor) -> torch.Tensor:
        current = drive * self.scale
        if self.substeps > 1:
            current = current.repeat_interleave(self.substeps, 1)
        return self.neuron.run(current).spikes
