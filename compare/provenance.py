"""Where a study was made: machine, versions, commit, command line. No environment variable, so no secret."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGES = (
    "neurocontrast", "numpy", "scipy", "scikit-learn", "pandas", "xarray", "pyarrow", "torch", "snntorch", "brian2",
    "numba", "rsatoolbox", "safetensors", "h5netcdf",
)  # fmt: skip


def provenance(earlier: dict[str, Any] | None = None, command: str | None = None) -> dict[str, Any]:
    """Facts about this machine and this moment; the command lines of earlier starts are kept."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    start = {"command": command or command_line(), "started": now, "git": git_state()}
    starts = [*(earlier or {}).get("starts", []), start]
    return {
        "created": (earlier or {}).get("created", now),
        "updated": now,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gb": memory_gb(),
        "gpu": gpu(),
        "threads": 1,
        "versions": versions(),
        "git": git_state(),
        "commands": list(dict.fromkeys(start["command"] for start in starts)),
        "starts": starts,
        "lock": lock(),
    }


def command_line() -> str:
    """How this process was started, for a shell to be pasted into: programs by name, scripts and arguments as typed."""
    program = Path(sys.argv[0] if sys.argv else "")
    if program.name == "__main__.py":  # python -m package
        words = ["python", "-m", program.parent.name]
    elif program.suffix == ".py":
        words = ["python", program.name if program.is_absolute() else str(program)]
    else:
        words = [program.name or "python"]
    return shlex.join([*words, *sys.argv[1:]])


@lru_cache
def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Installed versions by distribution name; what is not installed is left out."""
    found = {}
    for name in packages:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {"python": platform.python_version(), **found}


def lock() -> list[str]:
    """Every installed distribution as "name==version", sorted: what `pip freeze` lists, without addresses or paths."""
    pairs = {(d.metadata["Name"], d.version) for d in importlib.metadata.distributions() if d.metadata["Name"]}
    return sorted((f"{name}=={version}" for name, version in pairs), key=str.lower)


@lru_cache
def git_state() -> dict[str, Any]:
    """{commit, dirty} of the checkout that this package runs from, or None for both where it is installed."""
    here = Path(__file__).resolve().parent
    commit, changes = _git(here, "rev-parse", "HEAD"), _git(here, "status", "--porcelain", "--untracked-files=no")
    tracked = _git(here, "ls-files", "--error-unmatch", Path(__file__).name)
    if commit is None or tracked is None:
        return {"commit": None, "dirty": None}
    return {"commit": commit, "dirty": bool(changes)}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def processor() -> str:
    """The processor's name as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith(("model name", "Model"))]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def memory_gb() -> float | None:
    """The machine's memory in GB (10^9 bytes), None where the system does not tell."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None


def gpu() -> str | None:
    """The first NVIDIA GPU's name, asked of the driver so that torch need not be imported."""
    try:
        done = subprocess.run(
            ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    names = done.stdout.strip().splitlines()
    return names[0] if done.returncode == 0 and names else None
