"""How learning rules differ in what they change. One contrast a file, imported when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.learning.gradient_angle import Angle, gradient_angles

__all__ = ["Angle", "gradient_angles"]

_HOME = {"Angle": "gradient_angle", "gradient_angles": "gradient_angle"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
