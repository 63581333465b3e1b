"""Spiking network that learns to classify from reward alone, by STDP that a third factor gates."""

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
from bio.learners import _reward_stdp_description as description
from bio.learners._diehl_cook_input import OwnSpikes, StudySpikes
from bio.learners._diehl_cook_readout import READOUTS
from bio.learners._reward_stdp_critic import Critic, OwnClass, dealt
from bio.learners._reward_stdp_network import DECISION_NEURON, REWARD, TRIAL_STDP, new_network
from bio.plasticity_rule import PlasticityRule
from bio.quantities import si

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 256  # samples whose spikes are held at a time
_LABELLED_WHILE_OBSERVED = 300  # training images that label the neurons for a look in the middle of training


class RewardSTDP(ClassifierMixin, BaseEstimator):
    """Neurons that stand for classes compete for a sample; a reward at the end says only whether the right one won.

    Every input excites every decision neuron through a plastic synapse, and each decision neuron inhibits all others.
    While a sample is shown, pairs of spikes mark the synapses with an eligibility c. Then the class whose neurons
    fired most is the decision, and every synapse changes by

        dw = learning_rate * c * delta,    delta = r - mean r,    r = 1 if the decision was right, else 0.

    delta is one number for all synapses: what the right class would have been is told to nobody. Each neuron's weights
    are scaled to one sum before every trial, and thresholds adapt; `describe()` has the equations. The defaults were
    chosen on the validation images of the digits, where frozen weights with the same read-out get 11 % ("class").

    Args:
        neurons: decision neurons, dealt to the classes in turn.
        rule: how the plastic synapses change, in [0, 1]; one that reads the signal "reward". None: Florian's MSTDPET
            with a trace of 1 s and a fifth of the depression.
        learning_rate: change of a weight for an eligibility of 1 and delta = 1; 0 leaves the weights as drawn, while
            thresholds adapt.
        punishment: what a negative delta is multiplied with.
        passes: over the training data; 0 leaves the network untrained.
        readout: "class", the decision that is rewarded; "vote", each neuron labelled anew with the class that excites
            it most; "linear", a regression on the spike counts.
        encoder: spikes to read; None: Poisson spikes of its own, 63.75 Hz at value 1.
        duration: of one trial where `encoder` is None.
        dt: time step.
        label_examples: at most so many training samples, drawn by chance, assign the labels or train the regression.
        random_state: seed of weights, order, own spikes and label samples.

    Attributes:
        classes_: the labels, sorted.  n_features_in_: length of a sample's first axis.
        progress_: passes finished, examples shown, updates: trials with a reward or punishment.
        rewarded_: share of right decisions, a running mean over some 100 trials of training.

    Source: Florian 2007, Neural Comput. 19:1468, doi 10.1162/neco.2007.19.6.1468 (the rule); Fremaux, Sprekeler &
    Gerstner 2010, J. Neurosci. 30:13326, doi 10.1523/JNEUROSCI.6249-09.2010 (reward less its mean); Mozafari et al.
    2018, IEEE Trans. Neural Netw. Learn. Syst. 29:6178, doi 10.1109/TNNLS.2018.2826721 (neurons that stand for
    classes, rewarded for the decision). Departures: `describe()["departures"]`.
    """

    name: ClassVar[str] = "reward_stdp"
    version: ClassVar[int] = 1

    def __init__(
        self,
        neurons: int = 100,
        *,
        rule: PlasticityRule | None = None,
        learning_rate: float = 0.015,
        punishment: float = 0.3,
        passes: int = 10,
        readout: Literal["class", "vote", "linear"] = "class",
        encoder: Encoder | None = None,
        duration: str = "350 ms",
        dt: str = "1 ms",
        label_examples: int = 10_000,
        random_state: int | None = None,
    ) -> None:
        self.neurons = neurons
        self.rule = rule
        self.learning_rate = learning_rate
        self.punishment = punishment
        self.passes = passes
        self.readout = readout
        self.encoder = encoder
        self.duration = duration
        self.dt = dt
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
    ) -> RewardSTDP:
        """Learn from X (sample, *shape) and from rewards for decisions that equal y (sample,).

        Args:
            X: values in [0, 1]; others are scaled to it by the training data's range where `encoder` is None.
            y: labels of any kind that can be sorted.
            validation: samples and labels whose accuracy is told to the observer as `validation_accuracy`.
            observer: watches while it learns; see ann.contract.Observer.

        Raises:
            ValueError: a setting out of range, fewer than two classes or more than neurons, a rule without reward, NaN,
                or values the encoder cannot take.
        """
        X, y = validate_data(self, X, y, allow_nd=True, dtype=np.float32)
        check_classification_targets(y)
        self._check_settings()
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._check_classes()
        self._start(X, codes)
        with suppress(StopTraining):
            self._train(X, codes, validation, observer)
        self._name_neurons(self.label_examples)
        del self._labelling_
        return self

    def _check_settings(self) -> None:
        for name, least in (("neurons", 1), ("passes", 0), ("label_examples", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(f"{name} = {value!r}, but it must be a whole number of at least {least}.")
        for name in ("learning_rate", "punishment"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} = {getattr(self, name)!r}, but it must be a number of at least 0.")
        if self.readout != "class" and self.readout not in READOUTS:
            known = ", ".join(map(repr, ("class", *READOUTS)))
            raise ValueError(f"readout = {self.readout!r} is none of {known}.")
        for name in ("duration", "dt"):
            if not si(getattr(self, name), "time", name) > 0.0:
                raise ValueError(f"{name} = {getattr(self, name)!r} must be above 0 ms.")
        if self.rule is not None and self.rule.signals != (REWARD,):
            raise ValueError(
                f'rule = {self.rule.name} reads {list(self.rule.signals)}; a rule that reads the one signal "{REWARD}" '
                "is needed, as bio.plasticity.FLORIAN_STDP does."
            )

    def _check_classes(self) -> None:
        if self.classes_.size < 2:
            raise ValueError(f"RewardSTDP tells classes apart, but y has 1 class only: {self.classes_[0]!r}. Give two.")
        if self.classes_.size > self.neurons:
            raise ValueError(
                f"neurons = {self.neurons}, but y has {self.classes_.size} classes. Give each class a neuron at least."
            )

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
        inputs, classes = int(np.prod(self._read_shape_)), len(self.classes_)
        self._learning_ = new_network(inputs, self.neurons, dt_s, self.rule or TRIAL_STDP, weights)
        self._critic_ = Critic(dealt(self.neurons, classes), classes, float(self.punishment))
        self.progress_ = {"passes": 0, "examples": 0, "updates": 0}
        self._labelling_ = X, codes, labelling.permutation(len(X))
        self._named_ = (-1, -1)

    def _train(self, X: np.ndarray, codes: np.ndarray, validation: Any, observer: Observer | None) -> None:
        self._look(validation, observer)
        for pass_ in range(self.passes):
            order = self._order_.permutation(len(X))
            for start in range(0, len(X), _CHUNK):
                chosen = order[start : start + _CHUNK]
                events = self._source_.events(X[chosen], pass_)
                for place, code in enumerate(codes[chosen]):
                    self._trial(events, place, int(code))
                    self._look(validation, observer)
            self.progress_["passes"] += 1

    def _trial(self, events: Any, place: int, code: int) -> None:
        """Shows a sample, then rewards the decision."""
        counts = self._learning_.trial(events, place, self._source_.steps)
        amount = self.learning_rate * self._critic_(counts, code)
        if amount != 0.0 and counts.any():
            self._learning_.reward(amount)
            self.progress_["updates"] += 1
        self.progress_["examples"] += 1

    @property
    def rewarded_(self) -> float:
        """Share of right decisions in the last trials of training."""
        check_is_fitted(self)
        return self._critic_.expected

    def _look(self, validation: Any, observer: Observer | None) -> None:
        seen = self.progress_["examples"]
        if observer is None or not observer.due(seen):
            return
        last = seen == self.passes * len(self._labelling_[0])
        self._name_neurons(self.label_examples if last else min(_LABELLED_WHILE_OBSERVED, self.label_examples))
        facts = {"rewarded": self.rewarded_}
        if validation is not None:
            facts["validation_accuracy"] = float(self.score(*validation))
        observer(self, seen, **facts)

    def _name_neurons(self, examples: int) -> None:
        """Freeze a copy of the network and fit the read-out to its answers; changes nothing that learns."""
        X, codes, chosen = self._labelling_
        asked = (self.progress_["examples"], min(examples, len(X)))
        if self._named_ == asked:
            return
        self._network_ = self._learning_.as_it_stands()
        share = np.bincount(codes, minlength=len(self.classes_)) / len(codes)
        if self.readout == "class":
            self._readout_ = OwnClass(dealt(self.neurons, len(self.classes_)), share)
        else:
            chosen = np.sort(chosen[:examples])
            self._readout_ = READOUTS[self.readout](self._counts(X[chosen]), codes[chosen], share)
        self._named_ = asked

    def _counts(self, X: np.ndarray) -> np.ndarray:
        """Spikes int64 (sample, neuron) of the answers."""
        chunks = [X[start : start + _CHUNK] for start in range(0, len(X), _CHUNK)]
        source = self._source_
        return np.concatenate([self._network_.respond(source.events(chunk), source.steps) for chunk in chunks])

    def _checked(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, allow_nd=True, dtype=np.float32)
        if X.shape[1:] != self._shape_:
            raise ValueError(f"X has samples of shape {X.shape[1:]}, but RewardSTDP was fitted on {self._shape_}.")
        return X

    def predict_proba(self, X: Any) -> np.ndarray:
        """Share of each class in the decision, or the regression's probability: (sample, class), as in `classes_`.

        A sample that excites no neuron gets the classes' shares of the training data.
        """
        X = self._checked(X)
        return self._readout_.probabilities(self._counts(X))

    def predict(self, X: Any) -> np.ndarray:
        """The label of the largest share, (sample,)."""
        shares = self.predict_proba(X)
        return self.classes_[shares.argmax(1)]

    def activations(self, X: Any) -> dict[str, np.ndarray]:
        """Layer -> spike counts float32 (sample, neuron)."""
        return {"decision": self._counts(self._checked(X)).astype(np.float32)}

    def spikes(self, X: Any) -> dict[str, np.ndarray]:
        """Population -> uint8 (sample, time, neuron): input, decision."""
        X, source = self._checked(X), self._source_
        chunks = [X[start : start + _CHUNK] for start in range(0, len(X), _CHUNK)]
        own = [self._network_.rasters(source.events(chunk), source.steps) for chunk in chunks]
        return {"input": np.concatenate([source.raster(chunk) for chunk in chunks]), "decision": np.concatenate(own)}

    def operations(self, X: Any, *, training: bool = False) -> pd.DataFrame:
        """Layer, operation, dense, effective: per sample, measured on X.

        AC: a spike adds a weight to a conductance; dense would be every synapse in every step. "state update": a
        neuron's step. With `training`, the marking of synapses and the change by reward as well.
        """
        X = self._checked(X)
        inputs = sum(self._source_.events(X[at : at + _CHUNK])[0][-1] for at in range(0, len(X), _CHUNK)) / len(X)
        fired = self._counts(X).sum() / len(X)
        return description.operations(self._network_, self._source_.steps, inputs, fired, training)

    def weights(self) -> dict[str, np.ndarray]:
        """ "input_decision" (input, neuron), "theta" (neuron,) in volt."""
        check_is_fitted(self)
        return {"input_decision": self._network_.weights, "theta": self._network_.theta}

    def with_weights(self, weights: dict[str, np.ndarray]) -> RewardSTDP:
        """A copy of this learner that has these weights and the same read-out; names as in `weights()`."""
        check_is_fitted(self)
        other = copy.deepcopy(self)
        given = {
            name: np.broadcast_to(np.asarray(weights.get(name, own), np.float64), own.shape)
            for name, own in self.weights().items()
        }
        other._network_.write(given["input_decision"], given["theta"])
        return other

    def receptive_fields(self) -> np.ndarray:
        """Input weights, (neuron, *shape)."""
        check_is_fitted(self)
        return self._network_.weights.T.reshape(-1, *self._read_shape_).copy()

    def definitions(self) -> list[NeuronModel | PlasticityRule]:
        """What is simulated while it learns: the decision neurons, and the rule."""
        return [DECISION_NEURON, self.rule or TRIAL_STDP] if self.passes else [DECISION_NEURON]

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts about the fitted learner; the keys are those of compare.contract.Described."""
        check_is_fitted(self)
        return description.describe(self)

    def refuses(self, facts: Any) -> str | None:
        """A sentence if it cannot serve a task with such facts (compare.contract.Facts), else None."""
        if facts.target != "class" or not facts.classes:
            return f"RewardSTDP is rewarded for classes, but the task's target is {facts.target!r}."
        if facts.classes > self.neurons:
            return f"RewardSTDP has {self.neurons} neurons, but the task has {facts.classes} classes."
        if self.encoder is None:
            return None
        if self.encoder.gives != "spikes":
            return f"RewardSTDP reads spikes, but {self.encoder.name} gives a {self.encoder.gives}."
        try:
            self.encoder.neuron_shape(tuple(facts.shape))
        except ValueError as reason:
            return str(reason)
        return None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # its constants are for hundreds of non-negative inputs, not for two
        return tags
