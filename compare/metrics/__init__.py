"""Numbers that describe one run. One metric a file; one is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.metrics._confusion import confusion_matrix
    from compare.metrics._fixed_features import FixedFeatures, fixed_features
    from compare.metrics._frechet import frechet_distance_of_gaussians
    from compare.metrics._generation import generation_measures
    from compare.metrics._neighbours import expected_coverage
    from compare.metrics.accuracy import Accuracy
    from compare.metrics.coverage import Coverage
    from compare.metrics.density import Density
    from compare.metrics.expected_calibration_error import ExpectedCalibrationError
    from compare.metrics.f1 import F1
    from compare.metrics.frechet_distance import FrechetDistance
    from compare.metrics.mean_rate_hz import MeanRateHz
    from compare.metrics.mean_squared_error import MeanSquaredError
    from compare.metrics.operations_dense import OperationsDense
    from compare.metrics.operations_effective import OperationsEffective
    from compare.metrics.parameters import Parameters
    from compare.metrics.precision import Precision
    from compare.metrics.recall import Recall
    from compare.metrics.reconstruction_error import ReconstructionError
    from compare.metrics.root_mean_squared_error import RootMeanSquaredError
    from compare.metrics.silent_share import SilentShare
    from compare.metrics.spikes_per_sample import SpikesPerSample
    from compare.metrics.state_memory import StateMemory

__all__ = [
    "F1",
    "Accuracy",
    "Coverage",
    "Density",
    "ExpectedCalibrationError",
    "FixedFeatures",
    "FrechetDistance",
    "MeanRateHz",
    "MeanSquaredError",
    "OperationsDense",
    "OperationsEffective",
    "Parameters",
    "Precision",
    "Recall",
    "ReconstructionError",
    "RootMeanSquaredError",
    "SilentShare",
    "SpikesPerSample",
    "StateMemory",
    "confusion_matrix",
    "expected_coverage",
    "fixed_features",
    "frechet_distance_of_gaussians",
    "generation_measures",
]

_HOME = {
    "F1": "f1",
    "Accuracy": "accuracy",
    "Coverage": "coverage",
    "Density": "density",
    "FrechetDistance": "frechet_distance",
    "MeanSquaredError": "mean_squared_error",
    "ReconstructionError": "reconstruction_error",
    "RootMeanSquaredError": "root_mean_squared_error",
    "ExpectedCalibrationError": "expected_calibration_error",
    "FixedFeatures": "_fixed_features",
    "MeanRateHz": "mean_rate_hz",
    "OperationsDense": "operations_dense",
    "OperationsEffective": "operations_effective",
    "Parameters": "parameters",
    "Precision": "precision",
    "Recall": "recall",
    "SilentShare": "silent_share",
    "SpikesPerSample": "spikes_per_sample",
    "StateMemory": "state_memory",
    "confusion_matrix": "_confusion",
    "expected_coverage": "_neighbours",
    "fixed_features": "_fixed_features",
    "frechet_distance_of_gaussians": "_frechet",
    "generation_measures": "_generation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
