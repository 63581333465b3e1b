"""F1, macro-averaged: harmonic mean of precision and recall

The unweighted mean over the classes that occur in the labels or in the predictions, as scikit-learn does; a class for
which it is undefined (never predicted nor present) counts as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from compare.contract import Evidence
from compare.metrics._confusion import class_counts, share

__all__ = ["F1"]


@dataclass(frozen=True)
class F1:
    """Mean over classes of 2 TP / (2 TP + FP + FN), a fraction."""

    name: ClassVar[str] = "f1"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["higher", "lower", "neither"]] = "higher"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs: ClassVar[frozenset[str]] = frozenset({"y", "prediction"})

    def __call__(self, evidence: Evidence) -> float:
        correct, called, present = class_counts(evidence)
        return float(share(2 * correct, called + present).mean())
