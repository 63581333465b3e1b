"""The largest memory that this process has held, measured anew for each run where the system allows it."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path


def reset_peak() -> None:
    """Forget the peak so far (Linux); elsewhere a worker's peak covers its earlier runs too."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # 5 resets VmHWM, see proc(5)


def peak_mb() -> float | None:
    """Peak resident memory in MB (10^6 bytes), None where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024 / 1e6
    except (OSError, StopIteration):
        return _peak_of_process_mb()


def _peak_of_process_mb() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
