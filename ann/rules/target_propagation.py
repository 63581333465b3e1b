"""Difference target propagation: learned inverses tell layers what to answer"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.rules import _layered, _layers
from ann.rules._layered import Passed
from ann.rules._stepped import Stepped, check_positive
from ann.source import Source

_Inverse = tuple[torch.Tensor, torch.Tensor]  # V (neuron below, neuron), c (neuron below,)


@dataclass(frozen=True)
class TargetPropagation(Stepped):
    """Every hidden layer is told a target t and moves its answer h towards it; targets go down through inverses g.

    The highest hidden layer's target is a step down the loss, t = h - target_rate dE/dh with E the sample's own loss.
    Below, t_{l-1} = h_{l-1} - g_l(h_l) + g_l(t_l), which corrects for an inverse that is not exact. g_l is f(V h + c)
    with f of the layer below and learns from noise, g_l(f_l(h_{l-1} + e)) ~ h_{l-1} + e with e ~ N(0, noise^2): its own
    weights are the rule's state. A layer lowers |h - t|^2 / (2 target_rate), a mean over the batch. Lee et al.
    do not divide by target_rate; so its changes have the size of backprop's (with linear layers and V = W' they are
    backprop's), and one learning rate serves the read-out too. The inverses' steps are normalised by the power of what
    they read (Widrow & Hoff's normalised least mean squares), so that inverse_rate serves any width.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: of the network, as in Backprop.
        target_rate: how far the highest target is from the answer.
        inverse_rate: step of the inverses; stable below 2 for a linear one.
        noise: standard deviation of e.

    Raises:
        ValueError: for an optimiser that is not known, or a number out of its range.
    """

    target_rate: float = 0.1
    inverse_rate: float = 0.1
    noise: float = 0.1

    name: ClassVar[str] = "target_propagation"
    family: ClassVar[str] = "feedback"
    equation: ClassVar[str] = (
        "t_{l-1} = h_{l-1} - g_l(h_l) + g_l(t_l),  ΔW_l = -η ((h_l - t_l) ⊙ f'(a_l)) h_{l-1}',  g_l(f_l(h)) ≈ h"
    )
    signals: ClassVar[tuple[str, ...]] = (
        "pre", "post", "vector error", "downstream weights", "feedback weights", "second phase", "stored history",
    )  # fmt: skip
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Lee, Zhang, Fischer & Bengio 2015, ECML PKDD, LNCS 9284:498",
        "Lee, Dong-Hyun and Zhang, Saizheng and Fischer, Asja and Bengio, Yoshua",
        "Difference target propagation",
        "Machine Learning and Knowledge Discovery in Databases",
        2015,
        "10.1007/978-3-319-23528-8_31",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "target_rate", "inverse_rate", "noise")

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but fully connected layers in a row: pooling and filters have no inverse of their shape."""
        sentence = super().refuses(model, loss)
        if sentence:
            return sentence
        for name, block in (_layers.blocks(model) or {}).items():
            plain = isinstance(block.pooling, nn.Identity) and isinstance(block.normalisation, nn.Identity)
            if not (plain and isinstance(block.linear, nn.Linear)):
                return f"TargetPropagation learns an inverse of each fully connected layer, and {name} is another kind."
        return None

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """V, uniform in +-1/sqrt(fan-in), and c = 0 of each hidden layer but the lowest."""
        state: State = {}
        for name, block in list((_layers.blocks(model) or {}).items())[1:-1]:
            above, below = block.linear.weight.shape
            drawn = 2 * torch.rand(below, above, generator=generator, dtype=block.linear.weight.dtype) - 1
            state[f"{name}.inverse"] = (drawn / above**0.5).to(block.linear.weight.device)
            state[f"{name}.inverse_bias"] = block.linear.weight.new_zeros(below)
        return state

    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The gradient for the read-out, that of its own distance for each hidden layer; then the inverses' step."""
        passed = _layered.walk(model, x)
        top, updates = _layered.drive_error(passed[-1], _layered.output_error(passed, y, loss))
        updates |= _layered.change(passed[-1], top)
        for layer, delta in zip(passed, self._deltas(passed, top, state), strict=False):
            updates |= _layered.change(layer, delta)
        later = {}
        for below, layer in pairwise(passed[:-1]):
            later |= self._taught(below, layer, state, generator)
        return updates, state | later

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """With `training`: each weight's change, the highest target, and what each inverse takes.

        The last are g(h), g(t), the layer's answer to noise, g of that, and the change of V; all counted as never zero.
        """
        rows = operations.forward(_layers.blocks(model) or {}, x)
        if not training:
            return rows
        passed = _layered.walk(model, x)
        top, _ = _layered.drive_error(passed[-1], _layered.own_answers_error(passed))
        deltas = [*self._deltas(passed, top, state), top]
        rows += [_layered.change_products(layer, delta) for layer, delta in zip(passed, deltas, strict=True)]
        if len(passed) > 1:
            sent = passed[-1].block.linear.weight.numel()
            rows.append(operations.row(passed[-1].name, sent, float((top != 0).double().mean()) * sent))
        for layer in passed[1:-1]:
            products = 5 * layer.block.linear.weight.numel()
            rows.append(operations.row(layer.name, products, products))
        return rows

    def _deltas(self, passed: list[Passed], top: torch.Tensor, state: State) -> list[torch.Tensor]:
        """dL/da of each hidden layer, in depth order, from its own distance to its target."""
        if len(passed) < 2:
            return []
        step, found = self.target_rate * len(top), []
        error = _layered.carry(passed[-1], top, passed[-1].block.linear.weight)
        for depth in range(len(passed) - 2, -1, -1):
            layer = passed[depth]
            found.append(_layered.drive_error(layer, error)[0])
            if depth:
                h, inverse = layer.h.detach(), _inverse(layer, state)
                shift = _back(passed[depth - 1], inverse, h) - _back(passed[depth - 1], inverse, h - step * error)
                error = (shift / step).reshape(layer.shape)
        return found[::-1]

    def _taught(self, below: Passed, layer: Passed, state: State, generator: torch.Generator) -> State:
        """V and c after one step towards undoing what the layer does to its noisy input."""
        noisy = layer.x + self.noise * _layered.noise_like(layer.x, generator)
        with torch.no_grad():
            seen = layer.block(noisy)
        V, c = (value.detach().requires_grad_() for value in _inverse(layer, state))
        with torch.enable_grad():
            miss = (_back(below, (V, c), seen) - noisy).square().sum(1).mean() / 2
            slopes = torch.autograd.grad(miss, (V, c))
        rate = self.inverse_rate / (1 + seen.square().sum(1).mean())  # 1 is the power of the bias's input
        names = f"{layer.name}.inverse", f"{layer.name}.inverse_bias"
        return {name: state[name] - rate * slope for name, slope in zip(names, slopes, strict=True)}


def _inverse(layer: Passed, state: State) -> _Inverse:
    return state[f"{layer.name}.inverse"], state[f"{layer.name}.inverse_bias"]


def _back(below: Passed, inverse: _Inverse, h: torch.Tensor) -> torch.Tensor:
    """g(h): what the layer below would have to say for this layer to answer h."""
    V, c = inverse
    return below.block.activation(h @ V.T + c)
