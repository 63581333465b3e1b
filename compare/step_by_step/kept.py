"""The file that keeps it all, beside a study or on its own: written whole or not at all, read without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compare._writing import write_file
from compare.errors import StoreError

__all__ = ["FILE", "FORMAT", "read", "write"]

FILE = "step_by_step.json"
FORMAT = 1


def write(data: dict[str, Any], folder: str | Path) -> Path:
    """Writes what `collect` gave into a folder that exists; a study's report shows it from then on."""
    path = Path(folder) / FILE
    write_file(path, (json.dumps(data, allow_nan=False) + "\n").encode())
    return path


def read(folder: str | Path) -> dict[str, Any] | None:
    """What a folder keeps; None where it keeps none.

    Raises:
        StoreError: the file is damaged, or a newer version wrote it.
    """
    path = Path(folder) / FILE
    if not path.is_file():
        return None
    mend = f"To mend: python experiments/learn_step_by_step.py --out {path.parent}"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        written = int(data["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path} is damaged ({type(error).__name__}: {error}). {mend}") from error
    if written != FORMAT:
        raise StoreError(f"{path} has format {written}; this version reads format {FORMAT}. {mend}")
    return data
