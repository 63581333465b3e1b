"""`neurocontrast list`: the parts that an experiment can name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compare.catalogue import KINDS, OURS, did_you_mean, entries, load_plugin
from compare.cli._screen import output, table
from compare.errors import UsageError

_PLURALS = {kind.plural: kind for kind in KINDS.values()}


def list_parts(
    kind: Annotated[str | None, typer.Argument(help=f"{' | '.join(_PLURALS)}. All if left out.")] = None,
    plugin: Annotated[list[Path] | None, typer.Option(help="A file with parts of your own.")] = None,
) -> None:
    """List the parts that an experiment can name."""
    if kind is not None and kind not in _PLURALS:
        hint = did_you_mean(kind, [*_PLURALS])
        raise UsageError(f'There is no list of "{kind}".{hint} Known: {", ".join(_PLURALS)}.')
    for path in plugin or []:
        load_plugin(path)
    for name in [kind] if kind else _PLURALS:
        _print(name)


def _print(plural: str) -> None:
    from rich.text import Text

    rows = table(plural, "what it is", "from")
    for entry in entries(_PLURALS[plural].name):
        rows.add_row(Text(entry.name, style="bold"), Text(entry.title), "" if entry.origin == OURS else entry.origin)
    output().print(rows)
