"""Spiking network that learns without labels by STDP (Diehl & Cook 2015)."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ann.contract import Encoder, Observer, StopTraining
from bio.equations import NeuronModel
from bio.learners import _diehl_cook_description as description
from bio.learners._diehl_cook_input import OwnSpikes, StudySpikes, learn_sample, rasters, respond
from bio.learners._diehl_cook_network import EXCITATORY_ROW, INHIBITORY_ROW, new_network
from bio.learners._diehl_cook_neuron import excitatory, named_for_what_was_added
from bio.learners._diehl_cook_readout import READOUTS
from bio.neurons.diehl_cook_lif import DIEHL_COOK_LIF, INHIBITORY
from bio.plasticity import DIEHL_COOK_STDP
from bio.plasticity_rule import PlasticityRule
from bio.quantities import quantity, si

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 256  # samples whose spikes are held at a time
_LABELLED_WHILE_OBSERVED = 300  # training images that label the neurons for a look in the middle of training


class DiehlCook(ClassifierMixin, BaseEstimator):
    """Conductance-based LIF neurons that compete and learn by STDP; labels only name what they learned.

    Every input excites every excitatory neuron through a plastic synapse. Each of these excites one inhibitory neuron,
    which inhibits all the others. Thresholds adapt, and the weights of a neuron are scaled to one sum before every
    sample. Equations: `bio.learners._diehl_cook_description`. Spike for spike equal to Brian2 2.9.

    Args:
        neurons: excitatory neurons, and as many inhibitory ones.
        neuron: in the place of Diehl & Cook's excitatory neuron, any model with a drive; it gets a synaptic current
            and a threshold that adapts, on its own scales. None: theirs, with conductances.
        rule: how input synapses change, in [0, 1]; None: Diehl & Cook's.
        passes: over the training data; 0 leaves the network untrained.
        readout: "vote", the class whose neurons fire most on average, or "linear", a regression on the spike counts.
        encoder: spikes to read; None: Poisson spikes of its own, 63.75 Hz at value 1, drawn again with more intensity
            for a sample that excites fewer than 5 spikes.
        duration: of one presentation where `encoder` is None.
        rest: without input behind each presentation in training.
        dt: time step. The paper's 0.5 ms; 1 ms takes two thirds of the time.
        spike_timer: no neuron spikes within this time of its last spike. "50 ms" in the ports of the reference code to
            Brian2; "0 ms", no such timer, in the original in effect.
        label_examples: at most so many training samples, drawn by chance, assign the labels or train the regression.
        random_state: seed of weights, order, own spikes and label samples.

    Attributes:
        classes_: the labels, sorted.  n_features_in_: length of a sample's first axis.
        progress_: passes finished, examples shown, updates: presentations with learning, repeats included.
        silent_share_: of the labelling samples that excited no labelled neuron.

    Source: Diehl & Cook 2015, Front. Comput. Neurosci. 9:99, doi 10.3389/fncom.2015.00099, with the parameters of the
    authors' code. Departures: `describe()["departures"]`.
    """

    name: ClassVar[str] = "diehl_cook"
    version: ClassVar[int] = 2

    def __init__(
        self,
        neurons: int = 100,
        *,
        neuron: NeuronModel | None = None,
        rule: PlasticityRule | None = None,
        passes: int = 3,
        readout: Literal["vote", "linear"] = "vote",
        encoder: Encoder | None = None,
        duration: str = "350 ms",
        rest: str = "150 ms",
        dt: str = "0.5 ms",
        spike_timer: str = "50 ms",
        label_examples: int = 10_000,
        random_state: int | None = None,
    ) -> None:
        self.neurons = neurons
        self.neuron = neuron
        self.rule = rule
        self.passes = passes
        self.readout = readout
        self.encoder = encoder
        self.duration = duration
        self.rest = rest
        self.dt = dt
        self.spike_timer = spike_timer
        self.label_examples = label_examples
        self.random_state = random_state

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
    ) -> DiehlCook:
        """Learn from X (sample, *shape), then name the neurons by labels y (sample,).

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
        if self.classes_.size < 2:
            raise ValueError(f"DiehlCook tells classes apart, but y has 1 class only: {self.classes_[0]!r}. Give two.")
        self._start(X, codes)
        with suppress(StopTraining):
            self._train(X, validation, observer)
        self._name_neurons(self.label_examples)
        del self._labelling_
        return self

    def _check_settings(self) -> None:
        for name, least in (("neurons", 1), ("passes", 0), ("label_examples", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(f"{name} = {value!r}, but it must be a whole number of at least {least}.")
        if self.readout not in READOUTS:
            raise ValueError(f"readout = {self.readout!r} is none of {', '.join(map(repr, READOUTS))}.")
        for name, least in (("duration", 1e-9), ("rest", 0.0), ("dt", 1e-9), ("spike_timer", 0.0)):
            if not si(getattr(self, name), "time", name) >= least:
                raise ValueError(f"{name} = {getattr(self, name)!r} must be {'above' if least else 'at least'} 0 ms.")

    def _start(self, X: np.ndarray, codes: np.ndarray) -> None:
        """The untrained network, as the seed says."""
        seed = int(check_random_state(self.random_state).randint(2**31))
        weights, self._order_, own_spikes, labelling = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(4))
        dt_s = si(self.dt)
        self._shape_ = X.shape[1:]
        if self.encoder is None:
            self._source_ = OwnSpikes(X, self.duration, self.dt, int(own_spikes.integers(2**63)))
        else:
            self._source_ = StudySpikes(self.encoder, dt_s)
        self._read_shape_ = self._source_.neuron_shape(self._shape_)
        inputs = int(np.prod(self._read_shape_))
        neuron = excitatory(self.neuron, quantity(self.spike_timer).text, dt_s)
        rule = self.rule or DIEHL_COOK_STDP
        self._learning_ = new_network(inputs, self.neurons, dt_s, si(self.rest), neuron, weights, rule)
        self.progress_ = {"passes": 0, "examples": 0, "updates": 0}
        self._labelling_ = X, codes, labelling.permutation(len(X))
        self._named_ = (-1, -1)

    def _train(self, X: np.ndarray, validation: Any, observer: Observer | None) -> None:
        self._look(validation, observer)
        for pass_ in range(self.passes):
            order = self._order_.permutation(len(X))
            for start in range(0, len(X), _CHUNK):
                self._train_chunk(X[order[start : start + _CHUNK]], pass_, validation, observer)
            self.progress_["passes"] += 1

    def _train_chunk(self, X: np.ndarray, pass_: int, validation: Any, observer: Observer | None) -> None:
        """As many samples a call as there are before somebody looks."""
        events, done = self._source_.events(X, pass_), 0
        while done < len(X):
            order = np.arange(done, done + self._until_next_look(len(X) - done, observer))
            shown, spikes = self._learning_.learn(events, order, self._source_.steps, self._source_.enough)
            done += shown
            self.progress_["examples"] += shown
            self.progress_["updates"] += shown
            if spikes < self._source_.enough:
                again = learn_sample(self._learning_, self._source_, X[done - 1 : done], pass_)
                self.progress_["updates"] += again
            self._look(validation, observer)

    def _until_next_look(self, most: int, observer: Observer | None) -> int:
        if observer is None:
            return most
        seen = self.progress_["examples"]
        return next((n for n in range(1, most) if observer.due(seen + n)), most)

    def _look(self, validation: Any, observer: Observer | None) -> None:
        seen = self.progress_["examples"]
        if observer is None or not observer.due(seen):
            return
        last = seen == self.passes * len(self._labelling_[0])
        self._name_neurons(self.label_examples if last else min(_LABELLED_WHILE_OBSERVED, self.label_examples))
        facts = {"silent_share": self.silent_share_}
        if validation is not None:
            facts["validation_accuracy"] = float(self.score(*validation))
        observer(self, seen, **facts)

    def _name_neurons(self, examples: int) -> None:
        """Freeze a copy of the network and fit the read-out to its answers; changes nothing that learns."""
        X, codes, chosen = self._labelling_
        asked = (self.progress_["examples"], min(examples, len(X)))
        if self._named_ == asked:
            return
        self._network_ = self._learning_.answering()
        chosen = np.sort(chosen[:examples])
        counts = self._counts(X[chosen])[:, EXCITATORY_ROW]
        share = np.bincount(codes, minlength=len(self.classes_)) / len(codes)
        self._readout_ = READOUTS[self.readout](counts, codes[chosen], share)
        fires = counts if self.readout == "linear" else counts[:, self._readout_.label >= 0]
        self.silent_share_ = float((fires.sum(1) == 0).mean())
        self._named_ = asked

    def _counts(self, X: np.ndarray) -> np.ndarray:
        """Spikes int64 (sample, 2, neuron) of the answers."""
        chunks = [X[start : start + _CHUNK] for start in range(0, len(X), _CHUNK)]
        return np.concatenate([respond(self._network_, self._source_, chunk)[0] for chunk in chunks])

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, allow_nd=True, dtype=np.float32)
        if X.shape[1:] != self._shape_:
            raise ValueError(f"X has samples of shape {X.shape[1:]}, but DiehlCook was fitted on {self._shape_}.")
        return X

    def predict_proba(self, X: Any) -> np.ndarray:
        """Share of each class in the vote, or the regression's probability: (sample, class), as in `classes_`.

        An image that no labelled neuron answers gets the classes' shares of the training data.
        """
        X = self._checked(X)
        return self._readout_.probabilities(self._counts(X)[:, EXCITATORY_ROW])

    def predict(self, X: Any) -> np.ndarray:
        """The label of the largest share, (sample,)."""
        shares = self.predict_proba(X)
        return self.classes_[shares.argmax(1)]

    def activations(self, X: Any) -> dict[str, np.ndarray]:
        """Layer -> spike counts float32 (sample, neuron)."""
        X = self._checked(X)
        return {"excitatory": self._counts(X)[:, EXCITATORY_ROW].astype(np.float32)}

    def spikes(self, X: Any) -> dict[str, np.ndarray]:
        """Population -> uint8 (sample, time, neuron): input, excitatory, inhibitory."""
        X = self._checked(X)
        chunks = [X[start : start + _CHUNK] for start in range(0, len(X), _CHUNK)]
        found = [rasters(self._network_, self._source_, chunk) for chunk in chunks]
        return {name: np.concatenate([part[name] for part in found]) for name in found[0]}

    def operations(self, X: Any, *, training: bool = False) -> pd.DataFrame:
        """Layer, operation, dense, effective: per sample, measured on X.

        AC: a spike adds a weight to a conductance; dense would be every synapse in every step. "state update": a
        neuron's step. With `training`, "weight update" as well; the spikes are those of answering.
        """
        X = self._checked(X)
        chunks = [X[start : start + _CHUNK] for start in range(0, len(X), _CHUNK)]
        found = [respond(self._network_, self._source_, chunk) for chunk in chunks]
        fired = np.sum([counts.sum((0, 2)) for counts, _ in found], axis=0) / len(X)
        inputs = 0
        for chunk, (_, raised) in zip(chunks, found, strict=True):
            for level in np.unique(raised):
                inputs += self._source_.events(chunk[raised == level], 0, int(level))[0][-1]
        return description.operations(
            self._network_, self._source_.steps, inputs / len(X), fired[EXCITATORY_ROW], fired[INHIBITORY_ROW], training
        )

    def weights(self) -> dict[str, np.ndarray]:
        """ "input_excitatory" (input, neuron), "theta" (neuron,) in volt."""
        check_is_fitted(self)
        return {"input_excitatory": self._network_.weights, "theta": self._network_.theta}

    def with_weights(self, weights: dict[str, np.ndarray]) -> DiehlCook:
        """A copy of this learner that has these weights and the same neurons' labels; names as in `weights()`."""
        check_is_fitted(self)
        other = copy.deepcopy(self)
        own = {"input_excitatory": other._network_.weights, "theta": other._network_.theta}
        given = {
            name: np.broadcast_to(np.asarray(weights.get(name, at), np.float64), at.shape) for name, at in own.items()
        }
        other._network_.write(given["input_excitatory"], given["theta"])
        return other

    def receptive_fields(self) -> np.ndarray:
        """Input weights, (neuron, *shape)."""
        check_is_fitted(self)
        return self._network_.weights.T.reshape(-1, *self._read_shape_).copy()

    def definitions(self) -> list[NeuronModel | PlasticityRule]:
        """What is simulated while it learns: the neurons with all that the network adds to them, and the rule."""
        neuron = excitatory(self.neuron, quantity(self.spike_timer).text, si(self.dt)).model
        neurons = named_for_what_was_added(neuron, self.neuron or DIEHL_COOK_LIF), INHIBITORY
        return [*neurons, self.rule or DIEHL_COOK_STDP] if self.passes else [*neurons]

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts about the fitted learner; the keys are those of compare.contract.Described."""
        check_is_fitted(self)
        return description.describe(self)

    def refuses(self, facts: Any) -> str | None:
        """A sentence if it cannot serve a task with such facts (compare.contract.Facts), else None."""
        if facts.target != "class" or not facts.classes:
            return f"DiehlCook names neurons by classes, but the task's target is {facts.target!r}."
        if self.encoder is None:
            return None
        if self.encoder.gives != "spikes":
            return f"DiehlCook reads spikes, but {self.encoder.name} gives a {self.encoder.gives}."
        try:
            self.encoder.neuron_shape(tuple(facts.shape))
        except ValueError as reason:
            return str(reason)
        return None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # its constants are for hundreds of non-negative inputs, not for two
        return tags
