"""Reads a CSV file as columns with names, and refuses what would be read otherwise than it was meant."""

from __future__ import annotations

import warnings
from functools import lru_cache, partial
from pathlib import Path
from typing import NoReturn

import numpy as np

from compare.errors import EnvironmentFault

Table = dict[str, np.ndarray]  # name of a column -> its cells


def read_table(path: Path, separator: str) -> Table:
    """The columns: numbers, or objects if there is text. A column without a name is "Unnamed: 0" or so, by its place.

    Raises:
        EnvironmentFault: it is no table, has no rows, or no names of columns, or a name twice.
    """
    state = path.stat()
    return _read(path, separator, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1)  # facts and load read the same file
def _read(path: Path, separator: str, *state: int) -> Table:
    """As `read_table`, of the file as it is in that state (time of change, size)."""
    import pandas as pd

    read = partial(pd.read_csv, path, sep=separator, skipinitialspace=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # that rows are longer than the names
            first = read(header=None, nrows=1, dtype=str, keep_default_na=False)
            found = read(index_col=False)
    except (ValueError, OSError, pd.errors.ParserWarning) as error:  # pandas' errors, UnicodeDecodeError: ValueErrors
        text = " ".join(str(error).split())
        raise EnvironmentFault(
            f"{path} cannot be read as a table: {text}. Expected UTF-8 text, names of columns in the first row."
        ) from error
    written = [str(name).strip() for name in first.iloc[0]]
    _check_names(path, written)
    if not len(found):
        unusable(path, "it has no rows below the names of its columns")
    names = [name or str(own) for name, own in zip(written, found.columns, strict=True)]
    return {name: found[own].to_numpy() for name, own in zip(names, found.columns, strict=True)}


def _check_names(path: Path, names: list[str]) -> None:
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        unusable(path, f"two columns are named {twice!r}. Rename one of them")
    counted = [str(place) for place in range(len(names))]  # what pandas calls columns that were never named
    if names != counted and all(is_number(name) for name in names):
        unusable(
            path, f"its first row, {', '.join(names)}, holds numbers; expected names of columns. Write them above it"
        )


def is_number(cell: object) -> bool:
    """Whether a cell's text is one."""
    try:
        float(str(cell))
    except ValueError:
        return False
    return True


def unusable(path: Path, what: str) -> NoReturn:
    """Raises EnvironmentFault with the file's name."""
    raise EnvironmentFault(f"{path} is not usable: {what}.")
