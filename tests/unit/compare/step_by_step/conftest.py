"""Everything that learning step by step computes, once for all tests in this folder."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compare.step_by_step import collect


@pytest.fixture(scope="session")
def gathered() -> dict[str, Any]:
    """As the page and the report have it: seed 0, through JSON. Read it only."""
    return json.loads(json.dumps(collect(0), allow_nan=False))
