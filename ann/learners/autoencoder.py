"""Any network with a code in its middle, as a scikit-learn transformer"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.metrics import r2_score

from ann import chance
from ann.contract import LearningRule, Model
from ann.learners._network import NetworkLearner
from ann.learners._samples import LearnsSamples
from ann.losses import ValueLoss, ValueLossName
from ann.training import Precision


class Autoencoder(LearnsSamples, ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetworkLearner):
    """A model and a rule: the network answers with its input, through a layer "code" that is narrower.

    Args:
        model: a recipe whose network has a layer "code", `ann.EncoderDecoder(hidden=(64,), code=8)`.
        rule: how it learns; None is Backprop().
        loss: "mse", "mae" or "huber", over all values of a sample; see ann.losses.ValueLoss.
        epochs, batch_size, patience, clip_norm, precision, device, random_state: as in ann.Regressor.

    Example:
        >>> from sklearn.datasets import load_digits
        >>> from ann import Autoencoder, EncoderDecoder
        >>> X = load_digits().data[:500] / 16
        >>> learner = Autoencoder(EncoderDecoder(hidden=(32,), code=8), epochs=40, random_state=0).fit(X)
        >>> learner.transform(X).shape, learner.score(X) > 0.5
        ((500, 8), True)
    """

    name: ClassVar[str] = "autoencoder"
    _purpose: ClassVar[str] = "reproduces samples from a code"

    def __init__(
        self,
        model: Model,
        rule: LearningRule | None = None,
        *,
        loss: ValueLossName = "mse",
        epochs: int = 20,
        batch_size: int = 64,
        patience: int | None = None,
        clip_norm: float | None = None,
        precision: Precision = "float32",
        device: Literal["auto", "cpu", "cuda"] = "auto",
        random_state: int | None = None,
    ) -> None:
        self.model = model
        self.rule = rule
        self.loss = loss
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.clip_norm = clip_norm
        self.precision = precision
        self.device = device
        self.random_state = random_state

    def _loss(self) -> ValueLoss:
        return ValueLoss(self.loss)

    def _readout_text(self) -> str:
        return "the output layer's values, one for each of the sample's"

    def _build(self, recipe: Model, shape: tuple[int, ...], outputs: int, weights: torch.Generator) -> torch.nn.Module:
        network = super()._build(recipe, shape, outputs, weights)
        names = [name for name, _ in network.named_children()]
        if not isinstance(network, torch.nn.Sequential) or "code" not in names[:-1]:
            raise ValueError(
                f'{recipe.name} has no layer "code" with layers behind it, but {", ".join(names)}. An Autoencoder '
                "takes codes from it; choose EncoderDecoder()."
            )
        return network

    def transform(self, X: np.ndarray) -> np.ndarray:
        """The samples' codes, (sample, code)."""
        return self.activations(X)["code"].astype(np.float64)

    @property
    def _n_features_out(self) -> int:
        """How long a code is: scikit-learn names its columns "autoencoder0", "autoencoder1" ..."""
        return self._behind_the_code()[1]

    def inverse_transform(self, codes: np.ndarray) -> np.ndarray:
        """The samples that these codes (sample, code) stand for, (sample, *shape).

        Raises:
            ValueError: for codes of another length.
        """
        behind, width = self._behind_the_code()
        codes = np.asarray(codes, np.float32)
        if codes.ndim != 2 or codes.shape[1] != width:
            raise ValueError(f"codes have the shape {codes.shape}; expected (sample, {width}), as transform gives.")
        with chance.deterministic(), torch.no_grad():
            found = behind.eval()(torch.from_numpy(codes).to(self._reading_.device))
        return found.double().cpu().numpy().reshape(len(codes), *self._shape_)

    def _behind_the_code(self) -> tuple[torch.nn.Sequential, int]:
        layers = dict(self.network_.named_children())
        place = list(layers).index("code")
        blank = torch.zeros(1, *self._read_shape_, device=self._reading_.device)
        with torch.no_grad():
            width = self._rule_.activity(self.network_, blank, self._rule_state_)["code"].shape[1]
        return torch.nn.Sequential(*list(layers.values())[place + 1 :]), width

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The samples as they come out again, (sample, *shape): inverse_transform(transform(X))."""
        answers = self._answers(X).numpy()
        return answers.reshape(len(answers), *self._shape_)

    def score(self, X: np.ndarray, y: Any = None) -> float:
        """The share of the samples' variance that is reproduced: 1 - squared error / variance, over all values.

        Of a linear network no more than the share that as many principal components explain.
        """
        rows = (len(X), -1)
        found = self.predict(X).reshape(rows)
        return float(r2_score(np.asarray(X, np.float64).reshape(rows), found, multioutput="variance_weighted"))

    def update_and_gradient(self, X: np.ndarray, y: Any = None) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """As in ann.Classifier, the samples themselves being the targets."""
        return super().update_and_gradient(X, X)
