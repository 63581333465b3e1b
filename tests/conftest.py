"""What all tests share: modules that lie beside this file can be imported, and a made-up study is at hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from compare.store import Study

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def synthetic_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A complete made-up study of three seeds, see synthetic_study.py. Read it only; it is written once a session."""
    from synthetic_study import write_synthetic_study

    return write_synthetic_study(tmp_path_factory.mktemp("synthetic") / "study", seeds=3)
