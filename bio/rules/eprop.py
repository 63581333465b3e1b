"""e-prop: eligibility traces at synapses times a learning signal for each neuron"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any, ClassVar, Literal

import torch

from ann import operations
from ann.contract import State
from ann.rules import _layers, _optimiser
from ann.source import Source
from bio.models._layers import ProgramLayer
from bio.quantities import quantity, si
from bio.rules import _eprop_counting, _eprop_feedback
from bio.rules._eprop_changes import changes
from bio.rules._eprop_network import hidden_layer, leaky, present, refusal

_SIGNALS = ("pre", "post", "vector error", "downstream weights")


@dataclass(frozen=True)
class EProp:
    """dW_ji = -sum_t L_j(t) F(e_ji)(t), for one layer of spiking neurons of any model, recurrent or not.

    e_ji(t) = dz_j/ds_j . eps_ji(t),  eps_ji(t) = ds_j(t)/ds_j(t-1) eps_ji(t-1) + ds_j(t)/dW_ji;  L_j(t) = sum_k B_kj
    dE(t)/dy_k. s_j: all state variables of neuron j; z_j: its spike, whose derivative is the model's surrogate; F: the
    read-out's leak, y_k(t) = exp(-dt/tau) y_k(t-1) + sum_j V_kj z_j(t). Of cross-entropy, dE/dy_k is softmax - target.

    The derivatives are those of the neuron's own equations (bio.derivative), so every model with a threshold that is a
    comparison can learn, its learnable parameters as well. No error goes back through time, and none from one neuron to
    another: without recurrent weights, symmetric e-prop is the gradient; with them, what a spike does through other
    neurons is left out. The read-out takes its exact gradient.

    Differences from the paper: resets and refractoriness count as the model's do (by default no gradient passes a
    reset, of an adaptive threshold neither, and the surrogate also acts while a neuron is refractory); no firing-rate
    regularisation; random feedback begins with a standard deviation of 1/sqrt(neurons), which their code uses for
    adaptive feedback only.

    Attributes:
        feedback: B. "symmetric": the read-out's own weights; "random": drawn once; "adaptive": random, but takes the
            same steps as the read-out, and both decay, so that they become alike.
        readout_tau: time constant of the read-out's leak, as "20 ms"; empty for none, the model's own answer.
        error: "last step": of the answer, after all steps, as Backprop's; "every step": the mean over steps of the
            loss of y(t), which needs no end of a sequence.
        traces: "summed" or "online", two orders of one sum that differ by rounding only. "online" carries a trace at
            every synapse: numbers and products of a step are samples x neurons x synapses x states. "summed" takes the
            sum for each neuron backwards: samples x steps x neurons x states^2 in all, and one product of matrices. A
            batch of 64 with 25 steps took 17 and 236 ms for 64 inputs of 128 recurrent LIF neurons, and 27 and 1200 ms
            for 784 (Backprop, compiled: 8 and 17 ms; one core). `operations` counts traces at synapses in either.
        feedback_decay: part by which adaptive feedback and the read-out fall in an update; 1 % in the authors' code.
        optimiser, learning_rate, momentum, weight_decay: as in Backprop.

    Raises:
        ValueError: a setting that is not known, a number out of its range, or a readout_tau that is no time.
    """

    feedback: Literal["symmetric", "random", "adaptive"] = "symmetric"
    readout_tau: str = ""
    error: Literal["last step", "every step"] = "last step"
    traces: Literal["summed", "online"] = "summed"
    feedback_decay: float = 1e-2
    optimiser: _optimiser.Name = "adam"
    learning_rate: float = 3e-3
    momentum: float = 0.9
    weight_decay: float = 0.0

    name: ClassVar[str] = "eprop"
    family: ClassVar[str] = "surrogate gradient"
    equation: ClassVar[str] = "ΔW_ji = -η Σ_t L_j(t) F(e_ji)(t), L_j = Σ_k B_kj (y_k - t_k);  read-out: gradient"
    signals: ClassVar[tuple[str, ...]] = _SIGNALS  # "feedback weights" instead of the last where they are not symmetric
    version: ClassVar[int] = 2
    source: ClassVar[Source] = Source(
        "Bellec et al. 2020, Nat. Commun. 11:3625",
        "Bellec, Guillaume and Scherr, Franz and Subramoney, Anand and Hajek, Elias and Salaj, Darjan and "
        "Legenstein, Robert and Maass, Wolfgang",
        "A solution to the learning dilemma for recurrent networks of spiking neurons",
        "Nature Communications",
        2020,
        "10.1038/s41467-020-17236-y",
    )

    def __post_init__(self) -> None:
        _optimiser.check(self)
        for field, known in (
            ("feedback", ("symmetric", "random", "adaptive")),
            ("error", ("last step", "every step")),
            ("traces", ("summed", "online")),
        ):
            if getattr(self, field) not in known:
                choice = " or ".join(f'"{one}"' for one in known)
                raise ValueError(f"{field} = {getattr(self, field)!r} is not known; choose {choice}.")
        if not 0 <= self.feedback_decay < 1:
            raise ValueError(f"feedback_decay = {self.feedback_decay!r}, but it must be at least 0 and less than 1.")
        if self.readout_tau:
            object.__setattr__(self, "readout_tau", quantity(self.readout_tau, "time", "readout_tau").text)
            if not si(self.readout_tau) > 0:
                raise ValueError(f'readout_tau = "{self.readout_tau}": give a time above 0, or "" for no leak.')
        if self.feedback != "symmetric":
            object.__setattr__(self, "signals", (*_SIGNALS[:3], "feedback weights"))

    @property
    def mirrors_steps(self) -> bool:
        """Adaptive feedback takes the read-out's steps, so they cannot be clipped."""
        return self.feedback == "adaptive"

    def refuses(self, model: torch.nn.Module, loss: Any) -> str | None:
        """Refuses all but one layer of spiking neurons of a program behind fully connected weights."""
        return refusal(model)

    def start(self, model: torch.nn.Module, generator: torch.Generator) -> State:
        """B, where it is not the read-out; with it the memory of its optimiser, where it learns."""
        if self.feedback == "symmetric":
            return {}
        return _eprop_feedback.started(model.readout, self.feedback == "adaptive", generator)  # type: ignore[arg-type]

    def updates(
        self, model: torch.nn.Module, x: Any, y: Any, loss: Any, state: State, generator: torch.Generator
    ) -> tuple[dict[str, Any], State]:
        """Of the hidden layer what traces and learning signals say, of the read-out minus the gradient."""
        name, layer = hidden_layer(model)
        decay, seen = self._decay(layer), present(layer, x)
        heard = leaky(seen.run.spikes, decay, self.error == "every step")
        readout: torch.nn.Linear = model.readout  # type: ignore[assignment]
        answers = readout(heard)
        value = loss(answers.flatten(0, 1), y.repeat_interleave(heard.shape[1], 0))
        (errors,) = torch.autograd.grad(value, answers, retain_graph=True)
        found = _layers.gradient_updates(model, value, {f"readout.{one}" for one, _ in readout.named_parameters()})
        signal = errors @ state.get("feedback", readout.weight.detach())
        hidden = changes(layer, seen, signal, decay, self.traces)
        learns = {f"{name}.{one}" for one, parameter in layer.named_parameters() if parameter.requires_grad}
        found |= {f"{name}.{one}": change for one, change in hidden.items() if f"{name}.{one}" in learns}
        if self.feedback == "adaptive":
            state = _eprop_feedback.followed(self, state, found["readout.weight"], self.feedback_decay)
        return found, state

    def output(self, model: torch.nn.Module, x: Any, state: State) -> Any:
        """The model's own answer, or through the leak what the read-out holds after the last step."""
        if not self.readout_tau:
            return model(x)
        layer = hidden_layer(model)[1]
        return model.readout(leaky(layer(x), self._decay(layer), every=False)[:, 0])  # type: ignore[operator]

    def activity(self, model: torch.nn.Module, x: Any, state: State) -> dict[str, Any]:
        return _layers.activity(model, x) | {"readout": self.output(model, x, state)}

    def operations(self, model: Any, x: Any, state: State, *, training: bool) -> list[operations.Row]:
        """Products and additions of an answer and, with `training`, of an update with traces at every synapse."""
        leaks = bool(self.readout_tau)
        rows = _eprop_counting.answer_rows(model, x, leaks)
        if not training:
            return rows
        return rows + _eprop_counting.learning_rows(model, x, leaks, self.error == "every step")

    def pace(self, done: float) -> float:
        """The rate stays as it is, so that adaptive feedback takes the read-out's steps."""
        return 1.0

    def make_optimiser(self, parameters: Any) -> torch.optim.Optimizer:
        """The named one; under adaptive feedback the read-out's weights decay after each step."""
        named = list(parameters)
        optimiser = _optimiser.make(self, named)
        if self.feedback != "adaptive":
            return optimiser
        return _eprop_feedback.WithDecay(optimiser, dict(named)["readout.weight"], self.feedback_decay)

    def _decay(self, layer: ProgramLayer) -> float:
        """Part that the read-out keeps in a step of the neurons."""
        return exp(-layer.neurons.neuron.program.dt_s / si(self.readout_tau)) if self.readout_tau else 1.0
