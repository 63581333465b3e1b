"""A network is a model and a learning rule; learners are scikit-learn estimators made of the two.

Importing this package costs nothing: torch is imported when one of the names below is first used.

Example:
    >>> import ann
    >>> ann.Classifier(ann.MLP(hidden=(100,)), ann.Backprop(), epochs=5).epochs
    5
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ann.source import Source

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
    from ann.models.attention import Attention
    from ann.models.autoencoder import EncoderDecoder
    from ann.models.cnn import CNN
    from ann.models.gan import GAN
    from ann.models.gru import GRU
    from ann.models.linear import Linear
    from ann.models.logistic import Logistic
    from ann.models.lstm import LSTM
    from ann.models.mlp import MLP
    from ann.models.quantised_mlp import QuantisedMLP
    from ann.models.residual_cnn import ResidualCNN
    from ann.models.rnn import RNN
    from ann.models.vae import VAE
    from ann.onnx_export import export_onnx
    from ann.rules.backprop import Backprop
    from ann.rules.direct_feedback_alignment import DirectFeedbackAlignment
    from ann.rules.equilibrium_propagation import EquilibriumPropagation
    from ann.rules.feedback_alignment import FeedbackAlignment
    from ann.rules.forward_forward import ForwardForward
    from ann.rules.frozen_hidden import FrozenHidden
    from ann.rules.kolen_pollack import KolenPollack
    from ann.rules.krotov_hopfield import KrotovHopfield
    from ann.rules.node_perturbation import NodePerturbation
    from ann.rules.predictive_coding import PredictiveCoding
    from ann.rules.sanger import Sanger
    from ann.rules.sign_symmetry import SignSymmetry
    from ann.rules.soft_hebb import SoftHebb
    from ann.rules.target_propagation import TargetPropagation
    from ann.rules.weight_mirror import WeightMirror
    from ann.rules.weight_perturbation import WeightPerturbation

__all__ = [
    "CNN", "GAN", "GRU", "LSTM", "MLP", "RNN", "VAE", "Attention", "Autoencoder", "Backprop", "Classifier",
    "DirectFeedbackAlignment", "EncoderDecoder", "EquilibriumPropagation", "FeedbackAlignment", "ForwardForward",
    "FrozenHidden", "Generator", "KolenPollack", "KrotovHopfield", "Linear", "Logistic", "NodePerturbation",
    "PCAClassifier", "PixelGaussian", "PredictiveCoding", "QuantisedMLP", "Regressor", "ResidualCNN", "Sanger",
    "SequenceClassifier", "SequenceRegressor", "ShuffledLabels", "SignSymmetry", "SoftHebb", "Source",
    "TargetPropagation", "TrainingSamples", "WeightMirror", "WeightPerturbation", "export_onnx",
]  # fmt: skip

_HOME = {
    "export_onnx": "ann.onnx_export",
    "Autoencoder": "ann.learners.autoencoder",
    "Generator": "ann.learners.generator",
    "EncoderDecoder": "ann.models.autoencoder",
    "GAN": "ann.models.gan",
    "VAE": "ann.models.vae",
    "Attention": "ann.models.attention",
    "Linear": "ann.models.linear",
    "QuantisedMLP": "ann.models.quantised_mlp",
    "ResidualCNN": "ann.models.residual_cnn",
    "Classifier": "ann.learners.classifier",
    "PCAClassifier": "ann.learners.pca_classifier",
    "PixelGaussian": "ann.learners.pixel_gaussian",
    "TrainingSamples": "ann.learners.training_samples",
    "Regressor": "ann.learners.regressor",
    "ShuffledLabels": "ann.learners.shuffled_labels",
    "CNN": "ann.models.cnn",
    "Logistic": "ann.models.logistic",
    "MLP": "ann.models.mlp",
    "Backprop": "ann.rules.backprop",
    "DirectFeedbackAlignment": "ann.rules.direct_feedback_alignment",
    "EquilibriumPropagation": "ann.rules.equilibrium_propagation",
    "FeedbackAlignment": "ann.rules.feedback_alignment",
    "ForwardForward": "ann.rules.forward_forward",
    "FrozenHidden": "ann.rules.frozen_hidden",
    "KolenPollack": "ann.rules.kolen_pollack",
    "KrotovHopfield": "ann.rules.krotov_hopfield",
    "NodePerturbation": "ann.rules.node_perturbation",
    "PredictiveCoding": "ann.rules.predictive_coding",
    "Sanger": "ann.rules.sanger",
    "SignSymmetry": "ann.rules.sign_symmetry",
    "SoftHebb": "ann.rules.soft_hebb",
    "TargetPropagation": "ann.rules.target_propagation",
    "WeightMirror": "ann.rules.weight_mirror",
    "WeightPerturbation": "ann.rules.weight_perturbation",
    "RNN": "ann.models.rnn",
    "LSTM": "ann.models.lstm",
    "GRU": "ann.models.gru",
    "SequenceClassifier": "ann.learners.sequence_classifier",
    "SequenceRegressor": "ann.learners.sequence_regressor",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
