"""How alike two layers' activity is, and what one layer's is like. One measure a file, imported when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.representations._null import shuffled
    from compare.representations.biased_cka import BiasedCKA
    from compare.representations.cka import CKA
    from compare.representations.linear_probe import LinearProbe
    from compare.representations.participation_ratio import ParticipationRatio
    from compare.representations.procrustes import Procrustes
    from compare.representations.rsa import RSA, NoiseCeiling

__all__ = [
    "CKA",
    "RSA",
    "BiasedCKA",
    "LinearProbe",
    "NoiseCeiling",
    "ParticipationRatio",
    "Procrustes",
    "shuffled",
]

_HOME = {
    "BiasedCKA": "biased_cka",
    "CKA": "cka",
    "LinearProbe": "linear_probe",
    "NoiseCeiling": "rsa",
    "ParticipationRatio": "participation_ratio",
    "Procrustes": "procrustes",
    "RSA": "rsa",
    "shuffled": "_null",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
