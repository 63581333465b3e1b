"""Any network with any learning rule, as a scikit-learn regressor"""

from __future__ import annotations

from typing import ClassVar, Literal

from ann.contract import Encoder, LearningRule, Model
from ann.learners._network import NetworkLearner
from ann.learners._values import AnswersValues
from ann.losses import ValueLossName
from ann.training import Precision


class Regressor(AnswersValues, NetworkLearner):
    """A model and a rule: the network has an output for each value, which it learns standardised.

    Args:
        model: the recipe of the network, `ann.MLP(hidden=(100,))`.
        rule: how it learns; None is Backprop().
        encoder: spikes that the samples are read through; a network of values reads their counts. None: the samples
            themselves, and for a network of spikes its recipe's own encoder.
        loss: "mse", "mae" or "huber", of standardised values; see ann.losses.ValueLoss.
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
        >>> import numpy as np
        >>> from ann import MLP, Regressor
        >>> X = np.random.default_rng(0).random((500, 2))
        >>> learner = Regressor(MLP(hidden=(30,)), random_state=0).fit(X, X[:, 0] * X[:, 1])
        >>> learner.score(X, X[:, 0] * X[:, 1]) > 0.95
        True
    """

    name: ClassVar[str] = "regressor"

    def __init__(
        self,
        model: Model,
        rule: LearningRule | None = None,
        *,
        encoder: Encoder | None = None,
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
        self.encoder = encoder
        self.loss = loss
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.clip_norm = clip_norm
        self.precision = precision
        self.device = device
        self.random_state = random_state
