"""What rules read, observed, against what their equations in the literature say, and against rules that hide it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from ann import rules
from ann.locality import SIGNALS, observed
from ann.rules import Backprop, FeedbackAlignment, Sanger, SoftHebb
from ann.rules import _layered as layered
from ann.rules._stepped import Stepped

BOTH = ("pre", "post")
# Two hidden layers, as the papers' equations have them. What is ours beside the paper has its reason.
LITERATURE = {
    "backprop": (*BOTH, "vector error", "downstream weights"),
    "feedback_alignment": (*BOTH, "vector error", "feedback weights"),
    "direct_feedback_alignment": (*BOTH, "vector error", "feedback weights"),
    "sign_symmetry": (*BOTH, "vector error", "downstream weights"),
    "kolen_pollack": (*BOTH, "vector error", "feedback weights"),
    "weight_mirror": (*BOTH, "vector error", "feedback weights", "second phase"),  # B learns from noise, then serves
    # The highest target is a gradient step, so it hears the read-out's weights; an inverse's bias is a learned vector.
    "target_propagation": (
        *BOTH, "vector error", "downstream weights", "feedback weights", "second phase", "stored history",
    ),
    "predictive_coding": (*BOTH, "vector error", "downstream weights", "second phase"),
    "equilibrium_propagation": (*BOTH, "vector error", "downstream weights", "second phase"),
    "forward_forward": (*BOTH, "third factor", "second phase"),
    "node_perturbation": (*BOTH, "third factor", "second phase"),
    "weight_perturbation": ("third factor", "second phase"),
    "frozen_hidden": (),
    "sanger": (*BOTH, "stored history"),  # the running mean and power of the input, which Sanger takes for known
    "krotov_hopfield": (*BOTH, "stored history"),  # the second layer reads answers in their running deviations
    "soft_hebb": (*BOTH, "stored history"),
}  # fmt: skip
READOUTS = {  # those whose output layer does not learn by the delta rule alone
    "predictive_coding": ("pre", "vector error", "second phase"),  # the layer below has settled
    "node_perturbation": LITERATURE["node_perturbation"],
    "weight_perturbation": LITERATURE["weight_perturbation"],
    "krotov_hopfield": ("pre", "vector error", "stored history"),
    "soft_hebb": ("pre", "vector error", "stored history"),
}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Rule name -> what is observed of it as it comes."""
    return {rule.name: observed(rule) for rule in (getattr(rules, one)() for one in rules.__all__)}


def test_every_rule_is_observed_to_read_what_its_literature_says(found):
    assert {name: one.why for name, one in found.items() if one.why} == {}
    assert {name: set(one.hidden) for name, one in found.items()} == {n: set(s) for n, s in LITERATURE.items()}


def test_output_layers_read_what_their_literature_says(found):
    expected = {name: set(READOUTS.get(name, ("pre", "vector error"))) for name in LITERATURE}
    assert {name: set(one.readout) for name, one in found.items()} == expected


def test_rules_declare_what_is_observed_of_all_their_layers(found):
    declared = {rule.name: set(rule.signals) for rule in (getattr(rules, one) for one in rules.__all__)}
    seen = {name: {*one.hidden, *one.readout} for name, one in found.items()}
    seen["forward_forward"] -= {"vector error"}  # of the output layer, which draws wrong labels and answers nothing
    assert seen == declared


def test_future_is_never_told_since_these_networks_have_no_time(found):
    assert {one.told for one in found.values()} == {tuple(signal for signal in SIGNALS if signal != "future")}


@pytest.mark.parametrize(
    ("rule", "hidden", "signals"),
    [
        (rules.EquilibriumPropagation(), 1, LITERATURE["equilibrium_propagation"]),
        (rules.EquilibriumPropagation(nudging="one-sided"), 1, LITERATURE["equilibrium_propagation"]),
        (rules.PredictiveCoding(inference="exact"), 2, LITERATURE["predictive_coding"]),
        (rules.PredictiveCoding(steps=1), 1, LITERATURE["predictive_coding"]),
        (rules.ForwardForward(negatives="random"), 3, LITERATURE["forward_forward"]),
        (rules.TargetPropagation(), 1, (*BOTH, "vector error", "downstream weights")),  # without an inverse
        (SoftHebb(), 1, BOTH),
        (rules.KrotovHopfield(), 1, BOTH),
        (Backprop(), 0, ()),
    ],
)
def test_other_settings_and_depths_are_observed_too(rule, hidden, signals):
    assert set(observed(rule, hidden).hidden) == set(signals)


# Rules that hide something


@dataclass(frozen=True)
class _Planted(Stepped):
    """Feedback alignment that does something else besides; `_more` says what to the first hidden layer's change."""

    name: ClassVar[str] = "planted"

    def start(self, model, generator):
        return layered.feedback_weights(model, 1.0, generator) | {"memory": torch.zeros(())}

    def updates(self, model, x, y, loss, state, generator):
        passed = layered.walk(model, x)
        found, _ = layered.descend(passed, layered.output_error(passed, y, loss), layered.feedback_of(state))
        found["hidden1.linear.weight"], state = self._more(found["hidden1.linear.weight"], passed, y, state)
        return found, state

    def _more(self, change, passed, y, state):
        raise NotImplementedError


class _ReadsWeights(_Planted):
    def _more(self, change, passed, y, state):
        return change * (1 + 1e-30 * passed[1].block.linear.weight.detach().abs().max()), state


class _WritesThemIntoFeedback(_Planted):
    def _more(self, change, passed, y, state):
        kept = state["hidden2.feedback"].clone()
        kept[:] = passed[1].block.linear.weight.data
        return change, state | {"hidden2.feedback": kept}


class _ProbesThem(_Planted):
    def _more(self, change, passed, y, state):
        seen = torch.eye(13) @ passed[1].block.linear.weight.detach().T  # (13, 17): no batch, so no activity
        return change + 1e-30 * seen.sum(1, keepdim=True), state


class _RemembersThem(_Planted):
    def _more(self, change, passed, y, state):
        return change + state["memory"], state | {"memory": passed[1].block.linear.weight.detach().mean()}


@pytest.mark.parametrize("kind", [_ReadsWeights, _WritesThemIntoFeedback, _ProbesThem, _RemembersThem])
def test_a_rule_that_secretly_reads_downstream_weights_is_caught(kind):
    assert "downstream weights" not in observed(FeedbackAlignment()).hidden
    assert "downstream weights" in observed(kind()).hidden


class _ItemOfALoss(_Planted):
    def _more(self, change, passed, y, state):
        return change * passed[-1].h.detach().square().sum().item(), state


class _ThroughNumpy(_Planted):
    def _more(self, change, passed, y, state):
        return change + torch.from_numpy(
            np.full(change.shape, passed[1].block.linear.weight.detach().numpy().sum())
        ), state


class _BringsItsOwn(_Planted):
    brought: ClassVar[torch.Tensor] = torch.rand(13, 11, generator=torch.Generator().manual_seed(0))

    def _more(self, change, passed, y, state):
        return change * self.brought, state


class _Fails(_Planted):
    def _more(self, change, passed, y, state):
        raise RuntimeError("no such luck")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (_ItemOfALoss, "it takes numbers out of torch, which cannot be followed"),
        (_ThroughNumpy, "it takes numbers out of torch, which cannot be followed"),
        (
            _BringsItsOwn,
            "it reads numbers that are not its network's, its state's or its batch's, which cannot be followed",
        ),
        (_Fails, "observing it failed: RuntimeError: no such luck"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_not_observed(kind, sentence):
    one = observed(kind())
    assert (one.hidden, one.readout, one.told, one.why) == ((), (), (), sentence)


@dataclass(frozen=True)
class _Rewarded(Stepped):
    """Pre times noise times a reward less its running mean: a third factor, and a memory of it."""

    name: ClassVar[str] = "rewarded"

    def start(self, model, generator):
        return {"expected": torch.zeros(())}

    def updates(self, model, x, y, loss, state, generator):
        found, h = {}, x
        for name, block in model.named_children():
            noise = torch.randn(len(x), len(block.linear.weight), generator=generator)
            found[f"{name}.linear.weight"], h = noise.T @ h, block(h) + noise
        reward = (h.argmax(1) == y).float().mean()
        expected = state["expected"].lerp(reward, 0.1)
        return {n: one * (reward - state["expected"]) for n, one in found.items()}, {"expected": expected}


@dataclass(frozen=True)
class _Broadcast(Stepped):
    """Direct random target projection (Frenkel et al. 2021): a fixed matrix times the target, and no answer."""

    name: ClassVar[str] = "broadcast"

    def start(self, model, generator):
        return {
            f"{n}.feedback": torch.randn(len(b.linear.weight), 5, generator=generator)
            for n, b in model.named_children()
        }

    def updates(self, model, x, y, loss, state, generator):
        found, h, told = {}, x, torch.nn.functional.one_hot(y, 5).float()
        for name, block in model.named_children():
            before, h = h, torch.tanh(h @ block.linear.weight.T + block.linear.bias)
            found[f"{name}.linear.weight"] = ((told @ state[f"{name}.feedback"].T) * (1 - h**2)).T @ before
        return {name: one.detach() for name, one in found.items()}, state


class _LooksTwice(Backprop):
    def updates(self, model, x, y, loss, state, generator):
        loss(model(x), y)
        return super().updates(model, x, y, loss, state, generator)


@pytest.mark.parametrize(
    ("rule", "signals"),
    [
        (_Rewarded(), (*BOTH, "third factor", "stored history")),
        (_Broadcast(), (*BOTH, "vector error", "feedback weights")),
        (_LooksTwice(), LITERATURE["backprop"]),  # the same pass again is no second phase
    ],
)
def test_rules_of_ones_own_are_observed(rule, signals):
    assert set(observed(rule).hidden) == set(signals)


def test_sangers_memory_is_seen_only_where_it_is_read(found):
    assert "stored history" not in found["sanger"].readout
    assert "stored history" in observed(Sanger(), hidden=1).hidden


def test_observing_draws_no_chance_and_needs_no_gradients_switched_on():
    before = torch.get_rng_state()
    with torch.no_grad():
        assert observed(rules.WeightMirror(mirror_rate=0.5)) == observed(rules.WeightMirror(mirror_rate=0.4))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_number_of_layers_that_cannot_be_observed_is_refused():
    with pytest.raises(ValueError, match=r"hidden = 4, but rules are observed with 0 to 3 hidden layers"):
        observed(Backprop(), hidden=4)
