"""SpikingJelly's layer and network for a benchmark in our environment: a step of training for every line read.

Its LIFNode keeps time first, (time, sample, neuron), and so are its data laid out. Inputs, sizes and rates are those
of surrogate_step.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import torch
from _elsewhere import serve
from _peak_memory import peak_mb
from spikingjelly.activation_based import functional, neuron, surrogate
from torch import nn

SAMPLES, STEPS, INPUTS, HIDDEN, OUTPUTS = 64, 100, 784, 1000, 10


class Layer(nn.Module):
    """LIF neurons over all steps at once, as the library has it on a CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = neuron.LIFNode(
            tau=20.0, decay_input=False, v_threshold=1.0, v_reset=None, detach_reset=True,
            surrogate_function=surrogate.Sigmoid(), step_mode="m",
        )  # fmt: skip

    def forward(self, drive: torch.Tensor) -> torch.Tensor:
        functional.reset_net(self.cell)
        return self.cell(drive)


def layer_step() -> Callable[[], float]:
    layer = Layer()
    drive = (0.175 * torch.rand(STEPS, SAMPLES, HIDDEN)).requires_grad_()

    def step() -> float:
        drive.grad = None
        spikes = layer(drive)
        spikes.sum().backward()
        return float(spikes.detach().mean())

    return step


def network_step() -> Callable[[], float]:
    network = nn.Sequential(nn.Linear(INPUTS, HIDDEN), Layer(), nn.Linear(HIDDEN, OUTPUTS), Layer())
    with torch.no_grad():
        for parameter, width in zip(network.parameters(), (0.15, 0.03, 0.07, 0.03), strict=True):
            parameter.uniform_(-width, width)
    x, y = (torch.rand(STEPS, SAMPLES, INPUTS) < 0.025).float(), torch.randint(0, OUTPUTS, (SAMPLES,))
    optimiser = torch.optim.SGD(network.parameters(), lr=1e-6)

    def step() -> float:
        optimiser.zero_grad()
        spikes = network(x)
        nn.functional.cross_entropy(spikes.sum(0), y).backward()
        optimiser.step()
        return float(spikes.detach().mean())

    return step


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(0)
    step = {"layer": layer_step, "network": network_step}[sys.argv[1]]()
    measured = peak_mb(step)
    serve(lambda: (step(), measured))
