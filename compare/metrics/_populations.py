"""Which spikes are counted as a network's own."""

from __future__ import annotations

import numpy as np

from compare.contract import Evidence

INPUT = "input"  # what enters; a network that reads a current has no such population
NOT_HIDDEN = ("output", "inhibitory")


def hidden_spikes(evidence: Evidence) -> list[np.ndarray]:
    """(sample, time, neuron) of the hidden or excitatory populations.

    The input's spikes are the task's, the read-out's neurons are few and must fire, and an inhibitory neuron that
    echoes an excitatory one would count its spikes twice. A network that has only a read-out is judged by that.

    Raises:
        ValueError: the network has no spikes of its own.
    """
    own = {name: spikes for name, spikes in (evidence.spikes or {}).items() if not name.startswith(INPUT)}
    chosen = [spikes for name, spikes in own.items() if not name.startswith(NOT_HIDDEN)] or list(own.values())
    if not chosen:
        raise ValueError("the learner's spikes() gives no population but the input; there is nothing to count.")
    return chosen
