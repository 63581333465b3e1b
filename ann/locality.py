"""Which signals a learning rule reads, observed: what flows into the changes that it wants for hidden weights.

A rule is asked for an update of a small network, of fully connected layers of different sizes; if it has a state, for
three, on three batches. What flows into the last change of each hidden layer's weights is followed (`ann._flow`). It
reads

    pre                activity of the layer below
    post               activity of the layer itself: drives, noise that was given to its neurons, and, since kernels
                       such as softmax and topk are not looked into, whatever competition makes of them
    third factor       a number that all neurons share, one a sample or one a batch: made from the answer or the target,
                       or summed up over the layer's own neurons (forward-forward's goodness)
    vector error       numbers for each neuron or output that were made from the target
    downstream weights the weights of another layer, as they are now or were in an earlier update
    feedback weights   a matrix that joins the neurons of two layers and is the rule's own, fixed or learned
    second phase       activity of the same samples under other conditions: drives of another value, an activity that an
                       error was added to, or a factor made of two such
    stored history     other state of the rule that earlier updates have written

What a layer's own weights make of the layer below is that layer's activity and nothing else, so no forward pass counts
as reading weights; nor does reading the layer's own weights, of its other neurons neither, which Sanger's rule does.
Numbers at the input's places are the input. An activity that settles under an error from above
keeps what brought it: errors and weights. The optimiser's memory is no part of a rule.

Where an observation cannot tell, it says so. `future` needs time, of which these networks have none, and a sum over
time can be taken in either order. A rule that refuses these networks, or that takes numbers out of torch, is not
observed. What is not recognised, as a drive by products and sums of its own making, counts as reading weights: the
table errs on the side of "yes". A choice, as of a label to try, that goes into the input is not followed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from ann import _flow
from ann._flow import EARLIER, THIRD, Flow, Kinds
from ann.contract import LearningRule, State
from ann.models import MLP
from ann.rules import _layers

__all__ = ["SIGNALS", "Locality", "observed"]

SIGNALS = (
    "pre", "post", "third factor", "vector error", "downstream weights", "feedback weights", "second phase", "future",
    "stored history",
)  # fmt: skip
_INPUTS, _HIDDEN, _OUTPUTS, _SAMPLES = 11, (13, 17, 19), 5, 7
_UPDATES = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Locality:
    """What was observed.

    Attributes:
        hidden: signals that the change of some hidden layer's weights reads.
        readout: those of the output layer's weights.
        told: the signals that the observation can tell; empty if there was none.
        why: a sentence that says why there was none; else empty.
    """

    hidden: tuple[str, ...] = ()
    readout: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"hidden": [*self.hidden], "readout": [*self.readout], "told": [*self.told], "why": self.why}


def observed(rule: LearningRule, hidden: int = 2) -> Locality:
    """What the rule's changes read, in a network of so many hidden layers (0 to 3).

    Raises:
        ValueError: for another number of layers.
    """
    if not 0 <= hidden <= len(_HIDDEN):
        raise ValueError(f"hidden = {hidden!r}, but rules are observed with 0 to {len(_HIDDEN)} hidden layers.")
    try:
        return _observed(rule, hidden)
    except TypeError:  # a rule that cannot be hashed
        return _observed.__wrapped__(rule, hidden)


@lru_cache(maxsize=64)
def _observed(rule: LearningRule, hidden: int) -> Locality:
    model = _model(rule, hidden)
    if model is None:
        return Locality(why="it refuses the small network of fully connected layers on which rules are observed")
    flow = Flow((_INPUTS, *_HIDDEN[:hidden], _OUTPUTS), _SAMPLES)
    try:
        kinds = _kinds_of_last_update(rule, model, flow)
    except Exception as error:  # a rule of anybody's, whose learning must not end here
        log.debug("%s is not observed", rule.name, exc_info=True)
        return Locality(why=f"observing it failed: {type(error).__name__}: {error}")
    if flow.lost:
        return Locality(why=flow.lost)
    *inner, top = (_signals(layer, one) for layer, one in enumerate(kinds, start=1))
    told = tuple(signal for signal in SIGNALS if signal != "future")
    return Locality(_in_order(told, *inner), _in_order(told, top), told)


def _in_order(known: tuple[str, ...], *found: set[str]) -> tuple[str, ...]:
    return tuple(signal for signal in known if any(signal in one for one in found))


def _model(rule: LearningRule, hidden: int) -> nn.Sequential | None:
    """The first of two networks that the rule serves: of neurons with a bound, and without."""
    for activation in ("tanh", "relu"):
        recipe = MLP(hidden=_HIDDEN[:hidden], activation=activation)
        model = recipe.build((_INPUTS,), _OUTPUTS, torch.Generator().manual_seed(0))
        if rule.refuses(model, nn.functional.cross_entropy) is None:
            return model
    return None


def _kinds_of_last_update(rule: LearningRule, model: nn.Sequential, flow: Flow) -> list[Kinds]:
    """Of each layer in depth order what the change of its weights carries; nothing where it has none."""
    chance = torch.Generator().manual_seed(1)
    layers = _layers.blocks(model) or {}
    for layer, block in enumerate(layers.values(), start=1):
        for name, parameter in block.linear.named_parameters():
            flow.mark(parameter, [(name, layer)])
    begun = state = rule.start(model, chance)
    for value in state.values():
        flow.mark(value)
    updates: dict[str, torch.Tensor] = {}
    for _ in range(_UPDATES if state else 1):  # without a state the first one is as any other
        x, y = torch.rand(_SAMPLES, _INPUTS, generator=chance), torch.arange(_SAMPLES) % _OUTPUTS
        flow.mark(x, [("activity", 0, 0)])
        flow.mark(y, [_flow.TARGET])
        _remember(flow, state, begun)
        with torch.enable_grad(), flow.following():
            updates, state = rule.updates(model, x, y, nn.functional.cross_entropy, state, chance)
    names = [f"{name}.linear.weight" for name in layers]
    return [flow.kinds(updates[name]) if name in updates else _flow.NOTHING for name in names]


def _remember(flow: Flow, state: State, begun: State) -> None:
    """What a state is when an update begins: feedback weights, or history if it is not what it was at the start."""
    for name, value in state.items():
        old = flow.kinds(value)
        passes = {kind for kind in old if kind[0] in ("activity", THIRD)}
        kinds = {kind for kind in old - passes if kind[0] != "shared"} | {(*kind[:-1], EARLIER) for kind in passes}
        if any(kind[-1] > 0 for kind in passes):
            kinds.add(_flow.SECOND)
        if min(flow.connects(value), default=0) > 0:
            kinds.add(_flow.FEEDBACK)
        elif value.shape != begun[name].shape or not torch.equal(value, begun[name]):
            kinds.add(_flow.HISTORY)
        flow.mark(value, kinds)


def _signals(layer: int, kinds: Kinds) -> set[str]:
    """The signals of one layer's change, from what it carries."""
    found = {kind[0] for kind in kinds if len(kind) == 1}
    checks = {
        "pre": any(kind[:2] == ("activity", layer - 1) for kind in kinds),
        "post": any(kind[:2] in (("activity", layer), ("noise", layer)) for kind in kinds),
        "third factor": any(kind[0] == THIRD or kind == ("shared", layer) for kind in kinds),
        "vector error": _flow.TARGET in kinds,
        "downstream weights": any(kind[0] in ("weight", "bias") and kind[1] != layer for kind in kinds),
        "second phase": _flow.another_pass(kinds),
    }
    return found | {signal for signal, seen in checks.items() if seen}
