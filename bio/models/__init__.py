"""Recipes of spiking networks that ann's learners train. `from bio.models import SpikingMLP`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bio.models.snntorch_mlp import SnnTorchMLP as SnnTorchMLP
    from bio.models.spiking_mlp import SpikingMLP as SpikingMLP

_WHERE = {"SpikingMLP": "spiking_mlp", "SnnTorchMLP": "snntorch_mlp"}
__all__ = ["SnnTorchMLP", "SpikingMLP"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"bio.models has no {name}. It has {', '.join(__all__)}.")
    return getattr(import_module(f"bio.models.{_WHERE[name]}"), name)
