"""The certificate: all cells, how they are made one after another, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bio.equations import NeuronModel
from bio.fidelity._cells import Cell, answer
from bio.fidelity._engines import versions
from bio.fidelity._questions import Question, Size, definition_digest
from bio.plasticity_rule import PlasticityRule

__all__ = ["Certificate", "certify", "read_certificate", "what_is_there"]

Progress = Callable[[Cell, int, int], None]


@dataclass(frozen=True)
class Certificate:
    """What was compared, and what came of it.

    Attributes:
        size: name of the size.
        cells: one for each question and engine.
        versions: library -> version.
        left_out: questions that were not asked, as text, where it is not complete.
    """

    size: str
    cells: tuple[Cell, ...]
    versions: Mapping[str, str] = field(default_factory=versions)
    left_out: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[Cell, ...]:
        """Cells that speak against one of our engines, or that are too weak to speak for it."""
        return tuple(cell for cell in self.cells if not cell.fine)

    def about(self, definitions: Iterable[NeuronModel | PlasticityRule]) -> Certificate:
        """The part that is about exactly these definitions, by their equations and numbers and not by name."""
        wanted = {definition_digest(one) for one in definitions}
        return replace(self, cells=tuple(cell for cell in self.cells if cell.digest in wanted))

    def write(self, path: Path) -> None:
        """As JSON, at once: another process never sees half of it."""
        told = {"size": self.size, "versions": dict(self.versions), "left_out": list(self.left_out),
                "cells": [asdict(cell) for cell in self.cells]}  # fmt: skip
        beside = path.with_name(path.name + ".part")
        beside.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)


def read_certificate(path: Path) -> Certificate:
    """What `Certificate.write` wrote.

    Raises:
        ValueError: the file holds no certificate of this version.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(Cell(**cell) for cell in told["cells"])
        return Certificate(told["size"], cells, told["versions"], tuple(told["left_out"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} holds no certificate that can be read ({error}). Delete it, or give another folder."
        ) from None


def certify(
    questions: Sequence[Question],
    size: Size,
    known: Iterable[Cell] = (),
    progress: Progress | None = None,
    keep: Callable[[Certificate], None] | None = None,
) -> Certificate:
    """Answers every question; what is `known` and still holds is not asked again.

    Args:
        known: cells of an earlier certificate.
        progress: called with each new cell, its place and the number of all cells.
        keep: called with what there is behind each question, so that it can be stored.
    """
    old = {cell.key: cell for cell in known}
    total = sum(len(question.engines) for question in questions)
    cells: list[Cell] = []
    for question in questions:
        for cell in _cells(question, size, old):
            cells.append(cell)
            if progress and cell.key not in old:
                progress(cell, len(cells), total)
        if keep:
            asked = {cell.key for cell in cells}
            keep(Certificate(size.name, (*cells, *(cell for key, cell in old.items() if key not in asked))))
    return Certificate(size.name, tuple(cells))


def what_is_there(questions: Sequence[Question], size: Size, known: Iterable[Cell]) -> Certificate:
    """The certificate of the questions that are answered so far, and which ones are left out."""
    old = {cell.key: cell for cell in known}
    cells, left_out = [], []
    for question in questions:
        found = [old.get(question.key(engine, size)) for engine in question.engines]
        if all(found):
            cells += found
        else:
            left_out.append(str(question))
    return Certificate(size.name, tuple(cells), left_out=tuple(left_out))


def _cells(question: Question, size: Size, old: Mapping[str, Cell]) -> Iterator[Cell]:
    """In the order of the engines."""
    keys = {question.key(engine, size): engine for engine in question.engines}
    missing = [engine for key, engine in keys.items() if key not in old]
    new = {cell.key: cell for cell in answer(question, size, missing)} if missing else {}
    return (new[key] if key in new else old[key] for key in keys)
