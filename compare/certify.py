"""The fidelity certificate of one definition, made in a worker process: every engine beside Brian2, spike for spike.

The questions are those of `neurocontrast validate fidelity` in its small size. A definition that spikes too rarely for
it is asked again for two and four times as long. Cells that are known are not asked for again, whichever study asked:
the runner keeps each under its key, which changes with all that it depends on, the engine's source included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compare.specs import build

if TYPE_CHECKING:
    from bio.fidelity import Cell, Question, Size

__all__ = ["certify_definition"]

_TOO_FEW = "too few spikes"
_TIMES_AS_LONG = (1, 2, 4)


def certify_definition(job: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Answers all questions about one definition.

    Args:
        job: definition, {name, kind, spec}; known, cells of the study as JSON; cache, a folder of cells.
        tell: called for each question with {kind: "cells", cells, verdicts, left_out, size, versions, digest, method}.

    Returns:
        {kind: "certified"}
    """
    from bio.fidelity import SMALL
    from bio.fidelity._engines import versions
    from bio.fidelity._questions import definition_digest

    definition = build(job["definition"]["spec"], job["definition"]["kind"])
    about = {"kind": "cells", "size": SMALL.name, "versions": versions(), "method": definition.method,
             "digest": definition_digest(definition)}  # fmt: skip
    known = _Known(job["known"], Path(job["cache"]))
    sizes = [_longer(SMALL, times) for times in _TIMES_AS_LONG]
    for question in zip(*(_questions(definition, size) for size in sizes), strict=True):
        told, sizes = _told(question[-len(sizes) :], sizes, known)
        tell({**about, **told})
    return {"kind": "certified"}


def _told(question: tuple[Question, ...], sizes: list[Size], known: _Known) -> tuple[dict[str, Any], list[Size]]:
    """The cells of a question, and the sizes to begin with at the next: one that was too small here will be there.

    A fault of a library stops neither the other questions nor the study.
    """
    try:
        cells, left = _answered(question, sizes, known)
    except Exception as error:
        return {"cells": [], "verdicts": {}, "left_out": [f"{question[0]}: {type(error).__name__}: {error}"]}, sizes
    told = [asdict(one) for one in cells]
    return {"cells": told, "verdicts": {one.key: one.verdict for one in cells}, "left_out": []}, left


def _longer(size: Size, times: int) -> Size:
    return replace(size, open_s=times * size.open_s, closed_s=times * size.closed_s, learning_s=times * size.learning_s)


def _questions(definition: Any, size: Size) -> list[Question]:
    from bio.equations import NeuronModel
    from bio.fidelity import questions

    is_model = isinstance(definition, NeuronModel)
    return [*questions([definition] if is_model else [], [] if is_model else [definition], size)]


def _answered(question: tuple[Question, ...], sizes: list[Size], known: _Known) -> tuple[tuple[Cell, ...], list[Size]]:
    """In the first size that gives enough spikes, or else in the largest; what is known is looked up in all first."""
    from bio.fidelity import certify

    found = [known.cells(one.key(engine, size) for engine in one.engines)
             for one, size in zip(question, sizes, strict=True)]  # fmt: skip
    whole = [len(cells) == len(one.engines) for one, cells in zip(question, found, strict=True)]
    asked = [place for place, is_known in enumerate(whole) if is_known] or [*range(len(sizes))]
    cells: tuple[Cell, ...] = ()
    for place in asked:
        cells = certify([question[place]], sizes[place], found[place]).cells
        if not any(cell.verdict == _TOO_FEW for cell in cells):
            break
    return cells, sizes[place:]


class _Known:
    """Cells that need not be asked for: the study's own, and those in the user's cache."""

    def __init__(self, cells: list[Mapping[str, Any]], cache: Path) -> None:
        self._own = {one["key"]: one for one in cells}
        self._cache = cache

    def cells(self, keys: Iterable[str]) -> list[Cell]:
        """Those of the keys that there are."""
        from bio.fidelity import Cell

        found: list[Cell] = []
        for told in (self._own.get(key) or self._cached(key) for key in keys):
            if told is None or None in told.values():  # JSON has no NaN
                continue
            try:
                found.append(Cell(**told))
            except TypeError:  # a cell of another version
                continue
        return found

    def _cached(self, key: str) -> dict[str, Any] | None:
        try:
            return json.loads((self._cache / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
