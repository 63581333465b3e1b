"""Neuron models, one a file. `from bio.neurons import LIF`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bio.neurons.adaptive_lif import ADAPTIVE_LIF as ADAPTIVE_LIF
    from bio.neurons.adex import ADEX as ADEX
    from bio.neurons.izhikevich import IZHIKEVICH as IZHIKEVICH
    from bio.neurons.lif import LIF as LIF

_WHERE = {"LIF": "lif", "ADAPTIVE_LIF": "adaptive_lif", "IZHIKEVICH": "izhikevich", "ADEX": "adex"}
__all__ = ["ADAPTIVE_LIF", "ADEX", "IZHIKEVICH", "LIF"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"bio.neurons has no {name}. It has {', '.join(__all__)}.")
    return getattr(import_module(f"bio.neurons.{_WHERE[name]}"), name)
