"""Learning rules: what change each weight should make. One part a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ann.rules.backprop import Backprop
    from ann.rules.frozen_hidden import FrozenHidden
    from ann.rules.sanger import Sanger

__all__ = ["Backprop", "FrozenHidden", "Sanger"]

_HOME = {
    "Backprop": "ann.rules.backprop",
    "FrozenHidden": "ann.rules.frozen_hidden",
    "Sanger": "ann.rules.sanger",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
