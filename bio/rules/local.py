"""A local rule of rates on the bench: hidden layers by Hebb, Oja, BCM or your own"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from ann import operations
from ann.contract import State
from ann.models import Block
from ann.rules import _layers, _optimiser
from ann.rules._optimiser import TwoSpeeds
from ann.source import Source
from bio.expression import Expression, names_in
from bio.plasticity_rule import PlasticityRule
from bio.rate_rule import RateRule
from bio.rules import _local_terms as terms

__all__ = ["LocalRule", "as_learning_rule"]

_READOUT = "read-out: ΔW = η (t - p) h'"


@dataclass(frozen=True)
class LocalRule:
    """Hidden layers learn by a rule of one synapse's two rates, the read-out by the delta rule (cross-entropy).

    `pre` is the rate that enters a synapse and `post` = f(W pre) that of its target, f the model's activation; biases
    stay out of it and are not learned. With "linear" these are the neurons of `RateRule.learn`, and in batches of one
    sample the weights are the same. A batch is one step: it adds the mean of what its samples would add, to weights
    and averages alike, all at the weights and averages before it. So an epoch makes a step for each batch, not for
    each sample, and the relative pace of weights and averages is the definition's.

    All hidden layers learn at once, each from what the layer below answers now: no synapse knows that another layer
    has finished, one pass serves all, and Sanger's rule here does the same. Nothing makes the neurons of a layer differ
    but their first weights and the rule: there is no competition that the definition does not have. Neurons of Oja's
    rule all come to the same component (to many, `ann.rules.Sanger`), and Hebb's grow until training is ended.

    Attributes:
        rule: the definition; its learning rate is the step of the hidden layers.
        centred: whether `pre` is a rate's difference from its own running mean, which Oja's theorem asks for.
        horizon: batches that the running mean remembers; over fewer, all of them count alike.
        optimiser, learning_rate, momentum, weight_decay: of the read-out, as in Backprop.

    Raises:
        ValueError: for a rule of spikes, which does not run here, an optimiser that is not known, or a number out of
            its range.

    Example:
        >>> from bio.plasticity import OJA
        >>> LocalRule(OJA).equation
        "hidden: dw = learning_rate*post*(pre - post*w);  read-out: ΔW = η (t - p) h'"
    """

    rule: RateRule | PlasticityRule
    centred: bool = False
    horizon: int = 100
    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 1e-2
    momentum: float = 0.9
    weight_decay: float = 0.0

    name: ClassVar[str] = "local"  # of an object the definition's, as its equation, signals and source are
    family: ClassVar[str] = "Hebbian"
    equation: ClassVar[str] = f"hidden: Δw = F(pre, post, w);  {_READOUT}"
    signals: ClassVar[tuple[str, ...]] = ("pre", "post", "vector error")
    version: ClassVar[int] = 1
    source: ClassVar[Source] = Source(
        "Gerstner & Kistler 2002, Biol. Cybern. 87:404",
        "Gerstner, Wulfram and Kistler, Werner M.",
        "Mathematical formulations of Hebbian learning",
        "Biological Cybernetics",
        2002,
        "10.1007/s00422-002-0353-y",
    )

    def __post_init__(self) -> None:
        if not isinstance(self.rule, RateRule):
            raise ValueError(_refusal(self.rule))
        _optimiser.check(self)
        if self.horizon < 1:
            raise ValueError(f"horizon = {self.horizon!r}, but it must be at least 1 batch.")
        read = names_in(self._changes[terms.WEIGHT])
        used = {
            "pre": True,
            "post": terms.POST in read,
            "vector error": True,
            "stored history": bool(self._averages) or self.centred,
        }
        object.__setattr__(self, "name", self.rule.name)
        object.__setattr__(self, "equation", f"hidden: {self._text()};  {_READOUT}")
        object.__setattr__(self, "signals", tuple(signal for signal, needed in used.items() if needed))
        object.__setattr__(self, "source", self.rule.source)

    def refuses(self, model: nn.Module, loss: Any) -> str | None:
        """Refuses all but fully connected layers in a row, without normalisation, of which at least one is hidden."""
        layers = _layers.blocks(model)
        if layers is None or not all(_plain(layer) for layer in layers.values()):
            return f"{self.name} needs fully connected layers in a row, as MLP has; {type(model).__name__} has others."
        if len(layers) < 2:
            return f"{self.name} trains hidden layers, and this model has none."
        return None

    def start(self, model: nn.Module, generator: torch.Generator) -> State:
        """Of each hidden layer the definition's averages, (neuron,), and the running mean of its input."""
        state: State = {"batches": torch.zeros(())}
        for name, layer in self._hidden(model).items():
            weight = layer.linear.weight
            for average, values in self.rule.averages(len(weight)).items():  # type: ignore[union-attr]
                state[f"{name}.{average}"] = torch.as_tensor(values).to(weight)
            if self.centred:
                state[f"{name}.pre.mean"] = weight.new_zeros(weight.shape[1])
        return state

    def updates(
        self, model: nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """The definition's mean change of each hidden layer, and for the read-out minus the gradient."""
        changes, state, h = {}, state | {"batches": state["batches"] + 1}, x
        with torch.no_grad():
            for name, layer in self._hidden(model).items():
                h = h.flatten(1)
                state |= self._seen(name, h, state)
                pre, averages = self._pre(name, h, state), self._of_layer(name, state)
                h = layer.activation(pre @ layer.linear.weight.T)
                changes[f"{name}.linear.weight"] = terms.mean_change(
                    self._products, pre, h, layer.linear.weight, averages
                )
                state |= self._moved(name, h, averages)
        value = loss(list(model.children())[-1](h), y)
        return changes | _layers.gradient_updates(model, value, _layers.readout_parameters(model)), state

    def output(self, model: nn.Module, x: Any, state: State) -> Any:
        return list(self.activity(model, x, state).values())[-1]

    def activity(self, model: nn.Module, x: Any, state: State) -> dict[str, Any]:
        found, h, hidden = {}, x, self._hidden(model)
        for name, layer in (_layers.blocks(model) or {}).items():
            h = self._answer(name, layer, h.flatten(1), state) if name in hidden else layer(h)
            found[name] = h
        return found

    def operations(self, model: nn.Module, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products of answering and, with `training`, of the definition at every synapse and of the read-out's."""
        rows, h, hidden = [], x, self._hidden(model)
        for name, layer in (_layers.blocks(model) or {}).items():
            pre = self._pre(name, h.flatten(1), state) if name in hidden else h.flatten(1)
            dense, active = layer.linear.weight.numel(), float((pre != 0).sum()) / len(pre) * len(layer.linear.weight)
            passes = 2 if training and name not in hidden else 1
            rows.append(operations.row(name, passes * dense, passes * active))
            h = self._answer(name, layer, h.flatten(1), state) if name in hidden else h
            if training and name in hidden:
                learning = terms.multiplications(self._products, pre, h, self._of_layer(name, state))
                rows.append(operations.row(name, *learning))
        return rows

    def pace(self, done: float) -> float:
        """The rates stay as they are."""
        return 1.0

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        """Whole steps for the hidden layers, whose rate is in the definition; the read-out's own optimiser for it."""
        named = list(parameters)
        readout = named[-1][0].rpartition(".")[0]
        return TwoSpeeds(
            torch.optim.SGD([pair for pair in named if not pair[0].startswith(readout)], lr=1.0),
            _optimiser.make(self, [pair for pair in named if pair[0].startswith(readout)]),
        )

    @property
    def _changes(self) -> dict[str, Expression]:
        return terms.changes_of(self.rule)  # type: ignore[arg-type]

    @property
    def _averages(self) -> frozenset[str]:
        return frozenset(self._changes) - {terms.WEIGHT}

    @property
    def _products(self) -> tuple[terms.Product, ...]:
        return terms.products(self._changes[terms.WEIGHT], self._averages)

    def _text(self) -> str:
        return "; ".join(line.strip() for line in self.rule.equations.strip().splitlines())

    def _hidden(self, model: nn.Module) -> dict[str, Block]:
        return dict(list((_layers.blocks(model) or {}).items())[:-1])

    def _of_layer(self, name: str, state: State) -> dict[str, torch.Tensor]:
        return {average: state[f"{name}.{average}"] for average in self._averages}

    def _seen(self, name: str, h: torch.Tensor, state: State) -> State:
        """The running mean of a layer's input, with this batch in it."""
        if not self.centred:
            return {}
        key, share = f"{name}.pre.mean", 1 / state["batches"].clamp(max=self.horizon)
        return {key: state[key].lerp(h.mean(0), share)}

    def _moved(self, name: str, post: torch.Tensor, averages: Mapping[str, torch.Tensor]) -> State:
        changes = self._changes
        return {f"{name}.{one}": averages[one] + terms.mean_move(changes[one], post, averages) for one in averages}

    def _pre(self, name: str, h: torch.Tensor, state: State) -> torch.Tensor:
        return h - state[f"{name}.pre.mean"] if self.centred else h

    def _answer(self, name: str, layer: Block, h: torch.Tensor, state: State) -> torch.Tensor:
        return layer.activation(self._pre(name, h, state) @ layer.linear.weight.T)


def as_learning_rule(rule: RateRule, **settings: Any) -> LocalRule:
    """Puts a local rule of rates on the bench; `settings` are those of LocalRule.

    Raises:
        ValueError: a rule of spikes, or a setting out of its range.

    Example:
        >>> from bio.plasticity import BCM
        >>> as_learning_rule(BCM).signals
        ('pre', 'post', 'vector error', 'stored history')
    """
    return LocalRule(rule, **settings)


def _plain(layer: Block) -> bool:
    """Whether the layer is weights and an activation alone."""
    between = (layer.normalisation, layer.pooling)
    return isinstance(layer.linear, nn.Linear) and all(isinstance(one, nn.Identity) for one in between)


def _refusal(rule: Any) -> str:
    if isinstance(rule, PlasticityRule):
        return (
            f"{rule.name} learns from the times of spikes, and this bench has rates. It runs in a network of spikes: "
            "give it to a bio.Projection, on bio.engines.brian, native or tensor_network; bio.DiehlCook and "
            "bio.RewardSTDP classify with such rules. Rules of rates: bio.plasticity.HEBB, OJA, BCM, or a bio.RateRule "
            "of your own."
        )
    return f"rule = {rule!r} is no bio.RateRule. Give a definition such as bio.plasticity.OJA."
