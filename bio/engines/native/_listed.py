"""The lists of a kernel, made anew where states or weights may have been written since it last ran."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bio.engines.native._projection import ProjectionCode


def wake_all(name: str, arrays: Mapping[str, Any]) -> None:
    """Puts all neurons of a population on its list of those awake."""
    size = arrays[f"{name}_wait"].size
    arrays[f"{name}_awake"][:] = 1
    arrays[f"{name}_list"][0] = size
    arrays[f"{name}_list"][1:] = np.arange(size)


def relist(code: ProjectionCode, weights: np.ndarray, arrays: Mapping[str, Any]) -> None:
    """Lists the targets of a sparse projection whose trace is not 0 or whose weights are outside the bounds."""
    assert code.depression is not None
    low, high = code.depression
    outside = arrays[f"{code.name}_outside"]
    outside[:] = (weights.min(0) < low) | (weights.max(0) > high) if weights.size else 0
    moving = np.any([arrays[f"{code.name}_{one}"] != 0 for one in code.listed], axis=0)
    arrays[f"{code.name}_dirty"][:] = 1
    listed = np.flatnonzero(moving | (outside > 0))
    arrays[f"{code.name}_listed"][:] = 0
    arrays[f"{code.name}_listed"][listed] = 1
    arrays[f"{code.name}_list"][0] = listed.size
    arrays[f"{code.name}_list"][1 : listed.size + 1] = listed
