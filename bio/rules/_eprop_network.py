"""What e-prop asks of a network: its one layer of neurons, a run of it, and what the read-out hears."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from bio.engines.tensor import Simulation
from bio.engines.tensor.events import linear_of_spikes
from bio.models._layers import ProgramLayer, RecurrentLayer
from bio.models._network import SpikingNetwork

__all__ = ["Presentation", "hidden_layer", "leaky", "present", "refusal"]


@dataclass(frozen=True)
class Presentation:
    """A run of a layer.

    Attributes:
        run: spikes and states, (sample, step, neuron).
        current: what the neurons were given, in ampere, of the same shape.
        before: parameter -> what each of its synapses brought, (sample, entry, synapse).
    """

    run: Simulation
    current: torch.Tensor
    before: dict[str, torch.Tensor]


def refusal(model: torch.nn.Module) -> str | None:
    """A sentence if e-prop cannot serve the network, else None."""
    if not isinstance(model, SpikingNetwork):
        return (
            f"e-prop trains networks of spiking neurons, as SpikingMLP or SpikingRNN; {type(model).__name__} is none."
        )
    layers = list(model.layers().values())
    if len(layers) != 1:
        return f"e-prop trains one layer of neurons that the read-out hears, recurrent or not; here are {len(layers)}."
    layer = layers[0]
    if not isinstance(layer, ProgramLayer):
        return f"e-prop trains fully connected neurons of any equations; this layer is {layer.text}, of other neurons."
    neuron = layer.neurons.neuron
    if neuron.surrogate is None:
        return f"e-prop needs the derivative of a spike, but {neuron.program.name} was built without a surrogate."
    if neuron.program.noise:
        return f"e-prop follows a run's states once more, which the noise of {neuron.program.name} would change."
    return None


def hidden_layer(model: torch.nn.Module) -> tuple[str, ProgramLayer]:
    """The name of the one layer, and the layer."""
    ((name, layer),) = model.layers().items()  # type: ignore[operator]
    return name, layer


@torch.no_grad()
def present(layer: ProgramLayer, x: torch.Tensor) -> Presentation:
    """Runs the layer on x (sample, entry, synapse), with its states."""
    drive, neurons = linear_of_spikes(x, layer.linear), layer.neurons
    before = {"linear.weight": x.to(drive.dtype), "linear.bias": torch.ones_like(drive[:, :, :1])}
    if isinstance(layer, RecurrentLayer):
        counts = layer.fire(drive).unflatten(1, (-1, neurons.substeps)).sum(2)
        own = torch.cat([torch.zeros_like(counts[:, :1]), counts[:, :-1]], 1)
        drive = drive + layer.recurrent(own)
        before["recurrent.weight"] = own
    given = {"parameters": neurons.values(), "scale": neurons.scale, "substeps": neurons.substeps}
    run = neurons.neuron.run(drive, record=True, **given)
    return Presentation(run, (drive * neurons.scale).repeat_interleave(neurons.substeps, 1), before)


def leaky(spikes: torch.Tensor, decay: float, every: bool) -> torch.Tensor:
    """Spikes summed by a read-out that keeps a part `decay` in a step: (sample, step, neuron), or the last step's."""
    trace, traces = torch.zeros_like(spikes[:, 0]), []
    for step in range(spikes.shape[1]):
        trace = decay * trace + spikes[:, step]
        traces.append(trace)
    return torch.stack(traces, 1) if every else trace[:, None]
