"""Everything of a study that must be the same whenever the same experiment is run: bits, not times."""

from __future__ import annotations

from typing import Any

import numpy as np

from compare.store import Run, Study

TIMES = ("times", "started", "finished", "peak_memory_mb", "files")  # what a run cannot repeat


def comparable(study: Study) -> dict[str, dict[str, Any]]:
    """Key -> name -> value; arrays as (dtype, shape, bytes), so that equality is equality of bits."""
    return {run.key: _of_run(run) for run in study.runs(None)}


def _of_run(run: Run) -> dict[str, Any]:
    found = {f"run.json {name}": value for name, value in run.facts.items() if name not in TIMES}
    found |= {f"arrays.nc {name}": (array.dims, *_bits(array.to_numpy())) for name, array in run.arrays().items()}
    found |= {f"weights {name}": _bits(array) for name, array in run.weights().items()}
    for name, table in (("metrics", run.metrics()), ("operations", run.operations()), ("spikes", run.spikes())):
        found |= {f"{name}.{column}": table[column].tolist() for column in table.columns}
    return found | {"log.txt": run.log(), "config.toml": run.config()}


def _bits(array: np.ndarray) -> tuple[str, tuple[int, ...], bytes]:
    return str(array.dtype), array.shape, np.ascontiguousarray(array).tobytes()
