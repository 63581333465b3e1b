"""Forward-forward: each layer tells right from wrong labels by its own goodness"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import nn
from torch.nn.functional import softplus

from ann import operations
from ann.contract import State
from ann.losses import ValueLoss
from ann.models._block import Block
from ann.rules import _layers, _optimiser
from ann.rules._stepped import Stepped, check_positive
from ann.source import Source

_AT_MOST_ONE = (nn.Tanh, nn.Sigmoid, nn.Softsign, nn.Hardsigmoid)


@dataclass(frozen=True)
class ForwardForward(Stepped):
    """A layer learns from two passes upwards: goodness g = mean h^2 rises with the right label, falls with a wrong one.

    Each hidden layer lowers log(1 + exp(-s (g+ - theta))) + log(1 + exp(s (g- - theta))) by its own weights alone. A
    layer reads the layer below at a mean square of 1, so that it cannot see how good that one found the sample.

    The label enters as a pattern that is laid over the whole sample: x / rms(x) + label_strength E_y. The patterns are
    random, of mean square 1 and at right angles to each other, and do not change. Hinton overwrites the first pixels,
    which on MNIST are empty; where they are not, that would blind the network to them. A label input of its own would
    need weights that no recipe has. Patterns fit samples of any shape, and a neuron reads them through the weights
    that it has. The goodness is a mean and not a sum, so that one threshold serves any width.

    The answer is the log-odds s (g - theta) for every label in turn, summed over hidden layers: "all", or, as in the
    paper, "all but the first" (or the only one), which on MNIST's validation images made a third more errors. Training
    is the same for both.

    Wrong labels are "hard": drawn in proportion to the softmax of the model's output layer over the last hidden layer,
    which learns by the delta rule from passes with the mean of all patterns; or "random". Classes weigh as in the loss.

    Attributes:
        optimiser, learning_rate, momentum, weight_decay, schedule: as in Backprop.
        threshold: theta.
        sharpness: s.
        negatives: "hard" or "random". With "random" the output layer is of no use, and does not learn.
        label_strength: root mean square of a label's pattern, against 1 of the sample's.
        answered_by: "all" or "all but the first".

    Raises:
        ValueError: for an optimiser or a word that is not known, or a number out of its range.
    """

    schedule: _optimiser.Schedule = "late linear"
    threshold: float = 1.0
    sharpness: float = 20.0
    negatives: Literal["hard", "random"] = "hard"
    label_strength: float = 1.0
    answered_by: Literal["all", "all but the first"] = "all"

    name: ClassVar[str] = "forward_forward"
    family: ClassVar[str] = "second phase"
    equation: ClassVar[str] = "ΔW_l = η s [σ(s (θ - g+)) ∂g+/∂W_l - σ(s (g- - θ)) ∂g-/∂W_l],  g = mean h_l²"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "third factor", "second phase")
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Hinton 2022, arXiv:2212.13345",
        "Hinton, Geoffrey",
        "The forward-forward algorithm: some preliminary investigations",
        "arXiv",
        2022,
        "10.48550/arXiv.2212.13345",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive(self, "threshold", "sharpness", "label_strength")
        if self.negatives not in ("hard", "random"):
            raise ValueError(f'negatives = {self.negatives!r} is not known; choose "hard" or "random".')
        if self.answered_by not in ("all", "all but the first"):
            raise ValueError(f'answered_by = {self.answered_by!r} is not known; choose "all" or "all but the first".')

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but fully connected layers in a row, unbounded and at least one hidden, and values to predict."""
        sentence = _layers.refuses_but_dense("ForwardForward", model)
        if sentence:
            return sentence
        if not _hidden(model):
            return "ForwardForward trains hidden layers, and this model has none."
        if isinstance(loss, ValueLoss):
            return "ForwardForward tries one label after the other, so it needs classes and cannot predict values."
        if list(model.children())[-1].linear.weight.shape[0] < 2:  # type: ignore[union-attr]
            return "ForwardForward tells right labels from wrong ones, and with one class there is no wrong one."
        if self.threshold >= 1 and any(_at_most_one(layer.activation) for layer in _hidden(model).values()):
            return (
                f"ForwardForward's goodness has to pass threshold = {self.threshold}, which neurons that answer at "
                'most 1 never do: use activation = "relu", or a threshold below 1.'
            )
        return None

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """The labels' patterns, (class, input)."""
        layers = list((_layers.blocks(model) or {}).values())
        weight, classes = layers[0].linear.weight, layers[-1].linear.weight.shape[0]
        inputs = weight[0].numel()
        drawn = torch.randn(inputs, classes, generator=generator, dtype=weight.dtype)
        patterns = torch.linalg.qr(drawn)[0] if classes <= inputs else nn.functional.normalize(drawn, dim=0)
        return {"patterns": (patterns.T * inputs**0.5).to(weight.device)}

    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Each hidden layer's own change; with hard negatives the output layer's as well."""
        x, labels, value = _level(x.flatten(1)), self._labels(state), x.new_zeros(())
        if self.negatives == "hard":
            with torch.no_grad():
                h = list(_pass(model, x + labels.mean(0)).values())[-1]
            answer = list(model.children())[-1](_level(h))
            value = loss(answer, y)
            odds = answer.detach().softmax(1)
        else:
            odds = x.new_ones(len(x), len(labels))
        wrong = torch.multinomial(
            (odds.float() + 1e-6).scatter(1, y[:, None], 0.0).to(generator.device), 1, generator=generator
        )
        pairs = torch.cat([x + labels[y], x + labels[wrong[:, 0].to(x.device)]])
        shares = _shares(loss, y, x.new_zeros(len(x), len(labels)))
        for h in _pass(model, pairs).values():
            right, other = self._odds(h).chunk(2)
            value = value + (shares * (softplus(-right) + softplus(other))).mean()
        return _layers.gradient_updates(model, value), state

    def output(self, model: nn.Module, x: Any, state: State) -> Any:
        """Log-odds of every label, (sample, class)."""
        first = next(iter(_hidden(model).values()))
        seen = first.drive(_level(x.flatten(1)))
        return torch.stack([self._total(model, seen + shift) for shift in self._shifts(model, state)], 1)

    def activity(self, model: nn.Module, x: Any, state: State) -> dict[str, Any]:
        """Hidden layers with the mean of all labels' patterns, then the answer."""
        mean = self._labels(state).mean(0)
        return _pass(model, _level(x.flatten(1)) + mean) | {"goodness": self.output(model, x, state)}

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products of answering: the first layer's once, the others' once a label, and h^2. Or those of an update.

        An update takes two passes and a change in each, and with hard negatives a third pass and the output layer's
        change. The passes of an update are counted with the right labels as the labels that are answered.
        """
        if training:
            return self._learning_operations(model, x, state)
        rows, seen = [], _level(x.flatten(1))
        for depth, (name, layer) in enumerate(_hidden(model).items()):
            neurons, inputs = layer.linear.weight.shape
            if depth == 0:
                rows.append(operations.row(name, neurons * inputs, neurons * _active(seen)))
                drives = [layer.drive(seen) + shift for shift in self._shifts(model, state)]
                answers = [layer.activation(drive) for drive in drives]
            else:
                read = sum(_active(h) for h in answers)
                rows.append(operations.row(name, len(answers) * neurons * inputs, neurons * read))
                answers = [layer(_level(h)) for h in answers]
            rows.append(operations.row(name, len(answers) * neurons, sum(_active(h) for h in answers)))
        return rows

    def _labels(self, state: State) -> torch.Tensor:
        return self.label_strength * state["patterns"]

    def _shifts(self, model: nn.Module, state: State) -> torch.Tensor:
        """What each label adds to the first layer's drive, (class, neuron)."""
        return self._labels(state) @ next(iter(_hidden(model).values())).linear.weight.T

    def _odds(self, h: torch.Tensor) -> torch.Tensor:
        """s (g - theta), (sample,)."""
        return self.sharpness * (h.square().mean(1) - self.threshold)

    def _total(self, model: nn.Module, drive: torch.Tensor) -> torch.Tensor:
        """The log-odds of one label, from the first layer's drive, over the hidden layers that answer."""
        first, *others = _hidden(model).values()
        h = first.activation(drive)
        odds = [self._odds(h)]
        for layer in others:
            h = layer(_level(h))
            odds.append(self._odds(h))
        if others and self.answered_by == "all but the first":
            odds = odds[1:]
        return torch.stack(odds).sum(0)

    def _learning_operations(self, model: nn.Module, x: Any, state: State) -> list[operations.Row]:
        labels, seen = self._labels(state), _level(x.flatten(1))
        right = self.output(model, x, state).argmax(1)
        passes = [seen + labels[right], seen + labels[(right + 1) % len(labels)]]
        if self.negatives == "hard":
            passes.append(seen + labels.mean(0))
        rows = []
        for number, read in enumerate(passes):
            for name, h in _pass(model, read).items():
                weights = _hidden(model)[name].linear.weight
                rows.append(operations.row(name, weights.numel(), _active(read) * weights.shape[0]))
                if number < 2:  # the two that the layers learn from: h^2, and h x'
                    both = float(((read != 0).sum(1).double() * (h != 0).sum(1)).mean())
                    rows.append(operations.row(name, len(weights) + weights.numel(), _active(h) + both))
                read = h
        if self.negatives == "hard":
            name, output = list((_layers.blocks(model) or {}).items())[-1]
            products = output.linear.weight.shape[0] * _active(read)
            rows.append(operations.row(name, 2 * output.linear.weight.numel(), 2 * products))
        return rows


def _hidden(model: nn.Module) -> dict[str, Block]:
    return dict(list((_layers.blocks(model) or {}).items())[:-1])


def _at_most_one(activation: nn.Module) -> bool:
    if isinstance(activation, nn.Hardtanh):  # ReLU6 too
        return max(abs(activation.min_val), abs(activation.max_val)) <= 1
    return isinstance(activation, _AT_MOST_ONE)


@torch.enable_grad()
def _shares(loss: Any, y: torch.Tensor, nothing: torch.Tensor) -> torch.Tensor:
    """What each sample counts in the batch's loss, on average 1: the weight of its class. Without weights exactly 1.

    Told by the slope of the loss where the answer is `nothing`, zeros, since that is as steep for every class.
    """
    nothing.requires_grad_()
    (slope,) = torch.autograd.grad(loss(nothing, y), nothing)
    steepness = slope.norm(dim=1)
    shares = steepness / steepness.mean()
    return torch.where((shares - 1).abs() > 1e-4, shares, 1.0)


def _pass(model: nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Hidden layers' answers by name; no gradient goes from one to the next."""
    found = {}
    for name, layer in _hidden(model).items():
        found[name] = layer(x)
        x = _level(found[name].detach())
    return found


def _level(x: torch.Tensor) -> torch.Tensor:
    """x (sample, feature) at a mean square of 1; an empty sample stays empty."""
    return x / x.square().mean(1, keepdim=True).sqrt().clamp(min=1e-8)


def _active(x: torch.Tensor) -> float:
    """Entries of a sample that are not exactly zero, on average."""
    return float((x != 0).sum()) / len(x)
