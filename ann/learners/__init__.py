"""Learners: scikit-learn estimators made of a model and a learning rule. One part a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ann.learners.autoencoder import Autoencoder
    from ann.learners.classifier import Classifier
    from ann.learners.generator import Generator
    from ann.learners.pca_classifier import PCAClassifier
    from ann.learners.pixel_gaussian import PixelGaussian
    from ann.learners.regressor import Regressor
    from ann.learners.sequence_classifier import SequenceClassifier
    from ann.learners.sequence_regressor import SequenceRegressor
    from ann.learners.shuffled_labels import ShuffledLabels
    from ann.learners.training_samples import TrainingSamples

__all__ = [
    "Autoencoder", "Classifier", "Generator", "PCAClassifier", "PixelGaussian", "Regressor", "SequenceClassifier",
    "SequenceRegressor", "ShuffledLabels", "TrainingSamples",
]  # fmt: skip

_HOME = {
    "Autoencoder": "ann.learners.autoencoder",
    "Generator": "ann.learners.generator",
    "Classifier": "ann.learners.classifier",
    "PCAClassifier": "ann.learners.pca_classifier",
    "PixelGaussian": "ann.learners.pixel_gaussian",
    "TrainingSamples": "ann.learners.training_samples",
    "Regressor": "ann.learners.regressor",
    "ShuffledLabels": "ann.learners.shuffled_labels",
    "SequenceClassifier": "ann.learners.sequence_classifier",
    "SequenceRegressor": "ann.learners.sequence_regressor",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
