"""`neurocontrast doctor`: what works on this machine, and the command that mends what does not."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from compare.cli._screen import output, table
from compare.errors import EnvironmentFault

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "pandas", "xarray", "torch", "snntorch", "brian2", "numba", "typst")
_REINSTALL = "pip install --force-reinstall -c constraints.txt neurocontrast"


@dataclass(frozen=True)
class Finding:
    """One line of the answer. `needed` findings that are not `fine` make the exit code 4."""

    what: str
    fine: bool
    found: str
    mend: str = ""
    needed: bool = True


def doctor(
    data: Annotated[Path | None, typer.Option(help="Where the data sets are; otherwise NEUROCONTRAST_DATA.")] = None,
) -> None:
    """Say what works here, and give the command that mends what does not."""
    from rich.text import Text

    if data is not None:
        os.environ["NEUROCONTRAST_DATA"] = str(data)
    findings = list(examine())
    rows = table("", "", "found", "to mend it")
    for finding in findings:
        sign, colour = ("ok", "green") if finding.fine else ("NO", "red") if finding.needed else ("-", "yellow")
        rows.add_row(Text(sign, colour), finding.what, Text(finding.found), Text("" if finding.fine else finding.mend))
    output().print(rows)
    missing = [finding.what for finding in findings if finding.needed and not finding.fine]
    if missing:
        raise EnvironmentFault(f"Not in order: {', '.join(missing)}.")
    output().print("All that is needed is in order.")


def examine() -> Iterator[Finding]:
    """Every check, in the order in which a person would mend things."""
    yield _python()
    yield from (_library(name) for name in _LIBRARIES)
    for check in (_torch, _numba, _brian, _typst, _fonts):
        yield _tried(check)
    yield _compiler()
    yield _chromium()
    yield _data()
    yield _writable("cache folder", _cache())
    yield _writable("this folder", Path.cwd())


def _python() -> Finding:
    return Finding(
        "Python", sys.version_info >= (3, 11), platform.python_version(), "Install Python 3.11 or newer: python.org"
    )


def _library(name: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, "not installed", f"pip install -c constraints.txt {name}")


def _tried(check: Callable[[], Finding]) -> Finding:
    """A check that fails in an unforeseen way is a finding too."""
    try:
        return check()
    except Exception as error:
        what = check.__name__.removeprefix("_")
        return Finding(what, False, f"{type(error).__name__}: {error}", _REINSTALL)


def _torch() -> Finding:
    import torch

    total = float((torch.ones(3, 3) @ torch.ones(3, 3)).sum())
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU that torch can see (none is needed)"
    return Finding("torch computes", total == 27.0, gpu, _REINSTALL)


def _numba() -> Finding:
    import numba

    added = numba.njit(lambda a, b: a + b)(1, 2)
    return Finding("numba compiles", added == 3, f"threads: {numba.get_num_threads()}", _REINSTALL)


def _brian() -> Finding:
    """Brian2 runs with numpy everywhere; Cython only makes it faster."""
    import brian2

    brian2.prefs.codegen.target = "numpy"
    group = brian2.NeuronGroup(1, "dv/dt = -v/(10*ms) : 1", method="exact", namespace={"ms": brian2.ms})
    group.set_states({"v": 1.0})
    network = brian2.Network(group)
    network.run(10 * brian2.ms, namespace={})
    fine = (
        abs(float(group.get_states(["v"])["v"][0]) - 0.36787944) < 1e-6
    )  # exp(-1); one time constant, integrated exactly
    return Finding("brian2 simulates", fine, "code generation: numpy", _REINSTALL)


def _typst() -> Finding:
    import typst

    made = typst.compile(b"#set page(width: 4cm, height: 2cm)\nIt works.")
    return Finding("typst makes a PDF", isinstance(made, bytes) and made.startswith(b"%PDF"), "", _REINSTALL)


def _fonts() -> Finding:
    from matplotlib import font_manager

    path = font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    return Finding(
        "font of the figures", Path(path).is_file(), "DejaVu Sans", "pip install --force-reinstall matplotlib"
    )


def _compiler() -> Finding:
    found = next((name for name in ("c++", "g++", "clang++", "cl") if shutil.which(name)), None)
    return Finding("C++ compiler", found is not None, found or "none; not needed", "apt install g++", needed=False)


def _chromium() -> Finding:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    mend = "apt install chromium"
    return Finding("Chromium", found is not None, found or "none; only browser tests need it", mend, needed=False)


def _data() -> Finding:
    """Where data sets are looked for; what is absent is downloaded when it is used."""
    given = os.environ.get("NEUROCONTRAST_DATA")
    if not given:
        return Finding("data folder", True, f"{_cache()} (downloads go there)")
    mend = "Give the folder that holds the data sets: --data DIR, or NEUROCONTRAST_DATA"
    return Finding("data folder", Path(given).is_dir(), given, mend)


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("neurocontrast"))


def _writable(what: str, folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(what, False, f"{folder}: {error.strerror}", f"chmod u+w {folder}")
    return Finding(what, True, f"{folder} can be written")
