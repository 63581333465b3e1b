"""Whether a run has stayed in the finite numbers."""

from __future__ import annotations

import numpy as np

from bio.engines.native._kernel import HUGE
from bio.engines.native._projection import ProjectionCode
from bio.wiring import Wiring


def check_state(name: str, state: str, values: np.ndarray, at_s: float) -> None:
    """Raises ValueError if a state (neuron,) of a population has left the finite numbers."""
    wrong = np.flatnonzero(~(np.abs(values) <= HUGE[str(values.dtype)]))
    if wrong.size:
        raise ValueError(
            f"{name}: {state} of neuron {wrong[0]} is {values[wrong[0]]} at {at_s:g} s. "
            "The integration has left the finite numbers: give a shorter dt, a method of higher order, or "
            "weaker input."
        )


def check_variable(code: ProjectionCode, variable: str, values: np.ndarray, wiring: Wiring, at_s: float) -> None:
    """Raises ValueError if a variable of a projection's synapses, in the order of the wiring, is not finite."""
    finite = np.isfinite(values)
    if finite.all():
        return
    first = int(np.flatnonzero(~finite)[0])
    if variable in (*code.pre, *code.post):
        where = f"neuron {first} of {code.source_name if variable in code.pre else code.target.name}"
    else:
        where = f"the synapse from neuron {wiring.pre[first]} to {wiring.post[first]}"
    raise ValueError(
        f"{code.name}: {variable} of {where} is {values.reshape(-1)[first]} at {at_s:g} s. Give a shorter dt, or a "
        "rule that bounds it."
    )
