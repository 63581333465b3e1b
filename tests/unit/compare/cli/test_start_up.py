"""What only looks starts fast: it imports neither torch nor Brian2 nor Numba."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from compare.store import Study

HEAVY = ("torch", "brian2", "numba", "snntorch")
CODE = """
import json, sys
from compare.cli._app import answer
code = answer(json.loads(sys.argv[1]))
print(json.dumps([code, [name for name in {heavy!r} if name in sys.modules]]))
"""


def imported_by(*words: str, folder: Path) -> tuple[int, list[str]]:
    """Exit code of a command, and which of the heavy libraries it imported."""
    program = [sys.executable, "-c", CODE.format(heavy=HEAVY), json.dumps(words)]
    done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    code, names = json.loads(done.stdout.splitlines()[-1])
    return code, names


@pytest.mark.parametrize("words", [["--help"], ["list"], ["list", "rules"], ["run", "--help"], ["--version"]], ids=str)
def test_looking_imports_no_heavy_library(words: list[str], tmp_path: Path) -> None:
    assert imported_by(*words, folder=tmp_path) == (0, [])


def test_showing_a_study_imports_no_heavy_library(synthetic_study: Study, tmp_path: Path) -> None:
    assert imported_by("show", str(synthetic_study.path.resolve()), folder=tmp_path) == (0, [])


def test_writing_a_report_imports_no_heavy_library(synthetic_study: Study, tmp_path: Path) -> None:
    pytest.importorskip("compare.report.build", reason="the report's sections are not built yet")
    words = ("report", str(synthetic_study.path.resolve()), "--html", "--out", str(tmp_path / "report"))
    assert imported_by(*words, folder=tmp_path) == (0, [])
    assert (tmp_path / "report" / "report.html").is_file()


@pytest.mark.parametrize("package", ["ann", "bio", "compare", "compare.experiment", "compare.store"])
def test_importing_a_package_imports_no_heavy_library(package: str) -> None:
    code = f"import sys, {package}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
