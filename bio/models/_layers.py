"""Layers of a program's neurons: fully connected, convolutional, recurrent."""

from __future__ import annotations

from math import prod
from typing import cast

import torch
from torch import nn
from torch.nn import functional

from bio.engines.tensor.convolution import pooled_convolution_of_spikes
from bio.models._counting import Row, additions, arriving, layer_rows, row
from bio.models._network import SpikingLayer
from bio.models._neurons import Neurons

__all__ = ["ConvolutionalLayer", "ProgramLayer", "RecurrentLayer"]


class ProgramLayer(SpikingLayer):
    """Neurons of a program behind fully connected weights."""

    def __init__(self, linear: nn.Linear, neurons: Neurons) -> None:
        super().__init__(linear)
        self.neurons = neurons
        self.numbers_per_neuron, self.multiplications_per_step = cost_of(neurons)

    def fire(self, drive: torch.Tensor) -> torch.Tensor:
        return self.neurons(drive)


class RecurrentLayer(ProgramLayer):
    """Neurons of a program that also hear each other: drive[t] = W s[t] + b + V own[t-1]."""

    text = "fully connected and recurrent, spiking"

    def __init__(self, linear: nn.Linear, recurrent: nn.Linear, neurons: Neurons) -> None:
        super().__init__(linear, neurons)
        self.recurrent = recurrent

    def fire(self, drive: torch.Tensor) -> torch.Tensor:
        return self.neurons.recurrent(drive, self.recurrent.weight)

    def operations(
        self, name: str, before: torch.Tensor, after: torch.Tensor, training: bool, sends: bool, values: bool
    ) -> list[Row]:
        """As every layer's, and the weights of its own spikes, whose error goes back through time."""
        rows = super().operations(name, before, after, training, sends, values)
        connections = self.recurrent.weight.numel()
        heard = row(name, "AC", after.shape[1] * connections, float(after.sum()) / len(after) * self.size)
        back = before.shape[1] * connections
        return [*rows, heard, *([heard, row(name, "MAC", back, back)] if training else [])]


class ConvolutionalLayer(SpikingLayer):
    """Filters, pooling of what they give, and a neuron of a program for each place that is left.

    Args:
        convolution: zero-padded so that it keeps an image's size.
        pooling: over 2x2 of the drive.
        neurons: as many as channels out times places after pooling.
        shape: of what it reads: (channel, height, width).
    """

    linear: nn.Linear  # of SpikingLayer; here the filters have its place

    def __init__(self, convolution: nn.Conv2d, pooling: nn.Module, neurons: Neurons, shape: tuple[int, ...]) -> None:
        nn.Module.__init__(self)
        self.convolution, self.pooling, self.neurons, self.shape = convolution, pooling, neurons, shape
        self.numbers_per_neuron, self.multiplications_per_step = cost_of(neurons)
        height, width = convolution.kernel_size
        self.text = (
            f"convolution {height}x{width}, {convolution.out_channels} channels, {type(pooling).__name__}, spiking"
        )

    @property
    def size(self) -> int:
        return self.convolution.out_channels * prod(length // 2 for length in self.shape[1:])

    def fire(self, drive: torch.Tensor) -> torch.Tensor:
        return self.neurons(drive)

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        """Spikes (sample, time, neuron), neurons in C order of (channel, height, width), as they come in."""
        return self.fire(pooled_convolution_of_spikes(spikes, self.convolution, self.pooling, self.shape))

    def operations(
        self, name: str, before: torch.Tensor, after: torch.Tensor, training: bool, sends: bool, values: bool
    ) -> list[Row]:
        """As every layer's; a spike adds the weights of those places that its filters reach."""
        filters = self.convolution
        images = arriving(before, values).reshape(-1, *self.shape)
        reach = torch.ones(1, self.shape[0], *filters.kernel_size, dtype=before.dtype, device=before.device)
        taps = float(functional.conv2d(images, reach, padding=cast(tuple[int, int], filters.padding)).sum())
        places = before.shape[1] * prod(self.shape[1:])
        dense = places * filters.weight.numel()
        drive = additions(name, dense, taps / len(before) * filters.out_channels, places * filters.out_channels, values)
        updates = after.shape[1] * self.size * self.multiplications_per_step
        return layer_rows(name, drive, updates, training, dense if sends else 0)


def cost_of(neurons: Neurons) -> tuple[int, int]:
    """Numbers that a neuron keeps between steps, and multiplications of its update."""
    program = neurons.neuron.program
    return len(program.states) + (program.refractory_steps > 1), program.multiplications()
