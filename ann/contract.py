"""What a learner in this package is made of: model recipe, learning rule, encoder, observer.

Interfaces only. Nothing here imports torch, so reading a catalogue stays fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import torch

    from ann.source import Source


class StopTraining(Exception):  # noqa: N818 - a request, not an error
    """Raised by an observer to end training; the learner keeps what it has learned."""


class NoLongerBetter(StopTraining):
    """Raised where the validation loss has not fallen for some passes; its text says all."""


@runtime_checkable
class Observer(Protocol):
    """Watches a learner while it trains. The learner can predict whenever it is called.

    Observing changes no weight and draws no chance. Learners call an observer that is due at 0 examples before the
    first update, so that the untrained network can be measured.
    """

    def due(self, examples_seen: int) -> bool:
        """Whether to be called now; `examples_seen` counts presentations, passes included."""
        ...

    def __call__(self, learner: Any, examples_seen: int, **facts: float) -> None:
        """Look at the learner. May raise StopTraining."""
        ...


@runtime_checkable
class Encoder(Protocol):
    """Turns values in [0, 1] into spikes that are a function of (seed, sample, presentation) only.

    Frozen dataclass. Batching, order, engine, resuming and the number of jobs cannot change its spikes.
    `presentation` counts the passes over the data: pass p of training reads presentation p, prediction reads 0.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    source: ClassVar[Source]

    @property
    def random_state(self) -> int: ...

    @property
    def dt_s(self) -> float: ...

    @property
    def duration_s(self) -> float: ...

    @property
    def gives(self) -> str:
        """ "spikes", or "current": then frames are float32, what flows in each bin, and `events` refuses."""
        ...

    @property
    def steps(self) -> int:
        """Time steps of one presentation: duration over dt."""
        ...

    def neuron_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Axes of the neurons that one sample of `shape` excites. Their C order is the neuron's index.

        Most encoders have a neuron for each value: `shape` itself. A network is built for this shape.

        Raises:
            ValueError: samples of this shape cannot be encoded, and why.
        """
        ...

    def events(self, X: np.ndarray, presentation: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Spikes as (offsets, step, neuron).

        Sample i owns entries offsets[i]:offsets[i+1] (int64) of step (int32, ascending) and neuron (int32). A neuron
        that spikes twice in a step is listed twice.
        """
        ...

    def frames(self, X: np.ndarray, steps: int, presentation: int = 0) -> np.ndarray:
        """The same spikes counted in `steps` equal bins: uint8, (sample, steps, neurons).

        Step t of the encoder falls in bin t * steps // self.steps.
        """
        ...

    def counts(self, X: np.ndarray, presentation: int = 0) -> np.ndarray:
        """The same spikes summed over time, divided by the count expected at full intensity.

        float32, (sample, *neuron_shape).
        """
        ...


@runtime_checkable
class Model(Protocol):
    """A recipe (frozen dataclass) that builds a plain torch.nn.Module once the data's sizes are known."""

    name: ClassVar[str]
    reads: ClassVar[str]  # "values": (sample, *shape) floats; "spikes": (sample, time, features)
    source: ClassVar[Source]

    def build(self, shape: tuple[int, ...], outputs: int, generator: torch.Generator) -> torch.nn.Module:
        """A module for samples of `shape` (without the sample axis). Weights are drawn from `generator`.

        Layered models are nn.Sequential of ann.models.Block(linear, activation).
        """
        ...


State = dict[str, Any]  # name -> Tensor, so that safetensors holds it


@runtime_checkable
class LearningRule(Protocol):
    """Says what change each weight should make. Frozen dataclass; optimiser and learning rate are its fields.

    An update is the wanted change before the learning rate (backprop: MINUS the gradient). The trainer sets
    p.grad = -update; a missing key leaves that parameter alone. y is class indices or values, a rule encodes its own
    labels; loss(output, y) is a batch mean that a rule may ignore. Inner phases stay inside `updates`. A rule whose
    state takes the optimiser's steps as well says `mirrors_steps = True`: learners do not clip what it asks for.
    """

    name: ClassVar[str]
    family: ClassVar[str]  # the colour in a report: "backprop", "surrogate gradient", "STDP", "Hebbian", "feedback"
    # (errors through weights of their own), "second phase" (answers more than once before an update) or "control"
    equation: ClassVar[str]  # one line a person can read
    signals: ClassVar[tuple[str, ...]]  # of: pre, post, third factor, vector error, downstream weights, feedback
    # weights, second phase, future, stored history; ann.locality observes them
    source: ClassVar[Source]
    version: ClassVar[int]

    def refuses(self, model: torch.nn.Module, loss: Any) -> str | None:
        """A sentence if this rule cannot serve that model, else None."""
        ...

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """The rule's own state before the first update."""
        ...

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Parameter name -> wanted change, and the new state."""
        ...

    def output(self, model: torch.nn.Module, x: Any, state: State) -> Any:
        """The model's answer, usually model(x)."""
        ...

    def activity(self, model: torch.nn.Module, x: Any, state: State) -> dict[str, Any]:
        """Layer name -> activity, in depth order."""
        ...

    def pace(self, done: float) -> float:
        """Factor of the learning rate when this part of training, 0 to 1, is done."""
        ...

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        """The torch optimiser that applies the updates. `parameters` are the model's (name, tensor) pairs."""
        ...
