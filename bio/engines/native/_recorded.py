"""Recordings out of the arrays that a kernel wrote, and one recording of several in a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bio.engines.contract import Recording, Spikes


def spike_arrays(name: str, steps: int, size: int) -> dict[str, np.ndarray]:
    """Memory for all spikes that a population can have."""
    return {f"{name}_spike_{what}": np.empty(steps * size, np.int32) for what in ("step", "neuron")}


def spikes_in(call: Mapping[str, Any], names: Iterable[str]) -> dict[str, Spikes]:
    """Population -> its spikes."""
    spikes = {}
    for name in names:
        n = int(call[f"{name}_spikes"][0])
        spikes[name] = call[f"{name}_spike_step"][:n].copy(), call[f"{name}_spike_neuron"][:n].copy()
    return spikes


def states_in(call: Mapping[str, Any], record: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, np.ndarray]]:
    """Population -> variable -> float64 (time, neuron), of what was asked for."""
    return {
        name: {state: call[f"{name}_record_{state}"].astype(np.float64) for state in kept}
        for name, kept in record.items()
    }


def joined(found: list[Recording], size: int) -> Recording:
    """One recording of those of `size` steps each."""
    if len(found) == 1:
        return found[0]
    spikes = {
        name: (
            np.concatenate([one.spikes[name][0] + np.int32(k * size) for k, one in enumerate(found)]),
            np.concatenate([one.spikes[name][1] for one in found]),
        )
        for name in (found[0].spikes if found else {})
    }
    states = {
        name: {state: np.concatenate([one.states[name][state] for one in found]) for state in variables}
        for name, variables in (found[0].states if found else {}).items()
    }
    return Recording(spikes, states)
