"""What a comparison needs from its parts: tasks, learners and their capabilities, metrics, measures.

Interfaces belong to their consumer, so they live here; `bio` and `ann` satisfy them without knowing this package.
Only standard things travel: numpy arrays, pandas tables, scikit-learn estimators, plain dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, runtime_checkable

from ann.contract import Encoder, Observer, StopTraining

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = [
    "Described", "Description", "Encoder", "Evidence", "Facts", "Learner", "Metric", "Observer", "Similarity", "Split",
    "StopTraining", "Task",
]  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is known of a task without loading its data, so that a dry run can tell refusals."""

    target: Literal["class", "value", "class per step", "value per step", "none"]
    axes: tuple[str, ...]  # of one sample: ("channel", "height", "width") or ("feature",)
    shape: tuple[int, ...]
    classes: int | None
    chance: float | None  # score of the best answer that looks at no sample: a share of right ones, or a squared error
    examples: dict[str, int] = field(default_factory=dict)  # "train", "validation", "test" -> how many


@dataclass(frozen=True)
class Split:
    """A task's data. X values lie in [0, 1], float32, (sample, *facts.shape); y is int64 class indices or float32.

    Of a task without a target y are classes by which made samples are judged; no learner is shown them.
    """

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]
    probe: tuple[np.ndarray, np.ndarray]  # a fixed part of the test set, on which representations are compared
    checksum: str  # sha256 of the arrays above


@runtime_checkable
class Task(Protocol):
    """A data set with a question. Frozen dataclass; its fields are its options.

    One that reads files of the user's own has fingerprint() -> str as well: a digest of the content that load() would
    read. It is a part of a run's key, so changed files make new runs and never mix with the old ones.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    title: ClassVar[str]
    source: ClassVar[Any]  # ann.Source
    licence: ClassVar[str]

    def facts(self) -> Facts: ...
    def load(self, seed: int) -> Split:
        """The data. The test set does not depend on `seed`. Raises DataMissing with where to get it."""
        ...


@runtime_checkable
class Learner(Protocol):
    """Any scikit-learn estimator. Everything else is a capability of its own; its absence is a refusal in the report.

    fit(X, y, *, validation=None, observer=None)   curves against examples seen
    partial_fit(X, y)                              one pass from where it stands; classes= in the first call, if any
    predict_proba(X) -> (sample, class)            calibration; (sample, time, class) where each step is answered
    activations(X) -> dict[str, ndarray]           layer -> (sample, neuron), in depth order; spiking layers: counts
    spikes(X) -> dict[str, ndarray]                population -> (sample, time, neuron) uint8, spikes of "input" first
    scores_over_time(X) -> (sample, time, class)   predict_proba if the sample ended after each step: float32
    input_gradient(X, y) -> (sample, *shape)       each sample's own loss by its own values: float32; attacks
    update_and_gradient(X, y) -> (dict, dict)      the rule's change and minus the loss's gradient, by parameter name
    sample(n, *, random_state) -> (n, *shape)      generation
    operations(X, *, training=False) -> DataFrame  layer, operation ("MAC", "AC", ...), dense, effective: per sample
    weights() -> dict[str, ndarray]                and with_weights(w) -> a copy that has these
    receptive_fields() -> (neuron, *shape)         the first layer's measured receptive fields
    describe() -> dict                             see Described
    definitions() -> [NeuronModel, PlasticityRule] what it simulates while it learns, exactly; a model may have it too
    refuses(facts) -> str | None                   a sentence if it cannot serve such a task
    Constructor parameters it may have: encoder (set to the study's profile, or None for the clean input),
    random_state (an int from the study's seed), device.
    """

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> Any: ...
    def predict(self, X: np.ndarray) -> np.ndarray: ...


class Described(Protocol):
    """What a fitted learner tells about itself. All keys are present; None or empty where there is nothing to say."""

    def describe(self) -> dict[str, Any]:
        """JSON-ready facts.

        family: the colour in a report; one of those that ann.contract.LearningRule names
        engine: "torch", "numba", "scikit-learn", "brian"
        reads: what its input is, "counts of the study's spikes", "the study's spikes in 25 bins", "clean values" ...
        readout: how the decision is made, "softmax of the output layer", "vote of labelled neurons" ...
        layers: [{name, neurons, parameters, text}], input first
        parameters: trainable numbers;  state: numbers kept per sample between time steps;  time_steps: int or None
        neuron: None or {name, equations, parameters, text, source}
        rule: {name, equation, signals: [...], text, source}
        training: {passes, examples, updates, batch_size}
        settings: {name: value} of hyper-parameters worth a reader's eye
        sources: [{text, authors, title, journal, year, doi}]
        departures: [sentences]: where it leaves the study's common protocol (amber rows of the ledger)
        """
        ...


@dataclass(frozen=True)
class Evidence:
    """What a metric may look at. Arrays over the test set; absent ones are None.

    Answers at every step of a sequence count as so many samples.
    """

    y: np.ndarray | None = None  # (sample,) class indices, of a task of classes
    prediction: np.ndarray | None = None
    score: np.ndarray | None = None  # (sample, class), sums to one
    classes: int | None = None
    operations: pd.DataFrame | None = None
    spikes: dict[str, np.ndarray] | None = None
    description: dict[str, Any] | None = None
    duration_s: float | None = None  # of one presentation, for a learner that spikes
    value: np.ndarray | None = None  # (sample, ...) targets, of a task of values
    value_prediction: np.ndarray | None = None
    samples: np.ndarray | None = None  # (sample, *shape), of a task without a target
    reconstruction: np.ndarray | None = None  # the samples as the learner gives them back
    made: np.ndarray | None = None  # new samples, as many as there are in the test set
    features: Callable[[np.ndarray], np.ndarray] | None = None  # of samples, (sample, feature)


@runtime_checkable
class Metric(Protocol):
    """One number from the evidence of one run. Frozen dataclass."""

    name: ClassVar[str]
    unit: ClassVar[str]  # "" for a fraction
    better: ClassVar[Literal["higher", "lower", "neither"]]
    bounds: ClassVar[tuple[float, float]]
    needs: ClassVar[frozenset[str]]  # fields of Evidence that must not be None

    def __call__(self, evidence: Evidence) -> float: ...


@runtime_checkable
class Similarity(Protocol):
    """Compares two representations of the same samples, (sample, neuron) each."""

    name: ClassVar[str]
    invariant_to: ClassVar[frozenset[str]]  # of "rotation", "scale", "translation", "linear map", "permutation"
    is_metric: ClassVar[bool]

    def __call__(self, a: np.ndarray, b: np.ndarray) -> float: ...


@runtime_checkable
class Description(Protocol):
    """One number that describes one representation."""

    name: ClassVar[str]

    def __call__(self, a: np.ndarray, y: np.ndarray | None = None) -> float: ...
