"""Expected calibration error: how far confidence lies from accuracy

ECE = sum_b |B_b| / n * |accuracy(B_b) - confidence(B_b)|, the confidence being the largest class score of a sample.
Source: Guo, Pleiss, Sun & Weinberger 2017, ICML, arXiv:1706.04599 (15 bins).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from compare.contract import Evidence

__all__ = ["ExpectedCalibrationError"]


@dataclass(frozen=True)
class ExpectedCalibrationError:
    """Mean over samples of |accuracy - confidence| of their confidence bin, a fraction.

    Attributes:
        bins: equal-width bins of the confidence over [0, 1].
    """

    bins: int = 15

    name: ClassVar[str] = "expected_calibration_error"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal["higher", "lower", "neither"]] = "lower"
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    needs: ClassVar[frozenset[str]] = frozenset({"y", "score"})

    def __call__(self, evidence: Evidence) -> float:
        if evidence.score is None:
            raise ValueError("expected_calibration_error needs class scores; the learner has no predict_proba.")
        confidence = evidence.score.max(axis=1)
        correct = (evidence.score.argmax(axis=1) == evidence.y).astype(float)
        number = np.clip(np.ceil(confidence * self.bins).astype(int) - 1, 0, self.bins - 1)  # (low, high], as published
        gap = np.bincount(number, weights=correct - confidence, minlength=self.bins)
        return float(np.abs(gap).sum() / len(correct))
