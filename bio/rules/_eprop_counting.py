"""What e-prop costs, per sample: traces at every synapse, carried forward in time, and their learning signals.

The rule is counted as it is published, whatever order of its sum a program takes: `traces = "summed"` is a short cut
that goes back through a presentation that it has kept, and neither its savings nor its memory are the rule's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from bio.models._counting import Row, additions, arriving, row
from bio.rules._eprop_network import Presentation, hidden_layer, present
from bio.rules._eprop_step import Responses, responses

__all__ = ["answer_rows", "learning_rows"]


@dataclass(frozen=True)
class _PerStep:
    """Of one synapse in one step: products with its eligibility vector, and additions of what a spike brings."""

    products: int
    additions: int


def answer_rows(model: Any, x: torch.Tensor, leaks: bool) -> list[Row]:
    """What the network says of itself, and the leak of the read-out in every step."""
    rows = list(model.operations(x, training=False))
    if leaks:
        layer = hidden_layer(model)[1]
        times = _steps(layer, x) * model.readout.out_features
        rows.append(row("readout", "MAC", times, times))
    return rows


@torch.no_grad()
def learning_rows(model: Any, x: torch.Tensor, leaks: bool, every: bool) -> list[Row]:
    """What an update takes besides the answer.

    Args:
        model: a network with one layer of neurons.
        x: (sample, entry, synapse).
        leaks: whether the read-out leaks, and traces with it.
        every: whether there is an error in every step, or in the last one.

    In each step a synapse's eligibility vector is moved by the derivatives of the neuron's equations and multiplied by
    the spike's into the trace (MAC each; factors that are 0 or 1 throughout, as at a reset through which no gradient
    passes, are gates and no products); a spike that arrives adds a derivative to the vector (AC). Vectors and traces
    are state: they take their products whether or not something arrives, as a neuron's state does. The derivatives
    cost as much as the neuron's update. Each error becomes a learning signal for each neuron, and that times each trace
    is the change (MAC). The read-out: errors times what it hears, filtered where it leaks. Optimisers are not counted,
    nor is that of adaptive feedback.
    """
    name, layer = hidden_layer(model)
    seen, neurons = present(layer, x), layer.neurons
    learned = [one.name for one in neurons.varying if one.learned]
    found = responses(neurons.neuron, seen.run, seen.current, neurons.values(), learned)
    steps, signals = _steps(layer, x), _steps(layer, x) if every else 1
    rows = []
    for one, brought in seen.before.items():
        values = model.reads_current and one == "linear.weight"
        each = _per_step(found, neurons.neuron.program.drive, leaks)
        rows += _synapses(name, each, layer.size, brought, neurons.substeps, signals, values)
    for one in learned:  # as a synapse that brings 1 in each step
        each = _per_step(found, one, leaks)
        rows += _synapses(name, each, layer.size, _ones(seen), neurons.substeps, signals, False)
    derivatives = steps * layer.size * layer.multiplications_per_step
    heard = signals * layer.size * model.readout.out_features
    filtered = steps * layer.size if leaks else 0
    rows += [row(name, "MAC", derivatives + heard, derivatives + heard)]
    return [*rows, row("readout", "MAC", heard + filtered, heard + filtered)]


def _steps(layer: Any, x: torch.Tensor) -> int:
    """Steps of the neurons in a presentation."""
    return x.shape[1] * layer.neurons.substeps


def _ones(seen: Presentation) -> torch.Tensor:
    return torch.ones_like(next(iter(seen.before.values()))[:, :, :1])


def _synapses(
    name: str, each: _PerStep, neurons: int, brought: torch.Tensor, substeps: int, signals: int, values: bool
) -> list[Row]:
    """Rows of the synapses through which `brought` (sample, entry, synapse) comes to each of the neurons."""
    connections, steps = neurons * brought.shape[2], brought.shape[1] * substeps
    arrived = float(arriving(brought, values).sum()) / len(brought) * substeps * neurons
    times = connections * (steps * each.products + signals)
    added = additions(name, each.additions * steps * connections, each.additions * arrived, 0, values)
    return [one for one in added if one["dense"]] + [row(name, "MAC", times, times)]


def _per_step(found: Responses, cause: str, leaks: bool) -> _PerStep:
    """Entries of the derivatives by the states, which are products, and by the cause, which are additions."""
    rows = [*found.moved.values(), found.spike, *found.after.values()]
    states = found.moved.keys()
    products = sum(not _gate(values) for one in rows for name, values in one.items() if name in states)
    return _PerStep(products + leaks, sum(cause in one for one in rows))


def _gate(values: torch.Tensor) -> bool:
    """Whether a derivative lets through or does not, and never scales."""
    return bool(((values == 0) | (values == 1)).all())
