"""Values in [0, 1] become spikes: one encoder a file, the file's name is the encoder's name in the catalogue."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bio.encoders.poisson import Poisson
    from bio.encoders.regular import Regular

__all__ = ["Poisson", "Regular"]

_HOME = {"Poisson": "poisson", "Regular": "regular"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
