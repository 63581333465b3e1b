"""Sums a learner's table of operations."""

from __future__ import annotations

import numpy as np

from compare.contract import Evidence


def per_sample(evidence: Evidence, column: str) -> float:
    """The sum of one column, over what is done to answer (rows of training are left out where the table has them).

    Raises:
        ValueError: there is no table, or no such column.
    """
    table = evidence.operations
    if table is None or column not in table:
        found = "no table of operations" if table is None else f"the columns {list(table.columns)}"
        raise ValueError(f"{found}; expected one with a column {column!r}. The learner's operations() gives it.")
    if "phase" in table:
        table = table[table["phase"] != "training"]
    return float(np.sum(np.asarray(table[column], dtype=float)))
