"""Sanger's generalised Hebbian rule: hidden neurons find principal components"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.models._block import Block
from ann.rules import _layers, _optimiser
from ann.rules._stepped import in_full_precision
from ann.source import Source


@dataclass(frozen=True)
class Sanger:
    """Hidden layers: dW = (<y x'> - LT[<y y'>] W) / <|x|^2> / (1 + n / halving), y = W x; LT keeps the lower triangle.

    The angle brackets are means over batch n. x is centred by its running mean and the step is divided by its running
    power, so that one rate serves any scale of input; both leave the fixed points, the first principal components in
    order, as they are (Sanger 1989 assumes a mean of zero). The rate falls as 1/n, as his theorem of convergence asks;
    it also lets the features come to rest, which the read-out needs. A layer answers f(W x) with its model's
    activation f and without its bias; Sanger's neurons are linear, and half-waves lose what a linear read-out needs, so
    activation = "linear" suits it. One layer of one neuron is Oja's rule (Oja 1982, doi:10.1007/BF00275687).

    The read-out learns from the hidden activity alone, by the same delta rule as in FrozenHidden.

    Attributes:
        hebbian_rate: step of the hidden layers at first; stable below 1 (the largest eigenvalue is at most the power).
        halving: batches after which that step has halved.
        horizon: batches that the running mean and power remember; over fewer, all of them count alike.
        optimiser, learning_rate, momentum, weight_decay: of the read-out, as in Backprop.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    hebbian_rate: float = 0.5
    halving: int = 100
    horizon: int = 100
    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 1e-2
    momentum: float = 0.9
    weight_decay: float = 0.0

    name: ClassVar[str] = "sanger"
    family: ClassVar[str] = "Hebbian"
    equation: ClassVar[str] = "hidden: ΔW = η (y x' - LT[y y'] W), y = W x;  read-out: ΔW = η (t - p) h'"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "stored history")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Sanger 1989, Neural Networks 2:459",
        "Sanger, Terence D.",
        "Optimal unsupervised learning in a single-layer linear feedforward neural network",
        "Neural Networks",
        1989,
        "10.1016/0893-6080(89)90044-0",
    )

    def __post_init__(self) -> None:
        _optimiser.check(self)
        if not self.hebbian_rate > 0:
            raise ValueError(f"hebbian_rate = {self.hebbian_rate!r}, but it must be greater than 0.")
        for name in ("halving", "horizon"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} = {getattr(self, name)!r}, but it must be at least 1 batch.")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but plain fully connected layers in a row, of which at least one is hidden."""
        sentence = _layers.refuses_but_dense("Sanger's rule", model)
        if sentence is None and not self._hidden(model):
            sentence = "Sanger's rule trains hidden layers, and this model has none."
        return sentence

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """Batches seen, and for each hidden layer the running mean and power of its input."""
        state: State = {"batches": torch.zeros(())}
        for name, layer in self._hidden(model).items():
            state[f"{name}.mean"] = layer.linear.weight.new_zeros(layer.linear.in_features)  # type: ignore[arg-type]
            state[f"{name}.power"] = layer.linear.weight.new_zeros(())
        return state

    @in_full_precision
    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Sanger's change of each hidden layer from its own input and output; the gradient for the read-out."""
        changes, state = {}, state | {"batches": state["batches"] + 1}
        share = 1 / state["batches"].clamp(max=self.horizon)
        pace = 1 / (1 + (state["batches"] - 1) / self.halving)
        with torch.no_grad():
            h = x
            for name, layer in self._hidden(model).items():
                h = h.flatten(1)
                state[f"{name}.mean"] = state[f"{name}.mean"].lerp(h.mean(0), share)
                centred = h - state[f"{name}.mean"]
                state[f"{name}.power"] = state[f"{name}.power"].lerp(centred.square().sum(1).mean(), share)
                change = _change(layer.linear.weight, centred)
                changes[f"{name}.linear.weight"] = pace * change / state[f"{name}.power"].clamp(min=1e-12)
                h = self._answer(name, layer, h, state)
        readout = list(model.children())[-1]
        value = loss(readout(h), y)
        names = _layers.readout_parameters(model)
        return changes | _layers.gradient_updates(model, value, names), state

    def output(self, model: nn.Module, x: Any, state: State) -> Any:
        return list(self.activity(model, x, state).values())[-1]

    def activity(self, model: nn.Module, x: Any, state: State) -> dict[str, Any]:
        found, h = {}, x
        hidden = self._hidden(model)
        for name, layer in (_layers.blocks(model) or {}).items():
            h = self._answer(name, layer, h.flatten(1), state) if name in hidden else layer(h)
            found[name] = h
        return found

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products of answering and, with `training`, of learning: y x', LT[y y'] W by neuron, and the read-out's."""
        rows, h = [], x
        hidden = self._hidden(model)
        for name, layer in (_layers.blocks(model) or {}).items():
            h = h.flatten(1) - (state[f"{name}.mean"] if name in hidden else 0)
            weights, nonzero = layer.linear.weight.numel(), float((h != 0).sum()) / len(h)
            passes = (3 if name in hidden else 2) if training else 1
            rows.append(operations.row(name, passes * weights, passes * nonzero * layer.linear.weight.shape[0]))
            h = layer.activation(h @ layer.linear.weight.T) if name in hidden else h
        return rows

    def pace(self, done: float) -> float:
        """The rate of the optimiser stays as it is."""
        return 1.0

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        """Plain steps for the hidden layers, the read-out's own optimiser for the read-out."""
        named = list(parameters)
        readout = named[-1][0].rpartition(".")[0]
        return _optimiser.TwoSpeeds(
            torch.optim.SGD([pair for pair in named if not pair[0].startswith(readout)], lr=self.hebbian_rate),
            _optimiser.make(self, [pair for pair in named if pair[0].startswith(readout)]),
        )

    def _hidden(self, model: nn.Module) -> dict[str, Block]:
        return dict(list((_layers.blocks(model) or {}).items())[:-1])

    def _answer(self, name: str, layer: Block, h: torch.Tensor, state: State) -> torch.Tensor:
        return layer.activation((h - state[f"{name}.mean"]) @ layer.linear.weight.T)


def _change(weight: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """<y x'> - LT[<y y'>] W for centred x (sample, feature) and weight (neuron, feature)."""
    y = x @ weight.T
    return (y.T @ x - torch.tril(y.T @ y) @ weight) / len(x)
