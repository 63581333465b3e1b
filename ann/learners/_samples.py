"""What learners share whose only target is the samples themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils.validation import validate_data

from ann.contract import Encoder, Model, Observer

__all__ = ["LearnsSamples"]


class LearnsSamples:
    """Nobody says what a sample is; the network has an output for each of its values. Goes before the learner."""

    encoder: Encoder | None = None  # the values themselves are learned
    serves: ClassVar[str] = "none"

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        validation: tuple[np.ndarray, Any] | None = None,
        observer: Observer | None = None,
        checkpoint: str | Path | None = None,
    ) -> Any:
        """Learn from X (sample, *shape); `y` is not looked at. The rest as in ann.Classifier.fit.

        Raises:
            ValueError: if the model or the rule cannot serve this data, or the checkpoint is of another training, with
                the reason.
        """
        return super().fit(X, None, validation=validation, observer=observer, checkpoint=checkpoint)  # type: ignore[misc]

    def _checked_targets(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        X = validate_data(self, X, allow_nd=True, dtype=np.float32)  # type: ignore[arg-type]
        return X, self._known_targets(X)

    def _more_targets(self, X: Any, y: Any) -> np.ndarray:
        return self._known_targets(X)

    def _known_targets(self, y: Any) -> np.ndarray:
        return np.asarray(y, np.float32).reshape(len(y), -1)

    def _outputs(self) -> int:
        return int(np.prod(self._shape_))  # type: ignore[attr-defined]

    def _build(self, recipe: Model, shape: tuple[int, ...], outputs: int, weights: torch.Generator) -> torch.nn.Module:
        return recipe.build(shape, int(np.prod(shape)), weights)
