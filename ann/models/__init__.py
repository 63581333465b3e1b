"""Model recipes: frozen dataclasses that build plain torch modules. One part a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ann.models._block import Block
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

__all__ = [
    "CNN", "GAN", "GRU", "LSTM", "MLP", "RNN", "VAE", "Attention", "Block", "EncoderDecoder", "Linear", "Logistic",
    "QuantisedMLP", "ResidualCNN",
]  # fmt: skip

_HOME = {
    "EncoderDecoder": "ann.models.autoencoder",
    "GAN": "ann.models.gan",
    "VAE": "ann.models.vae",
    "Block": "ann.models._block",
    "CNN": "ann.models.cnn",
    "Logistic": "ann.models.logistic",
    "MLP": "ann.models.mlp",
    "RNN": "ann.models.rnn",
    "LSTM": "ann.models.lstm",
    "GRU": "ann.models.gru",
    "Attention": "ann.models.attention",
    "Linear": "ann.models.linear",
    "QuantisedMLP": "ann.models.quantised_mlp",
    "ResidualCNN": "ann.models.residual_cnn",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
