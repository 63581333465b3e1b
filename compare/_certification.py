"""A study's fidelity.json while it is made: what to ask workers for, and what they answered.

The file is a certificate as bio.fidelity.read_certificate reads it, and says besides which definitions the study's
learners simulate and what came of each cell, so that a report needs neither torch nor Brian2.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from compare._writing import json_bytes, write_file
from compare.errors import EnvironmentFault

__all__ = ["Certification", "cell_folder", "is_about"]

FILE = "fidelity.json"
_COMPARED = ("definition", "digest", "method", "kind", "setting", "engine")  # what a cell is about


class Certification:
    """The certificate of all definitions that the learners of one study simulate.

    Args:
        folder: of the study.
        plan: its plan; learners and plugins decide what is asked.

    Attributes:
        is_whole: whether the file answers all that these learners need.
    """

    def __init__(self, folder: Path, plan: dict[str, Any]) -> None:
        self._path, self._learners = folder / FILE, {one["label"]: one["spec"] for one in plan["learners"]}
        self._asked, earlier = _asked(plan), _read(self._path)
        self._cells = {_about(cell): cell for cell in earlier.get("cells", [])}
        self._verdicts: dict[str, str] = earlier.get("verdicts", {})
        self._facts: dict[str, Any] = {"size": "", "versions": {}}
        self._definitions: list[dict[str, Any]] = []
        self._new: set[tuple[str, ...]] = set()
        self._pending: list[str] = []
        self._faults: list[str] = []
        self.is_whole = is_about(self._path, plan) and not earlier.get("left_out")

    def first_job(self) -> dict[str, Any]:
        """Asks the learners for their definitions."""
        return {"kind": "definitions", "learners": self._learners}

    def jobs(self, found: dict[str, Any]) -> list[dict[str, Any]]:
        """A job for each definition that was found."""
        self._definitions, self._faults = found["definitions"], [*found["left_out"]]
        self._pending = [one["name"] for one in self._definitions]
        self._write()
        cache = str(cell_folder())
        known = {one["name"]: [cell for cell in self._cells.values() if cell["definition"] == one["name"]]
                 for one in self._definitions}  # fmt: skip
        return [{"kind": "fidelity", "definition": one, "known": known[one["name"]], "cache": cache}
                for one in self._definitions]  # fmt: skip

    def take(self, job: dict[str, Any], told: dict[str, Any]) -> None:
        """Keeps the answer to one question, here and for other studies."""
        self._facts = {name: told[name] for name in ("size", "versions")}
        job["definition"] |= {name: told[name] for name in ("digest", "method")}
        self._faults += told["left_out"]
        self._verdicts |= told["verdicts"]
        for cell in told["cells"]:
            self._cells[_about(cell)] = cell
            self._new.add(_about(cell))
            _keep(cell)
        self._write()

    def end(self, job: dict[str, Any], fault: str = "") -> str:
        """A definition is done with; gives what came of it as a sentence."""
        name = job["definition"]["name"]
        self._pending.remove(name)
        if fault:
            self._faults.append(f"{name}: {fault}")
        if not self._pending:
            self._cells = {about: cell for about, cell in self._cells.items() if about in self._new}
        self._write()
        own = name, job["definition"].get("digest")
        cells = [cell for cell in self._cells.values() if (cell["definition"], cell["digest"]) == own]
        verdicts = [self._verdicts[cell["key"]] for cell in cells]
        ran = [verdict for verdict in verdicts if verdict != "not run"]
        return fault or f"{ran.count('agrees')} of {len(ran)} comparisons with Brian2 agree"

    def leave(self, fault: str) -> None:
        """The learners could not be asked."""
        self._faults.append(f"the definitions of all learners: {fault}")
        self._write()

    def _write(self) -> None:
        cells = [*self._cells.values()]
        told = [{name: one.get(name) for name in ("name", "kind", "digest", "method", "learners")}
                for one in self._definitions]  # fmt: skip
        verdicts = {cell["key"]: self._verdicts[cell["key"]] for cell in cells}
        facts = {**self._facts, "left_out": [*self._faults, *(f"{name}: not asked yet" for name in self._pending)],
                 "cells": cells, "asked": self._asked, "definitions": told, "verdicts": verdicts}  # fmt: skip
        write_file(self._path, json_bytes(facts))


def is_about(path: Path, plan: dict[str, Any]) -> bool:
    """Whether a study's fidelity.json is about the learners of its plan."""
    return _read(path).get("asked") == _asked(plan)


def cell_folder() -> Path:
    """Where cells lie that any study may use again."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("neurocontrast", appauthor=False)) / "fidelity"


def _asked(plan: dict[str, Any]) -> str:
    """Of all that decides which definitions the learners have."""
    learners = {one["label"]: one["spec"] for one in plan["learners"]}
    plugins = sorted(one["sha256"] for one in plan.get("plugins", []))
    return hashlib.sha256(json.dumps([learners, plugins], sort_keys=True).encode()).hexdigest()


def _keep(cell: dict[str, Any]) -> None:
    """In the user's cache, if it can be written."""
    with suppress(OSError, EnvironmentFault):
        cell_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        write_file(cell_folder() / f"{cell['key']}.json", json_bytes(cell))


def _about(cell: dict[str, Any]) -> tuple[str, ...]:
    return tuple(cell[name] for name in _COMPARED)


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
