"""Spiking network that learns without labels by STDP (Diehl & Cook 2015)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from ann.contract import Encoder
from bio.equations import NeuronModel
from bio.learners import _diehl_cook_description as description
from bio.learners._diehl_cook_input import learn_sample, rasters, respond
from bio.learners._diehl_cook_network import (
    EXCITATORY_ROW,
    INHIBITORY_ROW,
    AnsweringNetwork,
    LearningNetwork,
    new_network,
)
from bio.learners._diehl_cook_neuron import Excitatory, excitatory, named_for_what_was_added
from bio.learners._diehl_cook_readout import READOUTS, Readout, Vote
from bio.learners._spiking_presentations import ABOVE_0, AT_LEAST_0, PresentationLearner, Watch, chunks
from bio.neurons.diehl_cook_lif import DIEHL_COOK_LIF, INHIBITORY
from bio.plasticity import DIEHL_COOK_STDP
from bio.plasticity_rule import PlasticityRule
from bio.quantities import quantity, si


class DiehlCook(PresentationLearner):
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

    _deciding: ClassVar[str] = "excitatory"
    _asks_for_classes: ClassVar[str] = "names neurons by classes"
    _times: ClassVar[dict[str, float]] = {
        "duration": ABOVE_0,
        "rest": AT_LEAST_0,
        "dt": ABOVE_0,
        "spike_timer": AT_LEAST_0,
    }
    _description: ClassVar[Any] = description

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

    def _excitatory(self) -> Excitatory:
        return excitatory(self.neuron, quantity(self.spike_timer).text, si(self.dt))

    def _untrained(self, inputs: int, chance: np.random.Generator) -> LearningNetwork:
        rule = self.rule or DIEHL_COOK_STDP
        return new_network(inputs, self.neurons, si(self.dt), si(self.rest), self._excitatory(), chance, rule)

    def _frozen(self) -> AnsweringNetwork:
        return self._learning_.answering()

    def _train_chunk(self, X: np.ndarray, codes: np.ndarray, pass_: int, watch: Watch) -> None:
        """As many samples a call as there are before somebody looks; weak ones again. Labels play no part."""
        events, done = self._source_.events(X, pass_), 0
        while done < len(X):
            order = np.arange(done, done + watch.until_next(self.progress_["examples"], len(X) - done))
            shown, spikes = self._learning_.learn(events, order, self._source_.steps, self._source_.enough)
            done += shown
            self.progress_["examples"] += shown
            self.progress_["updates"] += shown
            if spikes < self._source_.enough:
                again = learn_sample(self._learning_, self._source_, X[done - 1 : done], pass_)
                self.progress_["updates"] += again
            watch(self)

    def _told(self) -> dict[str, float]:
        return {"silent_share": self.silent_share_}

    def _fit_readout(self, X: np.ndarray, codes: np.ndarray, share: np.ndarray) -> Readout:
        counts = self._counts(X)
        readout = READOUTS[self.readout](counts, codes, share)
        fires = counts[:, readout.label >= 0] if isinstance(readout, Vote) else counts
        self.silent_share_ = float((fires.sum(1) == 0).mean())
        return readout

    def _respond(self, X: np.ndarray) -> np.ndarray:
        return respond(self._network_, self._source_, X)[0][:, EXCITATORY_ROW]

    def _rasters(self, X: np.ndarray) -> dict[str, np.ndarray]:
        return rasters(self._network_, self._source_, X)

    def _mean_spikes(self, X: np.ndarray) -> tuple[float, float, float]:
        """Of input, excitatory and inhibitory neurons; a sample that was raised counts at its last intensity."""
        fired, inputs = np.zeros(2), 0
        for chunk in chunks(X):
            counts, raised = respond(self._network_, self._source_, chunk)
            fired += counts.sum((0, 2))
            for level in np.unique(raised):
                inputs += self._source_.events(chunk[raised == level], 0, int(level))[0][-1]
        return inputs / len(X), fired[EXCITATORY_ROW] / len(X), fired[INHIBITORY_ROW] / len(X)

    def definitions(self) -> list[NeuronModel | PlasticityRule]:
        """What is simulated while it learns: the neurons with all that the network adds to them, and the rule."""
        neuron = self._excitatory().model
        neurons = named_for_what_was_added(neuron, self.neuron or DIEHL_COOK_LIF), INHIBITORY
        return [*neurons, self.rule or DIEHL_COOK_STDP] if self.passes else [*neurons]
