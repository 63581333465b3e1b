"""Learning rules of spikes, and local rules of rates: what change each weight should make. One part a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bio.rules.eprop import EProp as EProp
    from bio.rules.local import LocalRule as LocalRule
    from bio.rules.local import as_learning_rule as as_learning_rule

__all__ = ["EProp", "LocalRule", "as_learning_rule"]

_HOME = {"EProp": "eprop", "LocalRule": "local", "as_learning_rule": "local"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
