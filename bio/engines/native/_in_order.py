"""Synapses in the order of the wiring for whoever looks, in that of the kernel while it runs."""

from __future__ import annotations

import numpy as np


class InOrder:
    """While a kernel runs, synapses lie in its order; outside, in that of the wiring."""

    def __init__(
        self,
        synapses: dict[str, dict[str, np.ndarray]],
        order: dict[str, np.ndarray],
        alone: dict[str, tuple[str, ...]],
    ) -> None:
        self._parts = [(synapses[name][one], places) for name, places in order.items() for one in alone[name]]

    def __enter__(self) -> None:
        for values, places in self._parts:
            values[:] = values[places]

    def __exit__(self, *_: object) -> None:
        for values, places in self._parts:
            back = np.empty_like(values)
            back[places] = values
            values[:] = back
