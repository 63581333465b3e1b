"""What plain, LSTM and GRU networks share: layers of torch's own cells and a read-out, at the end or at every step."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from itertools import pairwise
from typing import Any, ClassVar

import torch
from torch import nn

from ann import chance, operations
from ann.models._block import whole_numbers

__all__ = ["RecurrentNetwork", "RecurrentRecipe"]


class RecurrentRecipe:
    """Builds recurrent layers of the sizes in `hidden`, a field of the frozen dataclass that says which cell."""

    hidden: tuple[int, ...]
    reads: ClassVar[str] = "values"

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", whole_numbers("hidden", self.hidden))
        if not self.hidden:
            raise ValueError("hidden = (), but a recurrent network needs at least one layer, for example (64,).")

    def _layer(self, inputs: int, neurons: int) -> nn.RNNBase:
        """One layer of cells, (sample, time, feature) first."""
        raise NotImplementedError

    def _settle(self, layer: nn.RNNBase) -> None:
        """Whatever the start of the weights needs beyond torch's own."""

    def refuses(self, shape: tuple[int, ...]) -> str | None:
        """A sentence if samples of `shape` are no sequences."""
        if len(shape) == 2:
            return None
        return (
            f"{type(self).__name__} reads sequences (time, feature), but a sample here has the shape {tuple(shape)}. "
            "Use a task of sequences, or reshape the samples."
        )

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> RecurrentNetwork:
        """Layers "hidden1", "hidden2", ... and "output", which reads the last step: (sample, time, feature) to
        (sample, output).

        Raises:
            ValueError: if samples of `shape` are no sequences.
        """
        return self._network(shape, outputs, generator, _last_step)

    def build_per_step(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> RecurrentNetwork:
        """The same with an answer at every step: (sample, time, feature) to (sample, time, output).

        Raises:
            ValueError: if samples of `shape` are no sequences.
        """
        return self._network(shape, outputs, generator, _every_step)

    def _network(
        self, shape: tuple[int, ...], outputs: int, generator: torch.Generator, read: Callable[[Any], Any]
    ) -> RecurrentNetwork:
        sentence = self.refuses(shape)
        if sentence:
            raise ValueError(sentence)
        with chance.borrowed(generator):
            layers = OrderedDict(
                (f"hidden{depth}", self._layer(before, after))
                for depth, (before, after) in enumerate(pairwise((shape[1], *self.hidden)), start=1)
            )
            output = nn.Linear(self.hidden[-1], outputs)
        with torch.no_grad():
            for layer in layers.values():
                self._settle(layer)
        return RecurrentNetwork(layers, output, read)


class RecurrentNetwork(nn.Module):
    """h_l[t] = cell(h_{l-1}[t], h_l[t-1]), logits = W h_L + b; every state starts at 0.

    Shapes: x (sample, time, feature); answers (sample, output) or (sample, time, output).
    """

    def __init__(self, layers: OrderedDict[str, nn.RNNBase], output: nn.Linear, read: Callable[[Any], Any]) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.output = output
        self._names, self._read = tuple(layers), read

    def states(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> (sample, time, neuron), in depth order."""
        found, h = {}, x
        for name in self._names:
            h, _ = self.get_submodule(name)(h)
            found[name] = h
        return found

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = x
        for name in self._names:
            h, _ = self.get_submodule(name)(h)
        return self.output(self._read(h))

    def activity(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Layer -> (sample, neuron) of the step that is read; of all steps, one after another, where all are."""
        found = {name: self._read(h) for name, h in self.states(x).items()}
        found["output"] = self.output(found[self._names[-1]])
        return {name: h.flatten(1) for name, h in found.items()}

    def state_size(self) -> int:
        """Numbers kept per sample from step to step."""
        layers = [self.get_submodule(name) for name in self._names]
        return sum(layer.hidden_size * (2 if isinstance(layer, nn.LSTM) else 1) for layer in layers)  # type: ignore[operator, misc]

    def operations(self, x: torch.Tensor, training: bool = False) -> list[operations.Row]:
        """Multiply-accumulates by layer; products with an input or a state that is 0, as before the first step, are not
        effective. Learning: as many for the weights' gradient, and for the errors that go back in time and to
        the layer below, which are taken as dense."""
        states, steps, rows, h = self.states(x), x.shape[1], [], x
        for depth, name in enumerate(self._names):
            own = dict(self.get_submodule(name).named_parameters())
            into, back = own["weight_ih_l0"].numel(), own["weight_hh_l0"].numel()
            heard = _steps_worth(h) * into + _steps_worth(states[name][:, :-1]) * back
            answer = (steps * (into + back), heard)
            rows.append(operations.row(name, *answer))
            if training:
                sent = (steps - 1) * back + (steps * into if depth else 0)
                rows.append(operations.row(name, answer[0] + sent, answer[1] + sent))
            h = states[name]
        read, weights = self._read(h), self.output.weight.numel()
        dense, heard = read.numel() // len(x) // h.shape[-1] * weights, _steps_worth(read) * weights
        rows.append(operations.row("output", dense, heard))
        if training:
            rows.append(operations.row("output", 2 * dense, heard + dense))
        return operations.total(rows)


def _steps_worth(h: torch.Tensor) -> float:
    """How many steps of neurons that are not 0 make up as many as there are in h (sample, ..., neuron), per sample."""
    return float((h != 0).sum()) / len(h) / h.shape[-1]


def _last_step(h: Any) -> Any:
    return h[:, -1]


def _every_step(h: Any) -> Any:
    return h
