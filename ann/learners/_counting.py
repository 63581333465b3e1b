"""A network's operations as a table: its rule's account, its own, or that of its layers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch

from ann import operations
from ann.operations import Row
from ann.rules._layers import blocks

if TYPE_CHECKING:
    import pandas as pd


def table(learner: Any, batches: Iterable[torch.Tensor], samples: int, training: bool) -> pd.DataFrame:
    """Columns layer, operation, dense, effective: per sample, the mean over all batches.

    Args:
        learner: a fitted NetworkLearner.
        batches: the samples as its network reads them.
        samples: how many there are in all.
        training: whether what one update takes is counted as well.
    """
    import pandas as pd

    rows = []
    for x in batches:
        share = len(x) / samples
        for one in _count(learner, x, training):
            weighted = (share * one["dense"], share * one["effective"])
            rows.append(operations.row(one["layer"], *weighted, one["operation"]))
    return pd.DataFrame(operations.total(rows), columns=["layer", "operation", "dense", "effective"])


def _count(learner: Any, x: torch.Tensor, training: bool) -> list[Row]:
    """The rule knows best how it answers and learns; a network's own account of learning is that of its gradient."""
    network, rule, learned = learner.network_, learner._rule_, learner._learned()
    if hasattr(rule, "operations"):
        return rule.operations(network, x, learner._rule_state_, training=training)
    if hasattr(network, "operations"):
        return _own_account(network, x, training, learned)
    layers = blocks(network)
    if layers is None:
        raise NotImplementedError(f"{learner._reading_.model.name} does not say what its operations are.")
    return operations.forward(layers, x) + (operations.backward(layers, x, learned) if training else [])


def _own_account(network: Any, x: torch.Tensor, training: bool, learned: set[str]) -> list[Row]:
    """What the network says of itself; layers that the rule leaves alone only answer, and do not learn."""
    answer = list(network.operations(x, training=False))
    if not training:
        return answer
    layers = {name.partition(".")[0] for name in learned}
    kept = [one for one in answer if one["layer"] not in layers]
    return kept + [one for one in network.operations(x, training=True) if one["layer"] in layers]
