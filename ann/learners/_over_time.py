"""What a network would answer if a sample ended after each of its time steps."""

from __future__ import annotations

from typing import Any

import torch

from ann.contract import LearningRule, State
from ann.models._recurrent import RecurrentNetwork

__all__ = ["answers_over_time", "reads_in_time"]


def reads_in_time(recipe: Any) -> bool:
    """Whether a recipe's network takes a sample in step by step: in steps of its neurons, or as a sequence that it
    keeps a state of."""
    return hasattr(recipe, "steps") or hasattr(recipe, "build_per_step")


def answers_over_time(rule: LearningRule, network: Any, x: torch.Tensor, state: State) -> torch.Tensor:
    """Outputs (sample, time, output) of x (sample, time, ...); the last are those of the whole sample.

    One pass where the rule answers with the network's own read-out; otherwise every beginning of x is answered by
    itself.
    """
    whole = rule.output(network, x, state)
    found = _in_one_pass(network, x)
    # float32: a sum over time is not the running sum's last entry to the bit
    if found is not None and torch.allclose(found[:, -1], whole, rtol=1e-4, atol=1e-5):
        return found
    return torch.stack([rule.output(network, x[:, :end], state) for end in range(1, x.shape[1])] + [whole], 1)


def _in_one_pass(network: Any, x: torch.Tensor) -> torch.Tensor | None:
    if isinstance(network, RecurrentNetwork):
        return network.output(list(network.states(x).values())[-1])
    if hasattr(network, "layer_activity") and hasattr(network, "readout"):
        spikes = list(network.layer_activity(x).values())[-1]
        return network.readout(spikes.flatten(2).cumsum(1))
    return None
