"""Writing to a study's folder: each thing appears whole or not at all.

A file or a run is written under a temporary name in the same folder, flushed to the disk, then renamed. Only the holder
of the study's lock (`compare._lock`) writes, so a temporary name that it finds was left by a killed process.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from compare.errors import EnvironmentFault

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FORMAT = 1
TEMPORARY = ".writing-"
METRIC_COLUMNS = ["run", "task", "learner", "input", "seed", "split", "examples_seen", "metric", "value", "unit"]
OPERATION_COLUMNS = ["phase", "layer", "operation", "dense", "effective"]
SPIKE_COLUMNS = ["sample", "population", "neuron", "t_s"]


@dataclass
class Record:
    """What one run leaves behind. Absent parts are None; `facts` becomes run.json and names the run's key."""

    facts: dict[str, Any]
    config: str = ""
    metrics: pd.DataFrame | None = None
    operations: pd.DataFrame | None = None
    spikes: pd.DataFrame | None = None
    arrays: xr.Dataset | None = None
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    log: str = ""


def pack(record: Record) -> dict[str, bytes]:
    """The files of a run's folder as name -> bytes, run.json last; it lists the sizes of the others."""
    files: dict[str, bytes] = {}
    for name, table in (("metrics", record.metrics), ("operations", record.operations), ("spikes", record.spikes)):
        if table is not None and len(table):
            files[f"{name}.parquet"] = table_bytes(table)
    if record.arrays is not None and record.arrays.variables:
        files["arrays.nc"] = dataset_bytes(record.arrays)
    if record.weights:
        files["weights.safetensors"] = _weights_bytes(record.weights)
    files["config.toml"] = record.config.encode()
    files["log.txt"] = record.log.encode()
    sizes = {name: len(content) for name, content in files.items()}
    files["run.json"] = json_bytes({"format": FORMAT, **record.facts, "files": sizes})
    return files


def create_study(folder: str | Path, *, plan: dict[str, Any], toml: str, provenance: dict[str, Any]) -> Path:
    """Make a study's folder, or bring an existing one's plan up to date. Runs are left as they are.

    Raises:
        EnvironmentFault: the folder cannot be written.
    """
    folder = Path(folder)
    try:
        for name in ("runs", "tasks", "reports"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_file(folder / "study.toml", toml.encode())
        write_file(folder / "provenance.json", json_bytes(provenance))
        write_plan(folder, plan)
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def write_plan(folder: str | Path, plan: dict[str, Any]) -> None:
    """Replace plan.json, which says what belongs to the study."""
    write_file(Path(folder) / "plan.json", json_bytes({"format": FORMAT, **plan}))


def write_run(folder: str | Path, key: str, files: dict[str, bytes]) -> Path:
    """Put a packed run in its place, replacing an older one of the same key.

    Raises:
        EnvironmentFault: the disk is full or the folder cannot be written.
    """
    runs = Path(folder) / "runs"
    target, written = runs / key, runs / temporary_name(key)
    try:
        written.mkdir()
        for name, content in files.items():
            _write_flushed(written / name, content)
        _flush_directory(written)
        replaced = _rename_over(written, target)
        _flush_directory(runs)
    except OSError as error:
        shutil.rmtree(written, ignore_errors=True)
        raise unwritable(runs, error) from error
    if replaced is not None:
        shutil.rmtree(replaced, ignore_errors=True)
    return target


def write_stimuli(folder: str | Path, task: str, facts: dict[str, Any], stimuli: bytes) -> None:
    """Keep one example per class of a task, with its spikes under the study's encoder; `stimuli` is a NetCDF file."""
    write_file(Path(folder) / "tasks" / f"{task}.nc", stimuli)
    write_file(Path(folder) / "tasks" / f"{task}.json", json_bytes(facts))


def write_file(path: Path, content: bytes) -> None:
    """Write or replace one file, whole or not at all.

    Raises:
        EnvironmentFault: the disk is full or the folder cannot be written.
    """
    written = path.with_name(temporary_name(path.name))
    try:
        _write_flushed(written, content)
        written.replace(path)
        _flush_directory(path.parent)
    except OSError as error:
        written.unlink(missing_ok=True)
        raise unwritable(path.parent, error) from error


def remove_leftovers(folder: str | Path) -> list[str]:
    """Delete what killed writers left half written, and say which. Only for the holder of the study's lock."""
    found = [path for place in ("", "runs", "tasks") for path in (Path(folder) / place).glob(f"{TEMPORARY}*")]
    for path in found:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return sorted(path.name for path in found)


def temporary_name(final: str) -> str:
    """A name beside the final one that tells what was written, by which process, and never occurs twice."""
    return f"{TEMPORARY}{final}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


def unwritable(folder: Path, error: OSError) -> EnvironmentFault:
    """The sentence for a folder that does not take our files."""
    what = error.strerror or error
    return EnvironmentFault(
        f"Cannot write to {folder}: {what}. Choose another folder, or mend space or permissions there."
    )


def json_bytes(value: Any) -> bytes:
    """UTF-8 JSON of plain values; numpy numbers become numbers, NaN and infinities become null."""
    return (json.dumps(plain(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def plain(value: Any) -> Any:
    """The same value made of dict, list, str, int, float, bool and None only."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def table_bytes(table: pd.DataFrame) -> bytes:
    """A table as Parquet."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def dataset_bytes(dataset: xr.Dataset) -> bytes:
    """A data set as NetCDF4, numbers compressed."""
    buffer = io.BytesIO()
    encoding: dict[Any, Any] = {
        name: {"zlib": True, "complevel": 4, "shuffle": True}
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiub" and variable.size > 100
    }
    dataset.to_netcdf(buffer, engine="h5netcdf", encoding=encoding)
    return buffer.getvalue()


def _weights_bytes(weights: dict[str, np.ndarray]) -> bytes:
    from safetensors.numpy import save

    return save({name: np.ascontiguousarray(array) for name, array in sorted(weights.items())})


def _write_flushed(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_directory(folder: Path) -> None:
    """Make names in a folder survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename_over(written: Path, target: Path) -> Path | None:
    """Rename; an older run first steps aside under a temporary name, since a full folder cannot be renamed over."""
    aside = None
    if target.exists():
        aside = target.with_name(temporary_name(target.name))
        target.rename(aside)
    written.rename(target)
    return aside
