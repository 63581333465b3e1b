"""What every network of any neuron model is told: the neurons, their time, how they differ and how they are trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bio.equations import NeuronModel
from bio.quantities import quantity, si

if TYPE_CHECKING:
    import torch

    from bio.encoders.regular import Regular
    from bio.engines.fused import FusedNeuron
    from bio.models._neurons import Neurons, Varying

__all__ = ["SpikingRecipe"]


@dataclass(frozen=True)
class SpikingRecipe:
    """Common fields of SpikingMLP, SpikingCNN and SpikingRNN.

    Neurons run on the program that Brian2 is tested against. Their drive is counted in multiples of the model's
    rheobase: the smallest constant current that makes it fire within the presentation, measured on the program. So a
    drive of 1 means the same for every neuron model, and weights need no unit.

    Attributes:
        neuron: the model of every hidden neuron; None is bio.neurons.LIF.
        steps: equal bins in which the input spikes are read.
        duration: of one presentation.
        dt: the neurons' time step; empty is one step a bin, 14 ms by default. A shorter one costs time in proportion;
            a model with fast variables (Izhikevich's, AdEx) needs it. The input current is constant within a bin.
        slope: of the surrogate derivative, per distance from start to threshold.
        gain: standard deviation of a neuron's weights times the root of their number.
        learnable: parameters of the neuron model that are trained with the weights, each neuron's own, as ("tau_m",).
        varied: parameters that differ between neurons from the start, learned or not.
        spread: by how much they differ: standard deviation in parts of the value (log-normal about it) or, for a
            parameter that is not positive, in distances from start to threshold.

    Raises:
        ValueError: a size, a quantity, a dt that does not divide a bin, or a negative spread.
    """

    neuron: NeuronModel | None = None
    steps: int = 25
    duration: str = "350 ms"
    dt: str = ""
    slope: float = 10.0
    gain: float = 2.0
    learnable: tuple[str, ...] = ()
    varied: tuple[str, ...] = ()
    spread: float = 0.25

    def __post_init__(self) -> None:
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or self.steps < 1:
            raise ValueError(f"steps = {self.steps!r}: give a whole number of time steps, for example 25.")
        for name in ("learnable", "varied"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        if not 0 <= self.spread < float("inf"):
            raise ValueError(f"spread = {self.spread!r}: give 0 or more, for example 0.25.")
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

    def model(self) -> NeuronModel:
        """The neurons' definition."""
        if self.neuron is not None:
            return self.neuron
        from bio.neurons.lif import LIF

        return LIF

    def definitions(self) -> list[NeuronModel]:
        """What its networks simulate."""
        return [self.model()]

    def neurons(self, size: int, substeps: int, generator: torch.Generator) -> Neurons:
        """The neurons of one layer.

        Raises:
            ValueError: the definition has a fault, is noisy, has no drive or no such parameter, or it cannot be
                followed at this time step.
        """
        from bio.models._neurons import Neurons

        neuron, rheobase_a, varying = self._parts()
        return Neurons(neuron, rheobase_a, substeps, varying, size, generator)

    def describe(self) -> dict[str, Any]:
        """What a network tells about its neurons: name, equations, parameters, text, source."""
        neuron, rheobase_a, _ = self._parts()
        program, told = neuron.program, self.model().describe()
        refractory = (
            f" At this step the refractory period of {self.model().refractory} suppresses no step."
            if self.model().refractory and program.refractory_steps < 2
            else ""
        )
        told["text"] = (
            f"{told['text']} Run in steps of {1e3 * program.dt_s:g} ms; a drive of 1 is its rheobase, "
            f"{rheobase_a:.3g} A.{refractory} A spike's derivative is 1/(1 + {self.slope:g}|U|)^2, U the distance to "
            f"the threshold in units of that from the start; no gradient passes a reset.{self._differences()}"
        )
        return told

    def _differences(self) -> str:
        text = f" Learned with the weights, for each neuron: {', '.join(self.learnable)}." if self.learnable else ""
        if self.varied and self.spread:
            text += f" Neurons differ from the start in {', '.join(self.varied)}, with a spread of {self.spread:g}."
        return text

    def _parts(self) -> tuple[FusedNeuron, float, tuple[Varying, ...]]:
        from bio.engines.fused import FusedNeuron
        from bio.engines.surrogate import FastSigmoid
        from bio.engines.tensor import start_distance
        from bio.program import compile_program
        from bio.rheobase import rheobase

        model, dt_s = self.model(), self.bin_s() / self.substeps()
        program = compile_program(model, dt_s)
        if not program.drive:
            raise ValueError(f"{model.name} has no drive, through which a layer's input could reach it.")
        if program.noise:
            raise ValueError(
                f"{model.name} is noisy, but a network here answers the same whenever it is asked. "
                "Give a neuron without xi and rand()."
            )
        distance = start_distance(program)
        varying = self._varying(model, distance)
        named = compile_program(model, dt_s, tuple(one.name for one in varying))
        return FusedNeuron(named, FastSigmoid(self.slope, distance)), rheobase(program, si(self.duration)), varying

    def _varying(self, model: NeuronModel, distance: float) -> tuple[Varying, ...]:
        from bio.models._neurons import Varying

        quantities, found = model.quantities(), []
        for name in dict.fromkeys((*self.learnable, *self.varied)):
            if name not in quantities:
                raise ValueError(f"{model.name} has no parameter {name!r}. It has {', '.join(quantities)}.")
            value, dimension = quantities[name].value, quantities[name].dimension
            other = distance if dimension == quantity("1 mV", None, "").dimension else abs(value) or 1.0
            spread = self.spread if name in self.varied else 0.0
            found.append(Varying(name, value, 0.0 if value > 0 else other, spread, name in self.learnable))
        return tuple(found)
