"""Collects what is logged while a run lasts, without times, so that the same run leaves the same log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_QUIET = ("matplotlib", "numba", "asyncio", "torch._", "h5py")  # their information is about themselves


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.INFO)
        self._lines = lines
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno > logging.INFO or not record.name.startswith(_QUIET):
            self._lines.append(self.format(record).rstrip())


@contextmanager
def captured_log() -> Iterator[list[str]]:
    """The lines logged at INFO and above inside the block."""
    lines: list[str] = []
    root, handler = logging.getLogger(), _Lines(lines)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
