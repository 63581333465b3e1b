"""Values in [0, 1] become spikes: one encoder a file, the file's name is the encoder's name in the catalogue."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bio.encoders.cochlear import Cochlear
    from bio.encoders.delta_modulation import DeltaModulation
    from bio.encoders.direct_current import DirectCurrent
    from bio.encoders.events import Events
    from bio.encoders.poisson import Poisson
    from bio.encoders.population_code import PopulationCode
    from bio.encoders.regular import Regular
    from bio.encoders.time_to_first_spike import TimeToFirstSpike

_HOME = {
    "Cochlear": "cochlear",
    "DeltaModulation": "delta_modulation",
    "DirectCurrent": "direct_current",
    "Events": "events",
    "Poisson": "poisson",
    "PopulationCode": "population_code",
    "Regular": "regular",
    "TimeToFirstSpike": "time_to_first_spike",
}
__all__ = [
    "Cochlear",
    "DeltaModulation",
    "DirectCurrent",
    "Events",
    "Poisson",
    "PopulationCode",
    "Regular",
    "TimeToFirstSpike",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
