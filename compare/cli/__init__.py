"""The command line: `neurocontrast run | report | show | list | new | check | validate | doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """What the command `neurocontrast` does; ends the process with its exit code."""
    from compare.cli._app import answer

    raise SystemExit(answer(arguments))
