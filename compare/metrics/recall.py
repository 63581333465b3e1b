"""Recall, macro-averaged: how many of a class were found

The unweighted mean over the classes that occur in the labels or in the predictions, as scikit-learn does; a class for
which it is undefined (never present) counts as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._confusion import class_counts, share

__all__ = ["Recall"]


@dataclass(frozen=True)
class Recall:
    """Mean over classes of TP / (TP + FN), a fraction."""

    name: ClassVar[str] = "recall"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["higher", "lower", "neither"]] = "higher"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs: ClassVar[frozenset[str]] = frozenset({"y", "prediction"})

    def __call__(self, evidence: Evidence) -> float:
        correct, _, present = class_counts(evidence)
        return float(share(correct, present).mean())
