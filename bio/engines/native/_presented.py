"""What a presentation may be given: events of samples, an order, totals, and the population that is watched."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

Events = tuple[np.ndarray, np.ndarray, np.ndarray]  # as an encoder's `events` gives them: offsets, step, neuron


def check_events(events: Events, neurons: int) -> None:
    """Compiled code checks no index, so a spike of a neuron that is not there would write to other memory."""
    offsets, step, neuron = events
    if neuron.size and (neuron.min() < 0 or neuron.max() >= neurons):
        raise ValueError(f"events: neurons reach from {neuron.min()} to {neuron.max()}; there are 0 to {neurons - 1}.")
    if len(step) != len(neuron) or offsets[0] != 0 or offsets[-1] != len(step) or (np.diff(offsets) < 0).any():
        raise ValueError(f"events: offsets must rise from 0 to {len(step)}, the number of spikes; see Encoder.events.")


def check_order(order: np.ndarray, samples: int) -> None:
    """Raises ValueError if a sample is asked for that is not there."""
    if order.size and (order.min() < 0 or order.max() >= samples):
        raise ValueError(f"order has {order.min()} to {order.max()}; there are samples 0 to {samples - 1}.")


def check_named(
    totals: Mapping[str, float], scalable: Collection[str], watched: str, populations: Collection[str]
) -> None:
    """Raises ValueError if a projection cannot be scaled, or a population to watch is not there."""
    if unknown := set(totals) - set(scalable):
        raise ValueError(f"totals: {sorted(unknown)[0]} is no plastic projection between all pairs of neurons.")
    if watched and watched not in populations:
        raise ValueError(f"watched: there is no population {watched!r}. Known: {', '.join(populations)}.")
