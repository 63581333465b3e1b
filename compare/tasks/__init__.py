"""Data sets with a question. One task a file; this package imports one only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.tasks.digits import Digits
    from compare.tasks.mnist import Mnist
    from compare.tasks.xor import XOR

__all__ = ["XOR", "Digits", "Mnist"]

_HOME = {"Digits": "digits", "Mnist": "mnist", "XOR": "xor"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
