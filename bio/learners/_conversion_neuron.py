"""The neuron that a converted network is made of, bio.neurons.INTEGRATE_AND_FIRE, as the network runs it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bio.neurons.integrate_and_fire import INTEGRATE_AND_FIRE
from bio.quantities import si

if TYPE_CHECKING:
    from bio.engines.tensor import TensorNeuron


def unit_current_a(dt_s: float) -> float:
    """The current (ampere) that brings the neuron from rest to threshold in one step: a drive of 1."""
    values = {name: si(text) for name, text in INTEGRATE_AND_FIRE.parameters.items()}
    return values["C_m"] * values["v_threshold"] / dt_s


@lru_cache(maxsize=16)
def neuron(dt_s: float) -> TensorNeuron:
    """The neuron on torch, in steps of `dt_s` seconds."""
    from bio.engines.tensor import TensorNeuron
    from bio.program import compile_program

    return TensorNeuron(compile_program(INTEGRATE_AND_FIRE, dt_s))
