"""Hidden layers whose neurons compete, with a read-out by the delta rule: what KrotovHopfield and SoftHebb share.

Each hidden layer reads its input at unit length, x / |x|, and its weights in a unit of their own, in which their rows
begin with the length `start_norm`. The rules make rows shrink from there to length 1, and a row that is still long
wins against those that have arrived: so every neuron wins in its turn, and none is left without a share of the data.

    u = (W / unit) x / |x|,    h = (a - m) / s,    a = max(f(u), 0)^power,    m and s its running mean and deviation

m and s are each neuron's own: rows that are still long would drown the others otherwise, and answers that are never
negative share a mean that the read-out would have to unlearn before it finds what tells samples apart.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.models._block import Block
from ann.rules import _layers, _optimiser
from ann.rules._optimiser import TwoSpeeds
from ann.rules._stepped import in_full_precision

_HORIZON = 100  # batches that the running mean and mean square of a neuron's answers remember
_FAINTEST = 1e-3  # share of the layer's mean deviation below which a neuron is not amplified any more


class Competitive:
    """A rule of competing hidden layers; the subclass says how one layer changes.

    Attributes:
        hebbian_rate, start_norm, power, rest: of the hidden layers.
        optimiser, learning_rate, momentum, weight_decay: of the read-out, as in Backprop.
    """

    hebbian_rate: float
    start_norm: float
    power: float
    rest: float
    optimiser: _optimiser.Name
    learning_rate: float
    momentum: float
    weight_decay: float

    def __post_init__(self) -> None:
        _optimiser.check(self)
        if not self.hebbian_rate >= 0:
            raise ValueError(f"hebbian_rate = {self.hebbian_rate!r}, but it must be 0 or more.")
        for name in ("start_norm", "power"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} = {getattr(self, name)!r}, but it must be greater than 0.")
        if not 0 < self.rest <= 1:
            raise ValueError(f"rest = {self.rest!r}, but it is a share of training, above 0 and at most 1.")

    def change(self, weight: torch.Tensor, x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        """The sum over a batch of the wanted changes of weight (neuron, feature).

        x (sample, feature) at unit length, u (sample, neuron) its drive; weights in their unit.
        """
        raise NotImplementedError

    def drive(self, weight: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """u (sample, neuron), what the neurons compete by."""
        return x @ weight.T

    def norm(self, weight: torch.Tensor) -> torch.Tensor:
        """Length of each neuron's weights, as the rule keeps it."""
        return weight.norm(dim=1)

    def learning_operations(self, weight: torch.Tensor, x: torch.Tensor) -> float:
        """Effective multiply-accumulates of `change` for one sample, mean over x (sample, feature)."""
        raise NotImplementedError

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but plain fully connected layers in a row, of which at least one is hidden."""
        name = type(self).__name__
        sentence = _layers.refuses_but_dense(name, model)
        if sentence is None and not hidden(model):
            sentence = f"{name} trains hidden layers, and this model has none."
        return sentence

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """Batches seen; the unit of each hidden layer's weights; running mean and mean square of each neuron's a."""
        state: State = {"batches": torch.zeros(())}
        for name, layer in hidden(model).items():
            weight = layer.linear.weight.detach()
            state[f"{name}.unit"] = (self.norm(weight).mean() / self.start_norm).clamp(min=1e-12)
            state[f"{name}.mean"], state[f"{name}.square"] = weight.new_zeros(len(weight)), weight.new_ones(len(weight))
        return state

    @in_full_precision
    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The competitors' change of each hidden layer, its largest 1 in the layer's unit; the read-out's gradient.

        Without a hebbian_rate hidden layers have no change.
        """
        changes, state = {}, state | {"batches": state["batches"] + 1}
        share = 1 / state["batches"].clamp(max=_HORIZON)
        with torch.no_grad():
            h = x
            for name, layer in hidden(model).items():
                unit, h = state[f"{name}.unit"], _unit_length(h)
                weight = layer.linear.weight / unit
                u = self.drive(weight, h)
                if self.hebbian_rate:
                    change = self.change(weight, h, u)
                    changes[f"{name}.linear.weight"] = change.mul_(unit / change.abs().max().clamp(min=1e-30))
                h = self._feature(layer, u)
                for moment, value in (("mean", h.mean(0)), ("square", h.square().mean(0))):
                    state[f"{name}.{moment}"] = state[f"{name}.{moment}"].lerp(value, share)
                h = _standardised(h, name, state)
        value = loss(list(model.children())[-1](h), y)
        return changes | _layers.gradient_updates(model, value, _layers.readout_parameters(model)), state

    def output(self, model: nn.Module, x: Any, state: State) -> Any:
        return list(self.activity(model, x, state).values())[-1]

    def activity(self, model: nn.Module, x: Any, state: State) -> dict[str, Any]:
        found, h = {}, x
        competing = hidden(model)
        for name, layer in (_layers.blocks(model) or {}).items():
            if name in competing:
                u = self.drive(layer.linear.weight / state[f"{name}.unit"], _unit_length(h))
                h = _standardised(self._feature(layer, u), name, state)
            else:
                h = layer(h)
            found[name] = h
        return found

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products of answering and, with `training`, of learning: y x', the decay y u W, and the read-out's change.

        A neuron that is silent costs the layer above nothing: what -m / s adds there is a part of its bias.
        """
        rows, h, seen = [], x, x
        competing = hidden(model)
        for name, layer in (_layers.blocks(model) or {}).items():
            weight = layer.linear.weight
            active = float((seen != 0).sum()) / len(seen) * weight.shape[0]
            rows.append(operations.row(name, weight.numel(), active))
            if name in competing:
                h = _unit_length(h)
                if training and self.hebbian_rate:
                    learning = self.learning_operations(weight / state[f"{name}.unit"], h)
                    rows.append(operations.row(name, 2 * weight.numel(), learning))
                seen = self._feature(layer, self.drive(weight / state[f"{name}.unit"], h))
                h = _standardised(seen, name, state)
            elif training:
                rows.append(operations.row(name, weight.numel(), active))
        return rows

    def pace(self, done: float) -> float:
        """Factor of the read-out's rate: it falls on a straight line to 0 at the end, the hidden layers' at `rest`."""
        return 1 - done

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        """Plain steps for the hidden layers, which come to rest earlier; the read-out's own optimiser for it."""
        named = list(parameters)
        readout = named[-1][0].rpartition(".")[0]
        return TwoSpeeds(
            _Resting([pair for pair in named if not pair[0].startswith(readout)], self.hebbian_rate, self.rest),
            _optimiser.make(self, [pair for pair in named if pair[0].startswith(readout)]),
        )

    def _feature(self, layer: Block, u: torch.Tensor) -> torch.Tensor:
        return layer.activation(u).clamp(min=0) ** self.power


def hidden(model: nn.Module) -> dict[str, Block]:
    """All blocks but the last."""
    return dict(list((_layers.blocks(model) or {}).items())[:-1])


def _unit_length(x: torch.Tensor) -> torch.Tensor:
    """x (sample, ...) flattened, each sample at length 1; an empty one stays empty."""
    return nn.functional.normalize(x.flatten(1), dim=1)


def _standardised(h: torch.Tensor, name: str, state: State) -> torch.Tensor:
    """h (sample, neuron) less its running mean, in its running deviations."""
    mean = state[f"{name}.mean"]
    deviation = (state[f"{name}.square"] - mean.square()).clamp(min=0).sqrt()
    return (h - mean) / torch.maximum(deviation, _FAINTEST * deviation.mean() + 1e-12)


class _Resting(torch.optim.SGD):
    """Plain steps. As the pace falls from 1 to 0, their size falls from `rate` to 0, but is there at pace 1 - rest."""

    def __init__(self, parameters: Any, rate: float, rest: float) -> None:
        super().__init__(parameters, lr=rate)
        self._rate, self._rest = rate, rest

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:  # the trainer writes the paced rate anew before every step
            pace = group["lr"] / self._rate if self._rate else 0.0
            group["lr"] = self._rate * max(0.0, 1 - (1 - pace) / self._rest)
        super().step()
