"""What learners share that answer at every step of a sequence."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import validate_data

from ann.contract import Model

__all__ = ["AnswersEveryStep"]


class AnswersEveryStep:
    """Targets have a time axis, and so have answers. Goes before the parents that it changes."""

    def _build(self, recipe: Model, shape: tuple[int, ...], outputs: int, weights: torch.Generator) -> torch.nn.Module:
        if not hasattr(recipe, "build_per_step"):
            raise ValueError(
                f"{recipe.name} gives one answer for a sample, not one for each step. Choose rnn, lstm or gru."
            )
        return recipe.build_per_step(shape, outputs, weights)  # type: ignore[attr-defined]

    def _more_targets(self, X: Any, y: Any) -> np.ndarray:
        y = np.asarray(y)
        _check_steps(X, y)
        return self._known_targets(y)  # type: ignore[attr-defined]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


def same_steps(learner: Any, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (sample, time, feature) as float32 and their targets (sample, time, ...).

    Raises:
        ValueError: if they are no sequences, do not fit together, or are not finite.
    """
    X, y = validate_data(learner, X, allow_nd=True, dtype=np.float32), np.asarray(y)
    if X.ndim != 3:
        raise ValueError(f"X has the shape {X.shape}; expected sequences (sample, time, feature).")
    _check_steps(X, y)
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise ValueError("y holds NaN or infinite values. Remove or replace them.")
    return X, y


def _check_steps(X: np.ndarray, y: np.ndarray) -> None:
    if y.ndim < 2 or y.shape[:2] != X.shape[:2]:
        raise ValueError(
            f"y has the shape {y.shape}, but X has {X.shape[0]} samples of {X.shape[1]} steps; expected a target for "
            f"each step, {X.shape[:2]} and no more than a value axis behind it."
        )
