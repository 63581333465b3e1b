"""Neuron models, one a file. `from bio.neurons import LIF`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bio.neurons.adaptive_lif import ADAPTIVE_LIF as ADAPTIVE_LIF
    from bio.neurons.adex import ADEX as ADEX
    from bio.neurons.conductance_lif import CONDUCTANCE_LIF as CONDUCTANCE_LIF
    from bio.neurons.diehl_cook_lif import DIEHL_COOK_LIF as DIEHL_COOK_LIF
    from bio.neurons.exp_synapse_lif import EXP_SYNAPSE_LIF as EXP_SYNAPSE_LIF
    from bio.neurons.exponential_if import EXPONENTIAL_IF as EXPONENTIAL_IF
    from bio.neurons.fitzhugh_nagumo import FITZHUGH_NAGUMO as FITZHUGH_NAGUMO
    from bio.neurons.hodgkin_huxley import HODGKIN_HUXLEY as HODGKIN_HUXLEY
    from bio.neurons.integrate_and_fire import INTEGRATE_AND_FIRE as INTEGRATE_AND_FIRE
    from bio.neurons.izhikevich import IZHIKEVICH as IZHIKEVICH
    from bio.neurons.lif import LIF as LIF
    from bio.neurons.noisy_lif import NOISY_LIF as NOISY_LIF
    from bio.neurons.poisson_unit import POISSON_UNIT as POISSON_UNIT
    from bio.neurons.quadratic_if import QUADRATIC_IF as QUADRATIC_IF
    from bio.neurons.resonate_and_fire import RESONATE_AND_FIRE as RESONATE_AND_FIRE

__all__ = [
    "ADAPTIVE_LIF",
    "ADEX",
    "CONDUCTANCE_LIF",
    "DIEHL_COOK_LIF",
    "EXPONENTIAL_IF",
    "EXP_SYNAPSE_LIF",
    "FITZHUGH_NAGUMO",
    "HODGKIN_HUXLEY",
    "INTEGRATE_AND_FIRE",
    "IZHIKEVICH",
    "LIF",
    "NOISY_LIF",
    "POISSON_UNIT",
    "QUADRATIC_IF",
    "RESONATE_AND_FIRE",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"bio.neurons has no {name}. It has {', '.join(__all__)}.")
    return getattr(import_module(f"bio.neurons.{name.lower()}"), name)
