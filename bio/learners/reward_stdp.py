"""Spiking network that learns to classify from reward alone, by STDP that a third factor gates."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ann.contract import Encoder
from bio.equations import NeuronModel
from bio.learners import _reward_stdp_description as description
from bio.learners._diehl_cook_readout import READOUTS, Readout
from bio.learners._reward_stdp_critic import Critic, OwnClass, dealt
from bio.learners._reward_stdp_network import DECISION_NEURON, REWARD, TRIAL_STDP, DecisionNetwork, new_network
from bio.learners._spiking_presentations import PresentationLearner, Watch, chunks
from bio.plasticity_rule import PlasticityRule
from bio.quantities import si


class RewardSTDP(PresentationLearner):
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

    _deciding: ClassVar[str] = "decision"
    _asks_for_classes: ClassVar[str] = "is rewarded for classes"
    _readouts: ClassVar[tuple[str, ...]] = ("class", *READOUTS)
    _description: ClassVar[Any] = description

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
    def rewarded_(self) -> float:
        """Share of right decisions in the last trials of training."""
        check_is_fitted(self)
        return self._critic_.expected

    def _check_settings(self) -> None:
        super()._check_settings()
        for name in ("learning_rate", "punishment"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"{name} = {getattr(self, name)!r}, but it must be a number of at least 0.")
        if self.rule is not None and self.rule.signals != (REWARD,):
            raise ValueError(
                f'rule = {self.rule.name} reads {list(self.rule.signals)}; a rule that reads the one signal "{REWARD}" '
                "is needed, as bio.plasticity.FLORIAN_STDP does."
            )

    def _check_classes(self) -> None:
        super()._check_classes()
        if self.classes_.size > self.neurons:
            raise ValueError(
                f"neurons = {self.neurons}, but y has {self.classes_.size} classes. Give each class a neuron at least."
            )

    def _untrained(self, inputs: int, chance: np.random.Generator) -> DecisionNetwork:
        classes = len(self.classes_)
        self._critic_ = Critic(dealt(self.neurons, classes), classes, float(self.punishment))
        return new_network(inputs, self.neurons, si(self.dt), self.rule or TRIAL_STDP, chance)

    def _frozen(self) -> DecisionNetwork:
        return self._learning_.as_it_stands()

    def _train_chunk(self, X: np.ndarray, codes: np.ndarray, pass_: int, watch: Watch) -> None:
        events = self._source_.events(X, pass_)
        for place, code in enumerate(codes):
            self._trial(events, place, int(code))
            watch(self)

    def _trial(self, events: Any, place: int, code: int) -> None:
        """Shows a sample, then rewards the decision."""
        counts = self._learning_.trial(events, place, self._source_.steps)
        amount = self.learning_rate * self._critic_(counts, code)
        if amount != 0.0 and counts.any():
            self._learning_.reward(amount)
            self.progress_["updates"] += 1
        self.progress_["examples"] += 1

    def _told(self) -> dict[str, float]:
        return {"rewarded": self.rewarded_}

    def _fit_readout(self, X: np.ndarray, codes: np.ndarray, share: np.ndarray) -> Readout:
        if self.readout == "class":
            return OwnClass(dealt(self.neurons, len(self.classes_)), share)
        return super()._fit_readout(X, codes, share)

    def _respond(self, X: np.ndarray) -> np.ndarray:
        return self._network_.respond(self._source_.events(X), self._source_.steps)

    def _rasters(self, X: np.ndarray) -> dict[str, np.ndarray]:
        own = self._network_.rasters(self._source_.events(X), self._source_.steps)
        return {"input": self._source_.raster(X), "decision": own}

    def _mean_spikes(self, X: np.ndarray) -> tuple[float, float]:
        """Of input and decision neurons."""
        inputs = sum(self._source_.events(chunk)[0][-1] for chunk in chunks(X))
        return inputs / len(X), self._counts(X).sum() / len(X)

    def refuses(self, facts: Any) -> str | None:
        """A sentence if it cannot serve a task with such facts (compare.contract.Facts), else None."""
        if facts.target == "class" and facts.classes and facts.classes > self.neurons:
            return f"RewardSTDP has {self.neurons} neurons, but the task has {facts.classes} classes."
        return super().refuses(facts)

    def definitions(self) -> list[NeuronModel | PlasticityRule]:
        """What is simulated while it learns: the decision neurons, and the rule."""
        return [DECISION_NEURON, self.rule or TRIAL_STDP] if self.passes else [DECISION_NEURON]
