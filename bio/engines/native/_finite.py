"""Whether a run has stayed in the finite numbers."""

from __future__ import annotations

import numpy as np

from bio.engines.native._kernel import HUGE


def check_state(name: str, state: str, values: np.ndarray, at_s: float) -> None:
    """Raises ValueError if a state (neuron,) of a population has left the finite numbers."""
    wrong = np.flatnonzero(~(np.abs(values) <= HUGE[str(values.dtype)]))
    if wrong.size:
        raise ValueError(
            f"{name}: {state} of neuron {wrong[0]} is {values[wrong[0]]} at {at_s:g} s. "
            "The integration has left the finite numbers: give a shorter dt, a method of higher order, or "
            "weaker input."
        )
