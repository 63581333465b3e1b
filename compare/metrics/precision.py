"""Precision, macro-averaged: how many of those called a class belong to it

The unweighted mean over the classes that occur in the labels or in the predictions, as scikit-learn does; a class for
which it is undefined (never predicted) counts as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._confusion import class_counts, share

__all__ = ["Precision"]


@dataclass(frozen=True)
class Precision:
    """Mean over classes of TP / (TP + FP), a fraction."""

    name: ClassVar[str] = "precision"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["higher", "lower", "neither"]] = "higher"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs: ClassVar[frozenset[str]] = frozenset({"y", "prediction"})

    def __call__(self, evidence: Evidence) -> float:
        correct, called, _ = class_counts(evidence)
        return float(share(correct, called).mean())
