"""How far a process's memory grows while it trains."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def peak_mb(step: Callable[[], object], steps: int = 5) -> float:
    """Megabytes that this process held at most during some steps, above what it held before the first one.

    The first step is not looked at: compiling takes memory once. Linux only; 0 elsewhere.
    """
    status, marks = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not marks.exists():
        return 0.0
    before = _field(status, "VmRSS")
    step()
    marks.write_text("5")  # forget the highest mark so far
    for _ in range(steps):
        step()
    return (_field(status, "VmHWM") - before) / 1024


def _field(status: Path, name: str) -> int:
    line = next(line for line in status.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])
