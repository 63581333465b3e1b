"""Numbers that describe one run. One metric a file; one is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.metrics._confusion import confusion_matrix
    from compare.metrics._fixed_features import FixedFeatures, fixed_features
    from compare.metrics._frechet import frechet_distance, frechet_distance_of_gaussians
    from compare.metrics._generation import generation_measures
    from compare.metrics._neighbours import coverage, density, expected_coverage
    from compare.metrics._pixel_gaussian import PixelGaussian
    from compare.metrics._reconstruction import reconstruction_error
    from compare.metrics.accuracy import Accuracy
    from compare.metrics.expected_calibration_error import ExpectedCalibrationError
    from compare.metrics.f1 import F1
    from compare.metrics.mean_rate_hz import MeanRateHz
    from compare.metrics.operations_dense import OperationsDense
    from compare.metrics.operations_effective import OperationsEffective
    from compare.metrics.parameters import Parameters
    from compare.metrics.precision import Precision
    from compare.metrics.recall import Recall
    from compare.metrics.silent_share import SilentShare
    from compare.metrics.spikes_per_sample import SpikesPerSample
    from compare.metrics.state_memory import StateMemory

__all__ = [
    "F1",
    "Accuracy",
    "ExpectedCalibrationError",
    "FixedFeatures",
    "MeanRateHz",
    "OperationsDense",
    "OperationsEffective",
    "Parameters",
    "PixelGaussian",
    "Precision",
    "Recall",
    "SilentShare",
    "SpikesPerSample",
    "StateMemory",
    "confusion_matrix",
    "coverage",
    "density",
    "expected_coverage",
    "fixed_features",
    "frechet_distance",
    "frechet_distance_of_gaussians",
    "generation_measures",
    "reconstruction_error",
]

_HOME = {
    "F1": "f1",
    "Accuracy": "accuracy",
    "ExpectedCalibrationError": "expected_calibration_error",
    "FixedFeatures": "_fixed_features",
    "MeanRateHz": "mean_rate_hz",
    "OperationsDense": "operations_dense",
    "OperationsEffective": "operations_effective",
    "Parameters": "parameters",
    "PixelGaussian": "_pixel_gaussian",
    "Precision": "precision",
    "Recall": "recall",
    "SilentShare": "silent_share",
    "SpikesPerSample": "spikes_per_sample",
    "StateMemory": "state_memory",
    "confusion_matrix": "_confusion",
    "coverage": "_neighbours",
    "density": "_neighbours",
    "expected_coverage": "_neighbours",
    "fixed_features": "_fixed_features",
    "frechet_distance": "_frechet",
    "frechet_distance_of_gaussians": "_frechet",
    "generation_measures": "_generation",
    "reconstruction_error": "_reconstruction",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
