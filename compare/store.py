"""A study on disk: reading it back needs no torch and runs no code of its author.

    study/  study.toml  plan.json  provenance.json  fidelity.json  index.parquet (can be rebuilt)
            tasks/<name>.json .nc
            runs/<key>/ run.json config.toml metrics.parquet operations.parquet spikes.parquet arrays.nc
                        weights.safetensors log.txt
            reports/<name>/

plan.json says which runs belong to the study and under which label; a run's folder is named by its key alone. Tables
are Parquet, arrays NetCDF4, weights safetensors, everything else JSON or text. Nothing is ever pickled.

Example:
    >>> study = Study("studies/digits")                                       # doctest: +SKIP
    >>> study.metrics.query("split == 'test' and metric == 'accuracy'")       # doctest: +SKIP
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compare._writing import (
    FORMAT,
    METRIC_COLUMNS,
    OPERATION_COLUMNS,
    SPIKE_COLUMNS,
    Record,
    create_study,
    dataset_bytes,
    pack,
    remove_leftovers,
    table_bytes,
    write_file,
    write_run,
    write_stimuli,
)
from compare.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    import xarray as xr

__all__ = [
    "FORMAT", "Record", "Run", "Study", "create_study", "dataset_bytes", "pack", "read_run", "remove_leftovers",
    "write_index", "write_run", "write_stimuli",
]  # fmt: skip


class Run:
    """One finished, refused or failed run.

    Attributes:
        label, task, input, seed: what the plan calls it.
        facts: run.json.
        status: "done", "refused" or "failed"; message says why in the latter two.
    """

    def __init__(self, folder: Path, facts: dict[str, Any], planned: dict[str, Any]) -> None:
        self.folder, self.facts = folder, facts
        self.key: str = planned["key"]
        self.label: str = planned["label"]
        self.task: str = planned["task"]
        self.input: str = planned["input"]
        self.seed: int = planned["seed"]
        self.status: str = facts["status"]
        self.message: str = facts.get("message") or ""

    def __repr__(self) -> str:
        return f"<Run {self.label!r} on {self.task}, {self.input}, seed {self.seed}: {self.status}>"

    @property
    def description(self) -> dict[str, Any]:
        """What the learner told about itself, see `compare.contract.Described`; empty if it never got so far."""
        return self.facts.get("description") or {}

    def metrics(self) -> pd.DataFrame:
        """Long form; `learner` is the label that the plan gives this run today."""
        return self._table("metrics", METRIC_COLUMNS).assign(learner=self.label)

    def operations(self) -> pd.DataFrame:
        """Operations per sample: phase, layer, operation, dense, effective."""
        return self._table("operations", OPERATION_COLUMNS)

    def spikes(self) -> pd.DataFrame:
        """Spikes of the first probe samples: sample, population, neuron, t_s."""
        return self._table("spikes", SPIKE_COLUMNS)

    def arrays(self) -> xr.Dataset:
        """Predictions, activations, rates, receptive fields; empty if the run left none."""
        import xarray as xr

        path = self._path("arrays.nc")
        if path is None:
            return xr.Dataset()
        return _read(path, lambda: xr.load_dataset(path, engine="h5netcdf"))

    def weights(self) -> dict[str, np.ndarray]:
        """Arrays by name: "initial/<name>" before training, "final/<name>" after."""
        path = self._path("weights.safetensors")
        if path is None:
            return {}
        from safetensors.numpy import load_file

        return _read(path, lambda: load_file(path))

    def config(self) -> str:
        """The run as TOML, every default filled in."""
        return self._text("config.toml")

    def log(self) -> str:
        """What the learner and the runner logged."""
        return self._text("log.txt")

    def _table(self, name: str, columns: list[str]) -> pd.DataFrame:
        import pandas as pd

        path = self._path(f"{name}.parquet")
        if path is None:
            return pd.DataFrame(columns=columns)
        return _read(path, lambda: pd.read_parquet(path))

    def _text(self, name: str) -> str:
        path = self._path(name)
        return "" if path is None else _read(path, lambda: path.read_text(encoding="utf-8"))

    def _path(self, name: str) -> Path | None:
        return self.folder / name if name in self.facts.get("files", {}) else None


class Study:
    """A study's folder, opened for reading.

    Raises:
        StoreError: there is no study at `path`, or it was written by a newer version, or a run in it is damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_dir():
            raise StoreError(f"{self.path} is not a folder. Give the folder that `neurocontrast run` wrote.")
        if not (self.path / "plan.json").is_file():
            raise StoreError(
                f"{self.path} is not a study: it has no plan.json. Give the folder that `neurocontrast run` wrote."
            )
        self.plan = _read_json(self.path / "plan.json")
        _check_format(self.plan, self.path)

    def __repr__(self) -> str:
        return f"<Study {self.path}: {len(self.plan['runs'])} runs planned>"

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Machine, versions, commit, command lines."""
        return _read_json(self.path / "provenance.json")

    @cached_property
    def fidelity(self) -> dict[str, Any] | None:
        """The certificate of what the learners simulate, as JSON; None if it was never made.

        size, versions, left_out, cells: as bio.fidelity.Certificate has them.
        definitions: [{name, kind, digest, method, learners}]; verdicts: a cell's key -> what came of it.
        is_current: whether it is about the learners of the plan as it is now.
        """
        from compare._certification import is_about

        path = self.path / "fidelity.json"
        return {**_read_json(path), "is_current": is_about(path, self.plan)} if path.is_file() else None

    @property
    def toml(self) -> str:
        """The experiment as it was given."""
        path = self.path / "study.toml"
        return _read(path, lambda: path.read_text(encoding="utf-8"))

    @cached_property
    def _all(self) -> list[Run]:
        found = ((self.path / "runs" / planned["key"], planned) for planned in self.plan["runs"])
        return [Run(folder, read_run(folder), planned) for folder, planned in found if folder.is_dir()]

    @cached_property
    def index(self) -> pd.DataFrame:
        """Every planned run: key, label, task, input, seed, status, message. What has not run yet is "missing"."""
        import pandas as pd

        done = {(run.key, run.label): run for run in self._all}
        rows = []
        for planned in self.plan["runs"]:
            run = done.get((planned["key"], planned["label"]))
            state = (
                {"status": run.status, "message": run.message} if run else {"status": "missing", "message": "not run"}
            )
            rows.append({**planned, **state})
        return pd.DataFrame(rows, columns=["key", "label", "task", "input", "seed", "status", "message"])

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """Every number of every run, long form: one row per run, split, examples seen and metric."""
        import pandas as pd

        tables = [table for run in self._all if len(table := run.metrics())]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=METRIC_COLUMNS)

    def runs(
        self,
        status: str | None = "done",
        *,
        task: str | None = None,
        label: str | None = None,
        input: str | None = None,
        seed: int | None = None,
    ) -> list[Run]:
        """The runs that match, in the plan's order. status=None gives the failed and the refused ones as well."""
        wanted = {"status": status, "task": task, "label": label, "input": input, "seed": seed}
        given = {name: value for name, value in wanted.items() if value is not None}
        return [run for run in self._all if all(getattr(run, name) == value for name, value in given.items())]

    def stimuli(self, task: str) -> xr.Dataset:
        """One example per class and its spikes under the study's encoder.

        Raises:
            StoreError: the study keeps none for this task.
        """
        import xarray as xr

        path = self.path / "tasks" / f"{task}.nc"
        if not path.is_file():
            raise StoreError(f"{self.path} keeps no stimuli of task {task!r}. Run the study again to write them.")
        return _read(path, lambda: xr.load_dataset(path, engine="h5netcdf"))


def read_run(folder: Path) -> dict[str, Any]:
    """A run's run.json, after a look at the sizes of the files beside it.

    Raises:
        StoreError: a file is missing or cut short, or run.json cannot be read.
    """
    facts = _read_json(folder / "run.json")
    if not isinstance(facts, dict) or "status" not in facts or "files" not in facts:
        raise _damaged(folder / "run.json", "it has no status")
    _check_format(facts, folder)
    for name, size in facts["files"].items():
        path = folder / name
        if not path.is_file():
            raise _damaged(path, "it is missing")
        if path.stat().st_size != size:
            raise _damaged(path, f"it has {path.stat().st_size} bytes, {size} were written")
    return facts


def write_index(folder: str | Path) -> None:
    """Rebuild index.parquet from the plan and the runs."""
    write_file(Path(folder) / "index.parquet", table_bytes(Study(folder).index))


def _check_format(facts: dict[str, Any], path: Path) -> None:
    if facts.get("format", 0) > FORMAT:
        raise StoreError(
            f"{path} has format {facts['format']}; this version reads up to {FORMAT}. "
            "Update: pip install -U neurocontrast"
        )


def _read_json(path: Path) -> Any:
    return _read(path, lambda: json.loads(path.read_text(encoding="utf-8")))


def _read(path: Path, reader: Callable[[], Any]) -> Any:
    """Whatever a library says about a bad file becomes one sentence with the file's name."""
    try:
        return reader()
    except Exception as error:
        raise _damaged(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error


def _damaged(path: Path, what: str) -> StoreError:
    mend = "delete its folder and run the study again, only this run is repeated"
    if path.parent.parent.name != "runs":
        mend = "run the study again, finished runs are kept"
    return StoreError(f"{path} is damaged ({what}). To mend: {mend}.")
