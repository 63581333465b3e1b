"""Equilibrium propagation: two rests of a network, free and nudged, are compared"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.models._block import Block
from ann.rules import _layers
from ann.rules._stepped import Stepped, check_count, check_positive, in_full_precision
from ann.source import Source

_BOUNDED = (nn.Tanh, nn.Sigmoid, nn.Softsign, nn.Hardsigmoid, nn.Hardtanh)  # the last is ReLU6 too; all rise


@dataclass(frozen=True)
class EquilibriumPropagation(Stepped):
    """Hidden layers drive each other through the same weights up and down until they rest, freely and then nudged.

    s_l = f(W_l s_{l-1} + b_l + W_{l+1}' s_{l+1}), and the highest hidden layer feels -beta dC/ds as well, with C the
    loss of the read-out W s + b. dW_l = [s_l s_{l-1}' at beta - s_l s_{l-1}' at -beta] / (2 beta), a mean over the
    batch, which for beta -> 0 is minus the gradient of the loss of the free network's answer (theorem 1 of the paper).
    Rests are points of least energy sum_l [G(s_l) - b_l' s_l - s_l' W_l s_{l-1}] + beta C, with G' the inverse of f:
    Scellier and Bengio have s^2/2 for G, cut off; any f that rises has the same theorem.

    nudging = "symmetric" is that of Laborieux et al. 2021 (doi:10.3389/fnins.2021.633674), whose error falls with
    beta^2; "one-sided" compares beta with the free rest, as in 2017, and its error falls with beta. The read-out is
    outside the energy, as in 2021, so that the cross-entropy can be used: it learns by the delta rule at the free rest.

    Layers settle one after the other from the bottom up, each to its own least energy given the others, so that the
    energy never rises and the rest is always found. One hidden layer has nobody above it: its answer is the model's
    own forward pass, and its changes tend to backpropagation's.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        beta: strength of the nudge.
        nudging: "symmetric" or "one-sided".
        free_sweeps: times that all layers settle before the answer, after a first pass upwards.
        nudged_sweeps: times that they settle under each nudge, from the free rest. Large weights need more of both: two
            tanh layers of 60 neurons that had learned the small digits for 20 passes had changes 88 and 68 degrees from
            the gradient with these, and 32 and 37 with 200 and 100 sweeps.

    Raises:
        ValueError: for an optimiser or a nudging that is not known, or a number out of its range.
    """

    beta: float = 0.1
    nudging: Literal["symmetric", "one-sided"] = "symmetric"
    free_sweeps: int = 15
    nudged_sweeps: int = 8

    name: ClassVar[str] = "equilibrium_propagation"
    family: ClassVar[str] = "second phase"
    equation: ClassVar[str] = (
        "ΔW_l = η [s_l s_{l-1}' (β) - s_l s_{l-1}' (-β)] / 2β,  s_l = f(W_l s_{l-1} + b_l + W_{l+1}' s_{l+1})"
    )
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error", "downstream weights", "second phase")
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Scellier & Bengio 2017, Front. Comput. Neurosci. 11:24",
        "Scellier, Benjamin and Bengio, Yoshua",
        "Equilibrium propagation: bridging the gap between energy-based models and backpropagation",
        "Frontiers in Computational Neuroscience",
        2017,
        "10.3389/fncom.2017.00024",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "beta")
        if self.nudging not in ("symmetric", "one-sided"):
            raise ValueError(f'nudging = {self.nudging!r} is not known; choose "symmetric" or "one-sided".')
        check_count(self, "free_sweeps")
        check_count(self, "nudged_sweeps")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but fully connected layers in a row, and several hidden layers that could excite each other."""
        sentence = _layers.refuses_but_dense("EquilibriumPropagation", model)
        if sentence:
            return sentence
        layers = list((_layers.blocks(model) or {}).values())
        if len(layers) < 2:
            return "EquilibriumPropagation needs a hidden layer that can settle, and this model has none."
        if len(layers) > 2 and not all(isinstance(layer.activation, _BOUNDED) for layer in layers[:-1]):
            return (
                "Several hidden layers excite each other in EquilibriumPropagation, without limit unless their "
                'activation rises to one, as "tanh", "sigmoid", "softsign", "hardsigmoid", "hardtanh" and "relu6" do; '
                "or use a single hidden layer."
            )
        return None

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """No state of its own: layers settle from nothing for each batch."""
        return {}

    @in_full_precision
    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The contrast of two rests for the hidden layers; minus the gradient at the free rest for the read-out."""
        hidden, (top, readout) = _split(model)
        x = x.flatten(1)
        with torch.no_grad():
            driven = next(iter(hidden.values())).linear(x)
            free = self._settled(hidden, driven)
        updates = _layers.gradient_updates(
            model, loss(readout(free[-1]), y), {f"{top}.{name}" for name, _ in readout.named_parameters()}
        )

        def force(s: torch.Tensor) -> torch.Tensor:
            with torch.enable_grad():
                s = s.detach().requires_grad_()
                return len(s) * torch.autograd.grad(loss(readout(s), y), s)[0]

        with torch.no_grad():
            pushed = self._nudged(hidden, driven, free, self.beta, force)
            symmetric = self.nudging == "symmetric"
            other = self._nudged(hidden, driven, free, -self.beta, force) if symmetric else free
            scale = len(x) * self.beta * (2 if symmetric else 1)
            for depth, (name, layer) in enumerate(hidden.items()):
                below = (pushed[depth - 1], other[depth - 1]) if depth else (x, x)
                change = pushed[depth].T @ below[0] - other[depth].T @ below[1]
                updates[f"{name}.linear.weight"] = change / scale
                if layer.linear.bias is not None:
                    updates[f"{name}.linear.bias"] = (pushed[depth] - other[depth]).sum(0) / scale
        return updates, state

    def output(self, model: nn.Module, x: Any, state: State) -> Any:
        """The read-out's answer at the free rest."""
        return list(self.activity(model, x, state).values())[-1]

    def activity(self, model: nn.Module, x: Any, state: State) -> dict[str, Any]:
        """Layers at the free rest, and the answer."""
        hidden, (top, readout) = _split(model)
        rest = self._settled(hidden, next(iter(hidden.values())).linear(x.flatten(1)))
        return dict(zip(hidden, rest, strict=True)) | {top: readout(rest[-1])}

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products of settling: up and down in every sweep; with `training` of both nudged rests and the contrast.

        What the input gives the first layer does not change and is counted once. What is skipped because a neuron is
        off is counted as it is at the free rest.
        """
        hidden, _ = _split(model)
        rest = list(self.activity(model, x, state).values())[:-1]
        phases = (2 if self.nudging == "symmetric" else 1) if training else 0
        sweeps = (self.free_sweeps if len(hidden) > 1 else 0) + phases * self.nudged_sweeps
        rows = []
        for depth, (name, layer) in enumerate((_layers.blocks(model) or {}).items()):
            read = _active(rest[depth - 1] if depth else x.flatten(1))
            neurons, inputs = layer.linear.weight.shape
            up = operations.row(name, neurons * inputs, neurons * read)
            if depth == 0:
                times, backs, down = 1 + 2 * bool(training), 0, 0.0
            elif depth < len(hidden):
                times, backs, down = 1 + sweeps + 2 * bool(training), sweeps, inputs * _active(rest[depth])
            else:
                nudges = phases * self.nudged_sweeps
                times, backs, down = 1 + nudges + bool(training), nudges, float(neurons * inputs)
            rows.append(operations.row(name, times * up["dense"], times * up["effective"]))
            rows.append(operations.row(name, backs * neurons * inputs, backs * down))
        return rows

    def _settled(self, hidden: dict[str, Block], driven: torch.Tensor) -> list[torch.Tensor]:
        """The free rest of every hidden layer; `driven` is what the input gives the first."""
        layers = list(hidden.values())
        rest = [layers[0].activation(driven)]
        for layer in layers[1:]:
            rest.append(layer(rest[-1]))
        for _ in range(self.free_sweeps if len(layers) > 1 else 0):
            rest = _sweep(layers, driven, rest, None)
        return rest

    def _nudged(
        self, hidden: dict[str, Block], driven: torch.Tensor, free: list[torch.Tensor], beta: float, force: Any
    ) -> list[torch.Tensor]:
        """The rest under a nudge of that strength; force(s) is dC/ds of each sample."""
        rest = free
        for _ in range(self.nudged_sweeps):
            rest = _sweep(list(hidden.values()), driven, rest, -beta * force(rest[-1]))
        return rest


def _split(model: nn.Module) -> tuple[dict[str, Block], tuple[str, Block]]:
    """The hidden layers, and the read-out with its name."""
    *hidden, readout = (_layers.blocks(model) or {}).items()
    return dict(hidden), readout


def _sweep(
    layers: list[Block], driven: torch.Tensor, rest: list[torch.Tensor], nudge: torch.Tensor | None
) -> list[torch.Tensor]:
    """Every layer once, from the bottom up, given the newest of those below and the last of those above."""
    found: list[torch.Tensor] = []
    for depth, layer in enumerate(layers):
        drive = layer.linear(found[-1]) if depth else driven
        if depth + 1 < len(layers):
            drive = drive + rest[depth + 1] @ layers[depth + 1].linear.weight
        elif nudge is not None:
            drive = drive + nudge
        found.append(layer.activation(drive))
    return found


def _active(x: torch.Tensor) -> float:
    """Entries of a sample that are not exactly zero, on average."""
    return float((x != 0).sum()) / len(x)
