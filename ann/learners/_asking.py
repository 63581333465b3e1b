"""What a fitted network can be asked: layers, spikes, operations, gradients and weights, the learners' capabilities."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ann import chance
from ann.contract import LearningRule, State
from ann.learners import _counting, _description, _input_gradient, _weights
from ann.learners._reading import Reading
from ann.rules._layers import gradient_updates
from ann.training import Loss, Progress

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 256  # samples per batch when answering; bounds memory


class CanBeAsked:
    """The half of a network learner that answers once it is fitted; the other half, NetworkLearner, fits it."""

    serves: ClassVar[str]
    network_: torch.nn.Module
    progress_: Progress
    _reading_: Reading
    _rule_: LearningRule
    _rule_state_: State
    _seed_: int

    def _checked(self, X: Any) -> np.ndarray:
        """Samples as float32, if it is fitted and they have the shape of the first ones."""
        raise NotImplementedError

    def _pair(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Samples and their targets, checked."""
        raise NotImplementedError

    def _on_device(self, targets: np.ndarray) -> torch.Tensor:
        raise NotImplementedError

    def _loss(self) -> Loss:
        """What training lowers."""
        raise NotImplementedError

    def _batches(self, X: np.ndarray) -> Iterator[torch.Tensor]:
        """X as the network reads it, a chunk at a time, in order."""
        self.network_.eval()
        for start in range(0, len(X), _CHUNK):
            yield self._reading_.batch(X[start : start + _CHUNK])

    def _answers(self, X: np.ndarray) -> torch.Tensor:
        """The network's outputs, float64, (sample, ...)."""
        X = self._checked(X)
        with chance.deterministic(), torch.no_grad():
            found = [self._rule_.output(self.network_, x, self._rule_state_).double() for x in self._batches(X)]
            return torch.cat(found).cpu()

    def activations(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Layer -> (sample, neuron) float32, in depth order, the output layer before its softmax.

        A spiking layer gives its spike counts; a convolution gives what comes out of its pooling, flattened.
        """
        X = self._checked(X)
        with chance.deterministic(), torch.no_grad():
            found = [self._rule_.activity(self.network_, x, self._rule_state_) for x in self._batches(X)]
        return {name: torch.cat([part[name] for part in found]).cpu().numpy() for name in found[0]}

    def spikes(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Population -> (sample, time, neuron) uint8, input first; empty for a network of values."""
        X = self._checked(X)
        if not self._reading_.spikes or not hasattr(self.network_, "layer_activity"):
            return {}
        with chance.deterministic(), torch.no_grad():
            found = [self._input_spikes(x) | self.network_.layer_activity(x) for x in self._batches(X)]  # type: ignore[operator]
        return {name: torch.cat([part[name] for part in found]).cpu().numpy().astype(np.uint8) for name in found[0]}

    def _input_spikes(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {} if self._reading_.current else {"input": x}

    def operations(self, X: np.ndarray, *, training: bool = False) -> pd.DataFrame:
        """Layer, operation, dense, effective: per sample, measured on X; see ann.operations.

        With `training`, what one update takes: the answer and the learning.
        """
        X = self._checked(X)
        with chance.deterministic(), torch.no_grad():
            return _counting.table(self, self._batches(X), len(X), training)

    def update_and_gradient(self, X: np.ndarray, y: Any) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """What the rule would change now, and minus the gradient of the loss, on these samples as one batch.

        Both are by parameter name and before the learning rate. Parameters that the rule leaves alone have no update,
        and those that the answer does not depend on have no gradient. Nothing is changed: a copy of the network is
        asked, and a rule that draws chance gets a generator of its own.

        Args:
            X: samples, (sample, *shape).
            y: their targets, of the kind that it was trained for.

        Raises:
            ValueError: for targets of another kind, as a label that was not in the training data.
            NotImplementedError: if the answer has no derivative.
        """
        check_is_fitted(self)
        X, targets = self._pair(X, y)
        target = self._on_device(targets)
        network, loss = copy.deepcopy(self.network_).train(), self._loss()
        own = chance.generator(self._seed_, "update_and_gradient")
        with chance.deterministic(), chance.borrowed(own):
            x = self._reading_.batch(X)
            updates, _ = self._rule_.updates(network, x, target, loss, self._rule_state_, own)
            network.load_state_dict(self.network_.state_dict())  # the batch statistics that an update may move
            value = loss(self._rule_.output(network, x, self._rule_state_), target)
            if not value.requires_grad:
                raise NotImplementedError(f"The answer that {self._rule_.name} gives has no derivative.")
            gradients = gradient_updates(network, value)
        as_arrays = ({name: p.detach().cpu().numpy() for name, p in found.items()} for found in (updates, gradients))
        return next(as_arrays), next(as_arrays)

    @available_if(lambda self: self.serves != "none" and _input_gradient.reads_values(self))
    def input_gradient(self, X: np.ndarray, y: Any) -> np.ndarray:
        """How the loss of each sample changes with its own values, float32 in the shape of X.

        Of networks that read the samples' values; what is read as spikes has no derivative. The network answers as in
        `predict`, and classes count alike, whatever `class_weight` says. Of values the loss is that of standardised
        ones.

        Args:
            X: samples, (sample, *shape).
            y: their targets, of the kind that it was trained for.

        Raises:
            ValueError: for targets of another kind, as a label that was not in the training data.
            NotImplementedError: if the answer has no derivative.
        """
        check_is_fitted(self)
        return _input_gradient.input_gradient(self, *self._pair(X, y), self._plain_loss())

    def _plain_loss(self) -> Loss:
        """The loss without factors of samples."""
        return self._loss()

    def _learned(self) -> set[str]:
        """Names of the parameters that the rule moves."""
        return self.progress_.learned or {name for name, _ in self.network_.named_parameters()}

    def _fitted_parameters(self) -> set[str]:
        """Names of the parameters that come from the data: the size of what was learned."""
        return self._learned()

    def weights(self) -> dict[str, np.ndarray]:
        """Name -> array: the network's parameters and buffers, and the rule's own state under "rule."."""
        check_is_fitted(self)
        return _weights.as_arrays(self)

    def with_weights(self, weights: dict[str, np.ndarray]) -> Any:
        """A copy of this learner that has these weights; names as in `weights()`, those of the rule may be missing.

        Raises:
            ValueError: if a name or a shape is another network's.
        """
        check_is_fitted(self)
        return _weights.with_arrays(self, weights)

    def receptive_fields(self) -> np.ndarray:
        """Weights into the first layer, (neuron, *shape); of a convolution (channel out, channel in, height, width).

        A network that reads an image patch by patch has (neuron, channel, height, width) of a patch, and one that reads
        a sequence a point at a time (neuron, 1, feature); a gated one tells the weights into its candidates, which both
        nn.LSTM and nn.GRU keep third. A GAN's are its discriminator's.
        """
        check_is_fitted(self)
        return _weights.receptive_fields(self)

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts about the fitted learner; the keys are those of compare.contract.Described."""
        check_is_fitted(self)
        return _description.describe(self)
