"""Your own table in a CSV file: one row a sample, one column the answer, the other columns the inputs

The first row names the columns. Inputs are numbers: a column of text is refused with its name, since what its words
are worth as numbers is not ours to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from compare.catalogue import did_you_mean
from compare.errors import ConfigurationError
from compare.tasks._csv_table import Table, is_number, read_table, unusable
from compare.tasks._own_arrays import Answers, OwnArrays, answers_of
from compare.tasks._own_files import check_content, own_file

__all__ = ["CsvFile"]

NO_CELL = "empty, or a word such as NA, nan, null and None"
UNNAMED = "Unnamed: "  # as pandas calls a column by its place


@dataclass(frozen=True)
class CsvFile(OwnArrays):
    """Which class, or which value, belongs to a row of your own table? See OwnArrays for how inputs are scaled.

    Attributes:
        file: the CSV file, absolute, or relative to the data folder or to the folder that the command runs in.
        column: name of the column to be predicted; None for the last.
        ignore: names of columns that are no inputs, such as a number of the patient.
        separator: between two columns.
        target, scale, train, validation, test, sha256: of every task of own arrays; see OwnArrays and OwnParts.
    """

    file: str = "data.csv"
    column: str | None = None
    ignore: tuple[str, ...] = ()
    separator: str = ","

    name: ClassVar[str] = "csv_file"
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "ignore", (self.ignore,) if isinstance(self.ignore, str) else tuple(self.ignore))
        if len(self.separator) != 1:
            raise ValueError(f"separator = {self.separator!r}: write one character, such as ',', ';' or a tab.")

    @property
    def title(self) -> str:
        """The file's name."""
        return f"Own table ({Path(self.file).name})"

    def _content(self) -> tuple[list[Path], Path]:
        path = own_file(self.name, self.file)
        return [path], path

    def _answers(self) -> Answers:
        path, table, column, _ = self._read()
        answers, empty = table[column], _empty(table[column])
        if empty:
            unusable(path, f"column {column!r} has no answer in {empty:,} of {len(answers):,} rows ({NO_CELL})")
        plain = answers if answers.dtype.kind in "biuf" else answers.astype(np.str_)
        return answers_of(plain, self.target, f"Column {column!r} of {path}")

    def _axes(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        return ("feature",), (len(self._read()[3]),)

    def _samples(self) -> np.ndarray:
        _, table, _, inputs = self._read()
        check_content(self.sha256, *self._content())
        return np.stack([table[name].astype(np.float64) for name in inputs], axis=1)

    def _read(self) -> tuple[Path, Table, str, list[str]]:
        """Path, table, the answers' column and the inputs' columns, which are checked."""
        path = own_file(self.name, self.file)
        table = read_table(path, self.separator)
        known = list(table)
        column = known[-1] if self.column is None else self.column
        for name in (column, *self.ignore):
            if name not in table:
                raise ConfigurationError(
                    f"{path} has no column {name!r}.{did_you_mean(name, known)} It has: {', '.join(known)}."
                )
        inputs = [name for name in known if name not in (column, *self.ignore)]
        _check_inputs(path, table, inputs)
        return path, table, column, inputs


def _check_inputs(path: Path, table: Table, inputs: list[str]) -> None:
    if not inputs:
        unusable(path, f"its columns are {', '.join(table)}, and no inputs are left. Check the separator")
    unnamed = next((name for name in inputs if name.startswith(UNNAMED)), None)
    if unnamed is not None:
        place = 1 + int(unnamed.removeprefix(UNNAMED))
        unusable(path, f"column {place} has no name. If it only numbers the rows: ignore = [{unnamed!r}]; else name it")
    gaps = [f"{name!r} ({_empty(table[name]):,})" for name in inputs if _empty(table[name])]
    if gaps:
        unusable(path, f"these columns have empty cells: {', '.join(gaps)}. Fill them in or leave those rows out")
    words = [f"{name!r} ({_first_word(table[name])!r})" for name in inputs if table[name].dtype.kind not in "biuf"]
    if words:
        unusable(path, f"these columns hold text: {', '.join(words)}. Write them as numbers, or name them in ignore")


def _empty(column: np.ndarray) -> int:
    """How many cells are empty."""
    import pandas as pd

    return int(np.sum(pd.isna(column)))


def _first_word(column: np.ndarray) -> str:
    """The first cell that is no number."""
    return next((str(cell) for cell in column if not is_number(cell)), str(column[0]))
