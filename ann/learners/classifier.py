"""Any network with any learning rule, as a scikit-learn classifier"""

from __future__ import annotations

from typing import ClassVar, Literal

from ann.contract import Encoder, LearningRule, Model
from ann.learners._network import NetworkLearner
from ann.rules.backprop import Backprop


class Classifier(NetworkLearner):
    """A model and a rule: the network's outputs go through a softmax, and the largest decides.

    Args:
        model: the recipe of the network, `ann.MLP(hidden=(100,))`.
        rule: how it learns; None is Backprop().
        encoder: spikes that the samples are read through; a network of values reads their counts. None: the samples
            themselves, and for a network of spikes its recipe's own encoder.
        epochs: passes over the training data; 0 leaves it untrained.
        batch_size: samples per update.
        device: "auto" is the GPU where there is one.
        random_state: seed of the weights, of the order of the samples and of the rule's chance.

    Example:
        >>> from sklearn.datasets import load_digits
        >>> from ann import MLP, Classifier
        >>> X, y = load_digits(return_X_y=True)
        >>> learner = Classifier(MLP(hidden=(50,)), random_state=0).fit(X[:1000] / 16, y[:1000])
        >>> learner.score(X[1000:] / 16, y[1000:]) > 0.9
        True
    """

    name: ClassVar[str] = "classifier"

    def __init__(
        self,
        model: Model,
        rule: LearningRule | None = None,
        *,
        encoder: Encoder | None = None,
        epochs: int = 20,
        batch_size: int = 64,
        device: Literal["auto", "cpu", "cuda"] = "auto",
        random_state: int | None = None,
    ) -> None:
        self.model = model
        self.rule = rule
        self.encoder = encoder
        self.epochs = epochs
        self.batch_size = batch_size
        self.device = device
        self.random_state = random_state

    def _recipe(self) -> Model:
        return self.model

    def _learning_rule(self) -> LearningRule:
        return Backprop() if self.rule is None else self.rule
