"""A step of surrogate-gradient training beside snnTorch's, ms: a layer of neurons alone, and a network (one thread).

Batch 64, 100 time steps; 1,000 neurons, forward and backward; and 784 - 1,000 - 10 with two layers of neurons, 2.5 %
of whose inputs are spikes, with a step of SGD. snnTorch's layer sees the drive of all time steps from one product, its
fastest form, and is driven so that its neurons spike as often as ours. SpikingJelly works in a process and an
environment of its own. Beside the times stands the memory that a step needs at its peak, of each in a process of its
own. The rate of learning is so small that the rates of spikes stay as they are at the start.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import snntorch
import torch
from _elsewhere import Elsewhere, interpreter
from _interleave import interleaved, report
from _peak_memory import peak_mb
from torch import nn
from torch.nn.functional import cross_entropy

from bio.engines.fused import FusedNeuron
from bio.engines.surrogate import FastSigmoid
from bio.engines.tensor import TensorNeuron, start_distance
from bio.equations import NeuronModel
from bio.models._layers import ProgramLayer
from bio.models._neurons import Neurons
from bio.neurons import ADEX, IZHIKEVICH, LIF
from bio.program import compile_program

SAMPLES, STEPS, INPUTS, HIDDEN, OUTPUTS, REPEATS = 64, 100, 784, 1000, 10, 15
PEER = f"snnTorch {snntorch.__version__}"
AMPERE = {"lif": 1.2e-9, "izhikevich": 6e-8, "adex": 2e-8}  # per unit of drive: some hundredths of the steps spike


class Leaky(nn.Module):
    """snnTorch's neurons through time: (sample, time, neuron)."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = snntorch.Leaky(beta=0.95, spike_grad=snntorch.surrogate.fast_sigmoid(slope=10))

    def forward(self, drive: torch.Tensor) -> torch.Tensor:
        membrane, spikes = torch.zeros_like(drive[:, 0]), []
        for one in drive.unbind(1):
            fired, membrane = self.cell(one, membrane)
            spikes.append(fired)
        return torch.stack(spikes, 1)


def neuron_of(model: NeuronModel, kind: type[TensorNeuron] = FusedNeuron) -> TensorNeuron:
    program = compile_program(model, 1e-4 if model is ADEX else 1e-3)
    return kind(program, FastSigmoid(10.0, start_distance(program)))


def layer_step(run: Callable[[torch.Tensor], torch.Tensor], rates: dict[str, float], name: str) -> Callable[[], None]:
    drive = (0.5 * torch.rand(SAMPLES, STEPS, HIDDEN, generator=torch.Generator().manual_seed(0))).requires_grad_()

    def step() -> None:
        drive.grad = None
        spikes = run(drive)
        spikes.sum().backward()
        rates[name] = round(float(spikes.detach().mean()), 4)

    return step


def ours(inputs: int, outputs: int) -> ProgramLayer:
    neurons = Neurons(neuron_of(LIF), 3e-9, 1, (), outputs, torch.Generator())
    return ProgramLayer(nn.Linear(inputs, outputs), neurons)


def theirs(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, outputs), Leaky())


def network_step(layer: Callable[[int, int], nn.Module], rates: dict[str, float], name: str) -> Callable[[], None]:
    chance = torch.Generator().manual_seed(0)
    network = nn.Sequential(layer(INPUTS, HIDDEN), layer(HIDDEN, OUTPUTS))
    with torch.no_grad():
        for parameter, width in zip(network.parameters(), (0.15, 0.03, 0.07, 0.03), strict=True):
            parameter.uniform_(-width, width, generator=chance)
    x = (torch.rand(SAMPLES, STEPS, INPUTS, generator=chance) < 0.025).float()
    y = torch.randint(0, OUTPUTS, (SAMPLES,), generator=chance)
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-6)

    def step() -> None:
        optimiser.zero_grad()
        spikes = network(x)
        cross_entropy(spikes.sum(1), y).backward()
        optimiser.step()
        rates[name] = round(float(spikes.detach().mean()), 4)

    return step


def driven(neuron: TensorNeuron) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda drive: neuron.run(drive, scale=AMPERE[neuron.program.name]).spikes


def spiking_jelly(what: str) -> dict[str, Elsewhere]:
    """The contestant by its name, where its environment is at hand."""
    python = interpreter("surr")
    script = str(Path(__file__).with_name("_surrogate_spikingjelly.py"))
    return {"SpikingJelly": Elsewhere(script, what, python=python)} if python else {}


def measured(what: str, contestants: dict[str, Callable[[], None]], rates: dict[str, float], facts: dict) -> None:
    """Times all contestants in turn, reads their rates and memory, and reports."""
    elsewhere = spiking_jelly(what)
    samples = interleaved(contestants | elsewhere, REPEATS)
    memory = {name: alone(what, name) for name in contestants}
    for name, one in elsewhere.items():
        rates[name], memory[name] = round(one.spikes, 4), one.told[-1]
        one.close()
    print("  peak of a step, MB: " + ", ".join(f"{name} {value:.0f}" for name, value in memory.items()))
    report(f"surrogate_{what}", samples, 1e3, "ms a step", rates=rates, peak_mb=memory, **facts)


def alone(what: str, name: str) -> float:
    """The peak memory of one of ours, in a fresh process."""
    command = [sys.executable, __file__, what, name]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def layer_contestants(rates: dict[str, float]) -> dict[str, Callable[[], None]]:
    leaky = Leaky()
    runs = {f"neurocontrast, {model.name}": driven(neuron_of(model)) for model in (LIF, IZHIKEVICH, ADEX)}
    runs |= {"neurocontrast, lif, eager loop": driven(neuron_of(LIF, TensorNeuron)), PEER: lambda x: leaky(0.35 * x)}
    return {name: layer_step(run, rates, name) for name, run in runs.items()}


def network_contestants(rates: dict[str, float]) -> dict[str, Callable[[], None]]:
    layers = {"neurocontrast, lif": ours, PEER: theirs}
    return {name: network_step(layer, rates, name) for name, layer in layers.items()}


CONTESTANTS = {"layer": layer_contestants, "network": network_contestants}


def main() -> None:
    torch.set_num_threads(1)
    if sys.argv[1:]:
        what, name = sys.argv[1:]
        print(peak_mb(CONTESTANTS[what]({})[name]))
        return
    facts = {"batch": SAMPLES, "steps": STEPS, "neurons": HIDDEN, "threads": 1, "torch": torch.__version__}
    for what, made in CONTESTANTS.items():
        rates: dict[str, float] = {}
        measured(what, made(rates), rates, facts)


if __name__ == "__main__":
    main()
