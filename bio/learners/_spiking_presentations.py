"""What a network of spiking neurons shares that is shown one sample after another and decides by counting spikes."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ann.contract import Encoder, Observer, StopTraining
from bio.learners._diehl_cook_input import OwnSpikes, StudySpikes
from bio.learners._diehl_cook_readout import READOUTS, Readout
from bio.quantities import si

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 256  # samples whose spikes are held at a time
_LABELLED_WHILE_OBSERVED = 300  # training images that label the neurons for a look in the middle of training
ABOVE_0, AT_LEAST_0 = 1e-9, 0.0  # seconds: the least that a time may be


class Watch:
    """Who looks while a network learns: an observer, and the samples and labels whose accuracy it is told."""

    def __init__(self, observer: Observer | None, validation: tuple[np.ndarray, np.ndarray] | None) -> None:
        self.observer, self.validation = observer, validation

    def until_next(self, seen: int, most: int) -> int:
        """How many more samples can be shown before somebody looks."""
        if self.observer is None:
            return most
        return next((n for n in range(1, most) if self.observer.due(seen + n)), most)

    def __call__(self, learner: PresentationLearner) -> None:
        """Lets the observer look, if it wants to now."""
        seen = learner.progress_["examples"]
        if self.observer is None or not self.observer.due(seen):
            return
        learner._name_neurons(while_observed=seen < learner.passes * len(learner._labelling_[0]))
        facts = learner._told()
        if self.validation is not None:
            facts["validation_accuracy"] = float(learner.score(*self.validation))
        self.observer(learner, seen, **facts)


class PresentationLearner(ClassifierMixin, BaseEstimator):
    """A scikit-learn classifier around such a network. A subclass says what learns, and how it is read.

    Its constructor takes neurons, passes, readout, encoder, duration, dt, label_examples and random_state.

    Attributes:
        classes_: the labels, sorted.  n_features_in_: length of a sample's first axis.
        progress_: passes finished, examples shown, updates.
        _learning_: the network that learns.  _network_: a copy of it that answers, frozen when it was last looked at.
    """

    neurons: int
    passes: int
    readout: str
    encoder: Encoder | None
    duration: str
    dt: str
    label_examples: int
    random_state: int | None

    _deciding: ClassVar[str]  # the population whose spikes decide
    _asks_for_classes: ClassVar[str]  # "names neurons by classes"
    _readouts: ClassVar[tuple[str, ...]] = tuple(READOUTS)
    _times: ClassVar[Mapping[str, float]] = {"duration": ABOVE_0, "dt": ABOVE_0}  # parameter -> its least value
    _description: ClassVar[ModuleType]  # has `describe` and `operations`

    def _untrained(self, inputs: int, chance: np.random.Generator) -> Any:
        """The network that learns, its weights drawn from `chance`; classes_ are known."""
        raise NotImplementedError

    def _frozen(self) -> Any:
        """A copy of the learning network as it stands, that answers."""
        raise NotImplementedError

    def _train_chunk(self, X: np.ndarray, codes: np.ndarray, pass_: int, watch: Watch) -> None:
        """Show these samples while learning, count them in progress_, and let `watch` look behind each."""
        raise NotImplementedError

    def _respond(self, X: np.ndarray) -> np.ndarray:
        """Spikes int64 (sample, neuron) of the deciding neurons in answer to each sample."""
        raise NotImplementedError

    def _rasters(self, X: np.ndarray) -> dict[str, np.ndarray]:
        """Population -> uint8 (sample, time, neuron) of the same answers, input first."""
        raise NotImplementedError

    def _mean_spikes(self, X: np.ndarray) -> tuple[float, ...]:
        """Spikes per sample of each population, input first, as `_description.operations` takes them."""
        raise NotImplementedError

    def _told(self) -> dict[str, float]:
        """Facts for an observer."""
        raise NotImplementedError

    def _fit_readout(self, X: np.ndarray, codes: np.ndarray, share: np.ndarray) -> Readout:
        """What makes counts probabilities, from labelled samples; share (class,) of all training samples."""
        return READOUTS[self.readout](self._counts(X), codes, share)

    @property
    def duration_s(self) -> float:
        """Seconds that a sample is shown."""
        return si(self.duration, "time", "duration") if self.encoder is None else self.encoder.duration_s

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        validation: tuple[np.ndarray, np.ndarray] | None = None,
        observer: Observer | None = None,
    ) -> Self:
        """Learn from X (sample, *shape) and labels y (sample,); the class says what the labels are for.

        Args:
            X: values in [0, 1]; others are scaled to it by the training data's range where `encoder` is None.
            y: labels of any kind that can be sorted.
            validation: samples and labels whose accuracy is told to the observer as `validation_accuracy`.
            observer: watches while it learns; see ann.contract.Observer.

        Raises:
            ValueError: a setting out of range, fewer than two classes, NaN, or values the encoder cannot take.
        """
        X, y = validate_data(self, X, y, allow_nd=True, dtype=np.float32)
        check_classification_targets(y)
        self._check_settings()
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._check_classes()
        self._start(X, codes)
        with suppress(StopTraining):
            self._train(X, codes, Watch(observer, validation))
        self._name_neurons()
        del self._labelling_
        return self

    def _check_settings(self) -> None:
        for name, least in (("neurons", 1), ("passes", 0), ("label_examples", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(f"{name} = {value!r}, but it must be a whole number of at least {least}.")
        if self.readout not in self._readouts:
            raise ValueError(f"readout = {self.readout!r} is none of {', '.join(map(repr, self._readouts))}.")
        for name, least in self._times.items():
            if not si(getattr(self, name), "time", name) >= least:
                raise ValueError(f"{name} = {getattr(self, name)!r} must be {'above' if least else 'at least'} 0 ms.")

    def _check_classes(self) -> None:
        if self.classes_.size < 2:
            name = type(self).__name__
            raise ValueError(f"{name} tells classes apart, but y has 1 class only: {self.classes_[0]!r}. Give two.")

    def _start(self, X: np.ndarray, codes: np.ndarray) -> None:
        """The untrained network, as the seed says."""
        seed = int(check_random_state(self.random_state).randint(2**31))
        weights, self._order_, own_spikes, labelling = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(4))
        self._shape_ = X.shape[1:]
        if self.encoder is None:
            self._source_ = OwnSpikes(X, self.duration, self.dt, int(own_spikes.integers(2**63)))
        else:
            self._source_ = StudySpikes(self.encoder, si(self.dt))
        self._read_shape_ = self._source_.neuron_shape(self._shape_)
        self._learning_ = self._untrained(int(np.prod(self._read_shape_)), weights)
        self.progress_ = {"passes": 0, "examples": 0, "updates": 0}
        self._labelling_ = X, codes, labelling.permutation(len(X))
        self._named_ = (-1, -1)

    def _train(self, X: np.ndarray, codes: np.ndarray, watch: Watch) -> None:
        watch(self)
        for pass_ in range(self.passes):
            order = self._order_.permutation(len(X))
            for chosen in chunks(order):
                self._train_chunk(X[chosen], codes[chosen], pass_, watch)
            self.progress_["passes"] += 1

    def _name_neurons(self, *, while_observed: bool = False) -> None:
        """Freeze a copy of the network and fit the read-out to its answers; changes nothing that learns."""
        X, codes, chosen = self._labelling_
        examples = min(self.label_examples, _LABELLED_WHILE_OBSERVED if while_observed else len(X), len(X))
        asked = (self.progress_["examples"], examples)
        if self._named_ == asked:
            return
        self._network_, chosen = self._frozen(), np.sort(chosen[:examples])
        share = np.bincount(codes, minlength=len(self.classes_)) / len(codes)
        self._readout_ = self._fit_readout(X[chosen], codes[chosen], share)
        self._named_ = asked

    def _counts(self, X: np.ndarray) -> np.ndarray:
        return np.concatenate([self._respond(chunk) for chunk in chunks(X)])

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, allow_nd=True, dtype=np.float32)
        if X.shape[1:] != self._shape_:
            name = type(self).__name__
            raise ValueError(f"X has samples of shape {X.shape[1:]}, but {name} was fitted on {self._shape_}.")
        return X

    def predict_proba(self, X: Any) -> np.ndarray:
        """Share of each class in the decision, or the regression's probability: (sample, class), as in `classes_`.

        A sample that no neuron with a class answers gets the classes' shares of the training data.
        """
        X = self._checked(X)
        return self._readout_.probabilities(self._counts(X))

    def predict(self, X: Any) -> np.ndarray:
        """The label of the largest share, (sample,)."""
        shares = self.predict_proba(X)
        return self.classes_[shares.argmax(1)]

    def activations(self, X: Any) -> dict[str, np.ndarray]:
        """Layer -> spike counts float32 (sample, neuron)."""
        return {self._deciding: self._counts(self._checked(X)).astype(np.float32)}

    def spikes(self, X: Any) -> dict[str, np.ndarray]:
        """Population -> uint8 (sample, time, neuron), input first."""
        found = [self._rasters(chunk) for chunk in chunks(self._checked(X))]
        return {name: np.concatenate([part[name] for part in found]) for name in found[0]}

    def operations(self, X: Any, *, training: bool = False) -> pd.DataFrame:
        """Layer, operation, dense, effective: per sample, measured on X.

        AC: a spike adds a weight to a conductance; dense would be every synapse in every step. "state update": a
        neuron's step. With `training`, what learning takes as well; the spikes are those of answering.
        """
        spikes = self._mean_spikes(self._checked(X))
        return self._description.operations(self._network_, self._source_.steps, *spikes, training)

    def weights(self) -> dict[str, np.ndarray]:
        """ "input_<population>" (input, neuron), "theta" (neuron,) in volt."""
        check_is_fitted(self)
        return {f"input_{self._deciding}": self._network_.weights, "theta": self._network_.theta}

    def with_weights(self, weights: dict[str, np.ndarray]) -> Self:
        """A copy of this learner that has these weights and the same read-out; names as in `weights()`."""
        other = copy.deepcopy(self)
        given = [
            np.broadcast_to(np.asarray(weights.get(name, own), np.float64), own.shape)
            for name, own in self.weights().items()
        ]
        other._network_.write(*given)
        return other

    def receptive_fields(self) -> np.ndarray:
        """Input weights, (neuron, *shape)."""
        check_is_fitted(self)
        return self._network_.weights.T.reshape(-1, *self._read_shape_).copy()

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts about the fitted learner; the keys are those of compare.contract.Described."""
        check_is_fitted(self)
        return self._description.describe(self)

    def refuses(self, facts: Any) -> str | None:
        """A sentence if it cannot serve a task with such facts (compare.contract.Facts), else None."""
        name = type(self).__name__
        if facts.target != "class" or not facts.classes:
            return f"{name} {self._asks_for_classes}, but the task's target is {facts.target!r}."
        if self.encoder is None:
            return None
        if self.encoder.gives != "spikes":
            return f"{name} reads spikes, but {self.encoder.name} gives a {self.encoder.gives}."
        try:
            self.encoder.neuron_shape(tuple(facts.shape))
        except ValueError as reason:
            return str(reason)
        return None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # its constants are for hundreds of non-negative inputs, not for two
        return tags


def chunks(X: np.ndarray) -> Iterator[np.ndarray]:
    """Parts of X, in order, whose spikes are held at a time."""
    return (X[start : start + _CHUNK] for start in range(0, len(X), _CHUNK))
