"""Write the biology once: neurons as equations, encoders of spikes, and networks that learn with spikes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ann.source import Source as Source
    from bio.encoders import Poisson as Poisson
    from bio.encoders import Regular as Regular
    from bio.equations import NeuronModel as NeuronModel
    from bio.learners.diehl_cook import DiehlCook as DiehlCook
    from bio.models.snntorch_mlp import SnnTorchMLP as SnnTorchMLP
    from bio.models.spiking_mlp import SpikingMLP as SpikingMLP

# Importing a name imports its module only then: torch, Brian2 and Numba cost seconds each.
_WHERE = {
    "NeuronModel": "bio.equations",
    "Source": "ann.source",
    "SpikingMLP": "bio.models.spiking_mlp",
    "SnnTorchMLP": "bio.models.snntorch_mlp",
    "DiehlCook": "bio.learners.diehl_cook",
    "Poisson": "bio.encoders",
    "Regular": "bio.encoders",
}
_ROOMS = ("neurons", "encoders", "engines", "learners", "models")
__all__ = ["DiehlCook", "NeuronModel", "Poisson", "Regular", "SnnTorchMLP", "Source", "SpikingMLP"]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"bio.{name}")
    if name not in _WHERE:
        raise AttributeError(f"bio has no {name}. It has {', '.join(__all__)}.")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return [*__all__, *_ROOMS]
