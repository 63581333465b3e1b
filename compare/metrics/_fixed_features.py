"""A classifier that is trained once for a task and then only looks: the features that generated samples are judged in.

Which classifier it is changes the numbers, so it is always the same: seed 0, the task's training samples, the CPU, and
the digest of its weights is told beside every figure.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["FixedFeatures", "fixed_features"]


@dataclass(frozen=True)
class FixedFeatures:
    """What the last hidden layer of a trained classifier says of samples.

    Attributes:
        learner: the fitted classifier.
        sha256: of its weights.
        layer: whose activity is taken.
    """

    learner: Any
    sha256: str
    layer: str

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Features (sample, feature) of samples (sample, *shape)."""
        return np.asarray(self.learner.activations(np.asarray(X, np.float32))[self.layer], np.float64)

    def text(self) -> str:
        """Which classifier it is, for a caption."""
        return f"layer {self.layer} of a {self.learner.model.name}, seed 0, weights {self.sha256[:12]}"


def fixed_features(X: np.ndarray, y: np.ndarray, epochs: int = 10) -> FixedFeatures:
    """The features for a task with these training samples; a CNN of images, else an MLP.

    Args:
        X: training samples (sample, *shape).
        y: their classes.
        epochs: passes over them.
    """
    import ann

    images = X.ndim == 4 and min(X.shape[2:]) >= 4
    model = ann.CNN(channels=(16, 32), hidden=(32,)) if images else ann.MLP(hidden=(64, 32))
    learner = ann.Classifier(model, epochs=epochs, device="cpu", random_state=0).fit(X, y)
    digest = hashlib.sha256()
    for name, weights in sorted(learner.weights().items()):
        digest.update(name.encode() + np.ascontiguousarray(weights).tobytes())
    return FixedFeatures(learner, digest.hexdigest(), list(learner.activations(X[:1]))[-2])
