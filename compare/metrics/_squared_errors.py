"""By how much answered values miss their targets, squared."""

from __future__ import annotations

import numpy as np

from compare.contract import Evidence


def mean_square(evidence: Evidence, metric: str) -> float:
    """Mean over samples, and steps and values where there are several, of (answer - target)^2.

    Raises:
        ValueError: there are no samples, or the answers have another shape, which numpy would spread over the targets.
    """
    value, answer = (np.asarray(given, np.float64) for given in (evidence.value, evidence.value_prediction))
    if value.shape != answer.shape:
        raise ValueError(f"the targets have the shape {value.shape}, the answers {answer.shape}; expected the same.")
    squares = (answer - value) ** 2
    if not squares.size:
        raise ValueError(f"{metric} of no samples is not defined. Give at least one.")
    return float(squares.mean())
