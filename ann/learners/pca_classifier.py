"""Principal components and a linear read-out: the best linear features there are"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from sklearn.decomposition import PCA

from ann.contract import Encoder, LearningRule, Model
from ann.learners._classes import AnswersClasses
from ann.learners._network import NetworkLearner
from ann.models._block import Block
from ann.models.mlp import MLP
from ann.rules.frozen_hidden import FrozenHidden
from ann.source import Source

PEARSON = Source(
    "Pearson 1901, Phil. Mag. 2:559",
    "Pearson, Karl",
    "On lines and planes of closest fit to systems of points in space",
    "Philosophical Magazine",
    1901,
    "10.1080/14786440109462720",
)


class PCAClassifier(AnswersClasses, NetworkLearner):
    """h = V (x - m), the leading principal components of the training samples; softmax(W h + b) on top.

    The components are computed by scikit-learn and then left alone. The read-out is trained as after Sanger's rule and
    over frozen hidden layers, so the three differ in their features only. Samples of spikes are read at their first
    presentation to find the components.

    Args:
        components: how many. Data with fewer features or samples give as many as they have.
        rule: how the read-out learns; None is FrozenHidden().
        encoder: spikes that the samples are read through, as counts; None: the samples themselves.
        epochs: passes over the training data.
        batch_size: samples per update.
        device: "auto" is the GPU where there is one.
        random_state: seed of the read-out's weights and of the order of the samples.

    Source: Pearson 1901, doi:10.1080/14786440109462720.
    """

    name: ClassVar[str] = "pca_classifier"

    def __init__(
        self,
        components: int,
        rule: LearningRule | None = None,
        *,
        encoder: Encoder | None = None,
        epochs: int = 20,
        batch_size: int = 64,
        device: Literal["auto", "cpu", "cuda"] = "auto",
        random_state: int | None = None,
    ) -> None:
        self.components = components
        self.rule = rule
        self.encoder = encoder
        self.epochs = epochs
        self.batch_size = batch_size
        self.device = device
        self.random_state = random_state

    def _recipe(self) -> Model:
        if self.components < 1:
            raise ValueError(f"components = {self.components}, but at least 1 principal component is needed.")
        return MLP(hidden=(getattr(self, "_kept_", self.components),), activation="linear")

    def _learning_rule(self) -> LearningRule:
        rule = FrozenHidden() if self.rule is None else self.rule
        if not isinstance(rule, FrozenHidden):
            raise ValueError(
                f'PCAClassifier trains its read-out alone, but rule = "{rule.name}" would move the components too. '
                'Use rule = "frozen_hidden".'
            )
        return rule

    def _look(self, X: np.ndarray) -> None:
        if len(X) < 2:
            raise ValueError(f"Principal components need at least 2 samples, but X has n_samples = {len(X)}.")
        shape = X.shape[1:] if self.encoder is None else self.encoder.neuron_shape(X.shape[1:])
        self._kept_ = min(self.components, len(X), int(np.prod(shape)))

    def _prepare(self, X: np.ndarray) -> None:
        values = self._reading_.batch(X).flatten(1).double().cpu().numpy()
        found = PCA(self._kept_, svd_solver="covariance_eigh").fit(values)
        layer = self.network_.get_submodule("hidden1")
        assert isinstance(layer, Block)
        directions = torch.tensor(found.components_)
        with torch.no_grad():
            layer.linear.weight.copy_(directions)
            layer.linear.bias.copy_(-directions @ torch.tensor(found.mean_))  # type: ignore[union-attr]

    def _fitted_parameters(self) -> set[str]:
        return {name for name, _ in self.network_.named_parameters()}

    def describe(self) -> dict[str, Any]:
        """The facts of a network, with principal components as the rule of its hidden layer."""
        facts = super().describe()
        rule = {
            "name": "pca",
            "equation": "hidden: C v = λ v, C the covariance of x;  read-out: ΔW = η (t - p) h'",
            "text": "Principal components of the training samples, and a read-out trained on them.",
            "source": asdict(PEARSON),
        }
        sources = [asdict(PEARSON), *facts["sources"][1:]]
        return facts | {"rule": facts["rule"] | rule, "sources": sources}

    def _more_departures(self) -> list[str]:
        if self._kept_ == self.components:
            return []
        return [f"{self.components} principal components were asked for; the data have {self._kept_}."]
