"""Any network with any learning rule, as a scikit-learn classifier"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from ann.contract import Encoder, LearningRule, Model
from ann.learners._classes import AnswersClasses
from ann.learners._network import NetworkLearner
from ann.losses import ClassLossName
from ann.training import Precision


class Classifier(AnswersClasses, NetworkLearner):
    """A model and a rule: the network has an output for each class, and the largest decides.

    Args:
        model: the recipe of the network, `ann.MLP(hidden=(100,))`.
        rule: how it learns; None is Backprop().
        encoder: spikes that the samples are read through; a network of values reads their counts. None: the samples
            themselves, and for a network of spikes its recipe's own encoder.
        loss: "cross_entropy", "binary_cross_entropy", "hinge" or "mse"; see ann.losses.ClassLoss.
        class_weight: None; "balanced", in inverse proportion to how many samples a class has; or label -> factor.
        epochs: passes over the training data; 0 leaves it untrained.
        batch_size: samples per update.
        patience: passes without a lower validation loss after which training ends, with the best pass's weights; None:
            all passes. Without validation samples a tenth of the training samples is held out.
        clip_norm: longest allowed norm of all updates together; None: any.
        precision: "bfloat16" makes products in half precision where torch holds it safe (mixed precision); it pays on
            a GPU.
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
        loss: ClassLossName = "cross_entropy",
        class_weight: Literal["balanced"] | Mapping[Any, float] | None = None,
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
        self.encoder = encoder
        self.loss = loss
        self.class_weight = class_weight
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.clip_norm = clip_norm
        self.precision = precision
        self.device = device
        self.random_state = random_state
