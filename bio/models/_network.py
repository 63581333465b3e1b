"""A feed-forward network of spiking layers with a read-out that sees nothing but their spikes."""

from __future__ import annotations

from collections import OrderedDict
from math import sqrt
from typing import Any

import torch
from torch import nn

from bio.engines.tensor.events import linear_of_spikes
from bio.models._counting import Row, additions, arriving, layer_rows, row

__all__ = ["SpikingLayer", "SpikingNetwork", "hidden_layers", "refuse_sizes", "weights"]


class SpikingLayer(nn.Module):
    """Weights and the neurons behind them: spikes (sample, time, input) -> spikes (sample, time, neuron).

    One matrix product serves all time steps, since nothing of a feed-forward layer's drive depends on its own spikes.
    A subclass runs the neurons in `fire`.

    Attributes:
        numbers_per_neuron: state kept from one time step to the next.
        multiplications_per_step: of one neuron's state update.
        text: the layer in words.
    """

    numbers_per_neuron: int
    multiplications_per_step: int
    text = "fully connected, spiking"

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear

    @property
    def size(self) -> int:
        """Neurons."""
        return self.linear.out_features

    def fire(self, drive: torch.Tensor) -> torch.Tensor:
        """Spikes of the neurons for a dimensionless drive, both (sample, time, neuron)."""
        raise NotImplementedError

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        return self.fire(linear_of_spikes(spikes, self.linear))

    def operations(
        self, name: str, before: torch.Tensor, after: torch.Tensor, training: bool, sends: bool, values: bool
    ) -> list[Row]:
        """What this layer costs, per sample.

        Args:
            name: of the layer.
            before, after: what arrives, and its spikes, (sample, time, ...).
            training: whether the gradient is counted as well.
            sends: whether an error goes to a spiking layer below.
            values: whether what arrives is values of a current, not spikes.
        """
        dense = before.shape[1] * self.linear.weight.numel()
        effective = float(arriving(before, values).sum()) / len(before) * self.size
        drive = additions(name, dense, effective, before.shape[1] * self.size, values)
        updates = after.shape[1] * self.size * self.multiplications_per_step
        return layer_rows(name, drive, updates, training, dense if sends else 0)


class SpikingNetwork(nn.Module):
    """Spiking layers by name, and "readout": logits = W * (spike counts of the last hidden layer).

    The read-out has no bias, so a network whose spikes are taken away knows nothing: all its logits are 0.
    """

    readout: nn.Linear
    reads_current = False  # whether the first layer's input is values of a current, not spikes
    readout_text = "weighted spike counts of the last hidden layer through a softmax, the largest decides"

    def __init__(self, hidden: dict[str, SpikingLayer], readout: nn.Linear, neuron: dict[str, Any]) -> None:
        super().__init__()
        self.names = list(hidden)
        for name, layer in hidden.items():
            self.add_module(name, layer)
        self.readout = readout
        self.neuron = neuron

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (sample, class) of spikes (sample, time, feature)."""
        for layer in self.layers().values():
            x = layer(x)
        return self.readout(x.sum(1))

    def layers(self) -> OrderedDict[str, SpikingLayer]:
        """The spiking layers by name, in depth order."""
        return OrderedDict((name, self.get_submodule(name)) for name in self.names)  # type: ignore[misc]

    def layer_activity(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> spikes (sample, time, neuron), 0 or 1."""
        found = {}
        for name, layer in self.layers().items():
            x = found[name] = layer(x)
        return found

    def describe_neuron(self) -> dict[str, Any]:
        """name, equations, parameters, text, source."""
        return dict(self.neuron)

    def state_size(self) -> int:
        """Numbers kept per sample between time steps: the neurons' states and the read-out's running counts."""
        kept = [layer.numbers_per_neuron * layer.size for layer in self.layers().values()]
        return sum(kept) + self.readout.in_features

    @torch.no_grad()
    def operations(self, x: torch.Tensor, training: bool = False) -> list[Row]:
        """What an answer costs, per sample, with the spikes that `x` really causes.

        A spike adds a row of weights: an accumulate (AC). Dense counts every input in every time step. Biases add
        once a step. Updating a neuron's state takes multiplications (MAC) whether it spikes or not. With `training`,
        the gradient through time as well: each weight's sum over the spikes that passed it (AC), and the error sent
        down to the spiking layer below (MAC); the neurons' own adjoint costs as much as their update. A current is
        multiplied by the first layer's weights (MAC) wherever it is not 0.
        """
        spikes, rows = x, []
        for depth, (name, layer) in enumerate(self.layers().items()):
            before, spikes = spikes, layer(spikes)
            values = self.reads_current and depth == 0
            rows += layer.operations(name, before, spikes, training, depth > 0, values)
        counted = float(spikes.sum()) / len(spikes)
        size, outputs = self.readout.in_features, self.readout.out_features
        rows.append(row("readout", "AC", spikes.shape[1] * size * outputs, counted * outputs))
        if training:
            rows.append(row("readout", "MAC", 2 * size * outputs, 2 * size * outputs))
        return rows


def hidden_layers(layers: list[SpikingLayer]) -> dict[str, SpikingLayer]:
    """The layers under the names "hidden1", "hidden2", ..."""
    return {f"hidden{depth}": layer for depth, layer in enumerate(layers, start=1)}


def weights(inputs: int, outputs: int, gain: float, generator: torch.Generator, bias: bool = True) -> nn.Linear:
    """Normal weights of standard deviation gain / sqrt(inputs), biases 0, drawn from `generator`."""
    linear: nn.Linear = nn.utils.skip_init(nn.Linear, inputs, outputs, bias=bias)  # type: ignore[assignment]
    with torch.no_grad():
        linear.weight.normal_(0.0, gain / sqrt(inputs), generator=generator)
        if bias:
            linear.bias.zero_()
    return linear


def refuse_sizes(hidden: tuple[int, ...], steps: int) -> None:
    """Raises ValueError unless there is a hidden layer, all sizes are whole and there is at least one step."""
    if not hidden or any(isinstance(n, bool) or not isinstance(n, int) or n < 1 for n in hidden):
        raise ValueError(f"hidden = {hidden!r}: give one or more sizes of at least 1, for example (128,).")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps = {steps!r}: give a whole number of time steps, for example 25.")
