"""Spiking network made from a trained artificial one: rates stand for ReLUs"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ann import chance
from ann.contract import Encoder, Observer
from ann.models import Block
from bio.equations import NeuronModel
from bio.learners import _conversion_description as description
from bio.learners import _conversion_error as error
from bio.learners._conversion_layers import (
    as_arrays,
    converted,
    layers_in_a_row,
    measured_scales,
    refusal,
    with_arrays,
)
from bio.learners._conversion_network import ConvertedNetwork, Reading
from bio.neurons.integrate_and_fire import INTEGRATE_AND_FIRE

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 256  # samples that are measured at a time; bounds memory
_SCALED_ON = 10_000  # training samples, drawn by chance, whose activations give the scales
_SAME = 1e-4  # of a probability: what float32 leaves between two ways to the same outputs


class ConvertedClassifier(ClassifierMixin, BaseEstimator):
    """Trains a network of ReLUs, then answers with integrate-and-fire neurons whose rates stand for its activations.

    With lambda the largest activation of a layer on the training data, W_l <- W_l lambda_(l-1) / lambda_l and
    b_l <- b_l / lambda_l. A neuron adds up its drive without a leak; at threshold it spikes and one threshold is taken
    off (equations: `bio.neurons.INTEGRATE_AND_FIRE`). After T steps a neuron of the first layer has the rate
    min(a / lambda, 1) to within 1/T; deeper ones come later and miss it by more: `conversion_error`.

    Batch normalisation is folded into the weights, average pooling is synapses, max pooling a gate
    (`bio.learners._conversion_run`).

    Args:
        learner: what is trained, an `ann.Classifier` of an MLP or a CNN with ReLUs; a clone of it is fitted.
        steps: T, time steps of an answer.
        percentile: of a layer's activations that is lambda: 100 is the maximum (Diehl et al. 2015); 99.9 gives higher
            rates and cuts off the largest (Rueckauer et al. 2017).
        readout: "membrane", the outputs add up what they receive and do not spike, or "spikes", their spikes count.
        encoder: spikes to read, in `steps` equal bins; the learner is trained on their counts. None: the values
            themselves, as constant currents, 1 ms a step.
        random_state: seed of the learner, where it has none of its own, and of the samples that give the scales where
            there are more than 10,000.

    Attributes:
        learner_: the trained clone.  classes_: the labels, sorted.  n_features_in_: length of a sample's first axis.
        spiking_: the spiking network, with the scales of its layers.

    Source: Diehl et al. 2015, IJCNN, doi 10.1109/IJCNN.2015.7280696; Rueckauer et al. 2017, Front. Neurosci. 11:682,
    doi 10.3389/fnins.2017.00682.
    """

    name: ClassVar[str] = "conversion"
    version: ClassVar[int] = 1

    def __init__(
        self,
        learner: BaseEstimator,
        *,
        steps: int = 256,
        percentile: float = 100.0,
        readout: Literal["membrane", "spikes"] = "membrane",
        encoder: Encoder | None = None,
        random_state: int | None = None,
    ) -> None:
        self.learner = learner
        self.steps = steps
        self.percentile = percentile
        self.readout = readout
        self.encoder = encoder
        self.random_state = random_state

    @property
    def classes_(self) -> np.ndarray:
        return self.learner_.classes_

    @property
    def duration_s(self) -> float:
        """Seconds that a fitted network takes for a sample."""
        check_is_fitted(self)
        return self.spiking_.reading.duration_s

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation: tuple[np.ndarray, np.ndarray] | None = None,
        observer: Observer | None = None,
    ) -> ConvertedClassifier:
        """Train the learner on X (sample, *shape) and labels y (sample,), then convert it.

        Args:
            X: values; in [0, 1] where they are encoded as spikes.
            y: labels of any kind that can be sorted.
            validation: handed to the learner.
            observer: watches while the learner trains; it is shown the conversion of what was learned so far.

        Raises:
            ValueError: a setting out of range, a network that has no faithful conversion, or data that the learner
                refuses.
        """
        X, y = validate_data(self, X, y, allow_nd=True, dtype=np.float32)
        check_classification_targets(y)
        self._check_settings()
        self._refuse(self._recipe_refusal(X.shape[1:], len(np.unique(y))))
        seed = chance.seed_of(self.random_state)
        self.learner_ = self._prepared(seed)
        self._reading_ = Reading(X.shape[1:], getattr(self.learner_, "encoder", None), int(self.steps))
        self._reading_.frames(X[:1])  # an encoder that has too few steps says so before anything is learned
        order = np.random.Generator(np.random.PCG64(chance.child(seed, "scales"))).permutation(len(X))
        scaled_on = X[np.sort(order[:_SCALED_ON])]
        watched = None if observer is None else _Converting(self, scaled_on, observer)
        more = {"validation": validation, "observer": watched}
        self.learner_.fit(X, y, **{name: value for name, value in more.items() if value is not None})
        self._convert(scaled_on)
        self._check_same_answers(scaled_on[:_CHUNK])
        return self

    def _check_settings(self) -> None:
        if isinstance(self.steps, bool) or not isinstance(self.steps, (int, np.integer)) or self.steps < 1:
            raise ValueError(f"steps = {self.steps!r}, but it must be a whole number of at least 1, for example 256.")
        if not 0.0 < self.percentile <= 100.0:
            raise ValueError(f"percentile = {self.percentile!r}, but it must lie in (0, 100], for example 99.9.")
        if self.readout not in description.READOUTS:
            known = ", ".join(map(repr, description.READOUTS))
            raise ValueError(f"readout = {self.readout!r} is none of {known}.")

    def _prepared(self, seed: int) -> Any:
        """An unfitted clone of the learner that reads what this one reads."""
        learner: Any = clone(self.learner)
        own = learner.get_params(deep=False)
        if "random_state" in own and own["random_state"] is None:
            learner.set_params(random_state=chance.child(seed, "learner") % 2**32)
        if self.encoder is not None:
            learner.set_params(encoder=self.encoder)
        return learner

    def _recipe_refusal(self, shape: tuple[int, ...], classes: int) -> str | None:
        """What stands against converting the learner's network, as far as it is known before training."""
        recipe = getattr(self.learner, "model", None)
        if recipe is None:
            return None
        if hasattr(recipe, "refuses") and (sentence := recipe.refuses(shape)):
            return sentence
        return refusal(layers_in_a_row(recipe.build(tuple(shape), classes, chance.generator(0, "weights"))))

    def _refuse(self, sentence: str | None) -> None:
        if sentence:
            raise ValueError(f"{type(self.learner).__name__} cannot be converted. {sentence}")

    def _trained(self) -> dict[str, Block]:
        """The layers of the trained network, in evaluation mode."""
        network = getattr(self.learner_, "network_", None)
        if network is None:
            self._refuse("It trains no torch network. Give an ann.Classifier of an MLP or a CNN.")
        found = layers_in_a_row(network)  # type: ignore[arg-type]
        self._refuse(refusal(found))
        network.eval()  # type: ignore[union-attr]
        return found  # type: ignore[return-value]

    def _convert(self, X: np.ndarray) -> None:
        """Make the spiking network of what the learner is now, with the scales of its activations on X."""
        trained, spiking, reading = self._trained(), self.readout == "spikes", self._reading_
        device = next(self.learner_.network_.parameters()).device
        batches = (reading.values(X[start : start + _CHUNK], device) for start in range(0, len(X), _CHUNK))
        with chance.deterministic(), torch.no_grad():
            scales = measured_scales(trained, batches, len(X), self.percentile, spiking)
            self.spiking_ = ConvertedNetwork(converted(trained, scales, reading.shape), reading, spiking)

    def _check_same_answers(self, X: np.ndarray) -> None:
        """Refuses a rule that answers by more than its network, of which the conversion would know nothing."""
        with chance.deterministic(), torch.no_grad():
            x = self._reading_.values(X, self.spiking_.device)
            own = self.learner_.network_(x).double().softmax(1).cpu().numpy()
        if np.abs(own - self.learner_.predict_proba(X)).max() > _SAME:
            self._refuse("Its rule answers otherwise than by its network's outputs, which is what is converted.")

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, allow_nd=True, dtype=np.float32)
        shape = self._reading_.shape
        if X.shape[1:] != shape:
            raise ValueError(f"X has samples of shape {X.shape[1:]}, but ConvertedClassifier was fitted on {shape}.")
        return X

    def predict_proba(self, X: Any) -> np.ndarray:
        """Softmax of the outputs as estimated after all steps, (sample, class), in the order of `classes_`."""
        X = self._checked(X)
        return self.spiking_.scores(X)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable label of each sample, (sample,)."""
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(1)]

    def scores_over_time(self, X: Any) -> np.ndarray:
        """The same softmax after each step: float32 (sample, time, class)."""
        X = self._checked(X)
        return self.spiking_.scores_over_time(X)

    def activations(self, X: Any) -> dict[str, np.ndarray]:
        """Layer -> float32 (sample, neuron): spike counts behind pooling; of the output its estimate, or its counts."""
        X = self._checked(X)
        return self.spiking_.activations(X)

    def spikes(self, X: Any) -> dict[str, np.ndarray]:
        """Population -> uint8 (sample, time, neuron), input first, which has no spikes where it is a current.

        These are the neurons themselves, before any pooling.
        """
        X = self._checked(X)
        return self.spiking_.spikes(X)

    def conversion_error(self, X: Any) -> pd.DataFrame:
        """How far firing rates are from what they stand for, times T: in spikes of one presentation.

        |spike count - T min(a / lambda, 1)|, a the trained network's activation, over samples X and neurons. It is at
        most 1 in the first layer, and more in deeper ones, whose drive is not constant. Read from currents, that is:
        with an encoder the drive of the first layer is not constant either.

        Returns:
            A table: layer, mean, largest, and saturated, the share of activations above lambda, which no rate can
            follow.
        """
        X = self._checked(X)
        return error.conversion_error(self.spiking_, self._trained(), X)

    def operations(self, X: Any, *, training: bool = False) -> pd.DataFrame:
        """Layer, operation, dense, effective: per sample, measured on X.

        AC: a spike adds a weight to a drive, a bias is added in every step; dense would be every synapse in every
        step. MAC: constant currents pass the first layer's weights once a presentation. "state update": a neuron's
        step. The comparisons of max pooling are not counted. With `training`, what the trained network takes for an
        update: nothing else learns.
        """
        X = self._checked(X)
        return self.learner_.operations(X, training=True) if training else description.operations(self.spiking_, X)

    def weights(self) -> dict[str, np.ndarray]:
        """The spiking network's: "hidden1.weight", "hidden1.bias", ..., float32, in units of the threshold."""
        check_is_fitted(self)
        return as_arrays(self.spiking_.layers)

    def with_weights(self, weights: dict[str, np.ndarray]) -> ConvertedClassifier:
        """A copy of this learner whose spiking network has these weights; names as in `weights()`."""
        check_is_fitted(self)
        other = copy.copy(self)
        other.spiking_ = replace(self.spiking_, layers=with_arrays(self.spiking_.layers, weights))
        return other

    def receptive_fields(self) -> np.ndarray:
        """Weights into the first layer, (neuron, *shape); of a convolution (channel out, channel in, height, width)."""
        check_is_fitted(self)
        fields = next(iter(self.weights().values()))
        return fields if fields.ndim > 2 else fields.reshape(len(fields), *self._reading_.shape)

    def definitions(self) -> list[NeuronModel]:
        """What it simulates: the neurons that answer. Training needs none."""
        return [INTEGRATE_AND_FIRE]

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts about the fitted learner; the keys are those of compare.contract.Described."""
        check_is_fitted(self)
        return description.describe(self)

    def refuses(self, facts: Any) -> str | None:
        """A sentence if it cannot serve a task with such facts (compare.contract.Facts), else None."""
        inner = self.learner.refuses(facts) if hasattr(self.learner, "refuses") else None  # type: ignore[attr-defined]
        return inner or self._recipe_refusal(tuple(facts.shape), facts.classes)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "spiking_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = False
        tags.input_tags.three_d_array = True
        return tags


class _Converting:
    """An observer of the learner's training that is shown the conversion of what was learned so far."""

    def __init__(self, owner: ConvertedClassifier, scaled_on: np.ndarray, observer: Observer) -> None:
        self._owner, self._scaled_on, self._observer = owner, scaled_on, observer

    def due(self, examples_seen: int) -> bool:
        return self._observer.due(examples_seen)

    def __call__(self, learner: Any, examples_seen: int, **facts: float) -> None:
        self._owner._convert(self._scaled_on)
        self._observer(self._owner, examples_seen, **facts)
