"""Runs a neuron program on torch: batched over samples, on any device, differentiable.

Each expression tree is turned once into nested Python functions of torch operations; a step calls them. In float64
the spikes are Brian2's (tests/agreement/test_engines.py). The gradient passes a spike through `surrogate`. By default
it does not pass a reset: which value a neuron is reset to depends on its spike, and that branch counts as given (the
reset is "detached", Zenke & Vogels 2021, Neural Comput. 33:899).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from bio.engines._tensor_terms import Term, term, terms
from bio.engines.surrogate import Surrogate, spike
from bio.engines.tensor._hoisting import hoisted
from bio.expression import Apply, Expression, Statement
from bio.program import Program

__all__ = ["Simulation", "TensorNeuron", "distance_to_threshold", "start_distance"]

State = dict[str, Any]

_SINCE = "steps since the last spike"  # no variable can have this name


@dataclass(frozen=True)
class Simulation:
    """What a run leaves: spikes (sample, time, neuron), and the recorded states of the same shape."""

    spikes: torch.Tensor
    states: dict[str, torch.Tensor]


class TensorNeuron:
    """A program rendered on torch.

    Args:
        program: one time step.
        surrogate: gives spikes their gradient; None for none. Needs a threshold that is one comparison.
        detach_reset: False lets gradients pass resets too: a spike's derivative then has what its reset changes (the
            default of SpikingJelly; snnTorch detaches).

    Raises:
        ValueError: a surrogate was asked for and the threshold is no comparison of two values.
    """

    def __init__(self, program: Program, surrogate: Surrogate | None = None, detach_reset: bool = True) -> None:
        self.program = program
        self.surrogate = surrogate
        self.detach_reset = detach_reset
        found = hoisted(program)
        stepped = found.program
        self._hoisted = found.constants
        self._constants = [(name, term(expression)) for name, expression in found.constants]
        self._starts = [term(expression) for expression in stepped.start_terms] or list(program.start)
        self._integrate = terms(stepped.integrate)
        self._hold = terms(stepped.hold)
        self._reset = terms(stepped.reset)
        self._threshold = term(stepped.threshold)
        self._distance = term(distance_to_threshold(stepped)) if surrogate else None
        self._rests = program.refractory_steps > 1
        self._differs = tuple(
            s for s in program.states if updates_of(stepped.integrate, s) != updates_of(stepped.hold, s)
        )

    def start(self, like: torch.Tensor, parameters: Mapping[str, torch.Tensor] | None = None) -> State:
        """The state before the first step, for tensors (sample, neuron) shaped and typed as `like`.

        Args:
            like: gives shape, type and device.
            parameters: symbolic parameter of the program -> SI, (neuron,).

        Raises:
            ValueError: a symbolic parameter of the program has no value.
        """
        state: State = self.constants(parameters)
        for name, value in zip(self.program.states, self._starts, strict=True):
            value = value(state) if callable(value) else value
            state[name] = (
                torch.zeros_like(like) + value if isinstance(value, torch.Tensor) else torch.full_like(like, value)
            )
        if self._rests:
            state[_SINCE] = torch.full_like(like, self.program.refractory_steps, dtype=torch.int32)
        return state

    def constants(self, parameters: Mapping[str, torch.Tensor] | None) -> dict[str, torch.Tensor]:
        """What a step needs of the symbolic parameters, (neuron,): computed once, with its gradient."""
        missing = [name for name in self.program.symbolic if name not in (parameters or {})]
        if missing:
            raise ValueError(f"{self.program.name}: give a value of {', '.join(missing)} for each neuron.")
        return {name: value(parameters or {}) for name, value in self._constants}

    def step(
        self, state: State, current: torch.Tensor, noise: Mapping[str, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, State]:
        """One time step: spikes (0 or 1, in the dtype of `current`) and the new state. `current` is in ampere."""
        names = {**state, self.program.drive: current, **(noise or {})}
        after = self._update(self._integrate, names)
        awake = None
        if self._rests:
            since = state[_SINCE] + 1
            awake = since >= self.program.refractory_steps
            held = self._update(self._hold, names) if self._differs else after
            after |= {name: torch.where(awake, after[name], held[name]) for name in self._differs}
        spiked = self._threshold(after)
        if awake is not None:
            spiked = spiked & awake
            after[_SINCE] = torch.where(spiked, 0, since)
        spikes = self._spikes(after, spiked)
        reset = self._after_reset(after, spiked)
        return spikes, reset if self.detach_reset else self._attached(after, reset, spikes)

    def run(
        self,
        current: torch.Tensor,
        record: bool = False,
        *,
        parameters: Mapping[str, torch.Tensor] | None = None,
        noise: Mapping[str, torch.Tensor] | None = None,
        scale: float = 1.0,
        substeps: int = 1,
    ) -> Simulation:
        """All steps of `current`.

        Unlike the engines of networks (bio.engines.contract), this looks for no state that has left the finite numbers:
        such a state stays inf or nan, and `record` shows it.

        Args:
            current: (sample, time, neuron), in ampere when multiplied by `scale`.
            record: keeps every state at the end of a step.
            parameters: symbolic parameter of the program -> SI, (neuron,).
            noise: noise of the program -> (sample, step, neuron); see Program.noise.
            scale: ampere per unit of `current`.
            substeps: steps of the neurons for which one entry of `current` holds.

        Raises:
            ValueError: a symbolic parameter or a noise of the program is not given, or a shape does not fit.
        """
        noise = self._checked(current, noise, substeps)
        state = self.start(current[:, 0].detach(), parameters)
        entries = (current * scale).unbind(1)
        spikes, kept = [], {name: [] for name in self.program.states if record}
        for step in range(len(entries) * substeps):
            given = {name: values[:, step] for name, values in noise.items()}
            one = entries[step // substeps]
            fired, state = self.step(state, one, given) if given else self.step(state, one)
            spikes.append(fired)
            for name, values in kept.items():
                values.append(state[name])
        return Simulation(torch.stack(spikes, 1), {name: torch.stack(values, 1) for name, values in kept.items()})

    def run_recurrent(
        self,
        current: torch.Tensor,
        weight: torch.Tensor,
        *,
        parameters: Mapping[str, torch.Tensor] | None = None,
        noise: Mapping[str, torch.Tensor] | None = None,
        scale: float = 1.0,
        substeps: int = 1,
    ) -> Simulation:
        """All steps of neurons that hear each other: of entry e, the current is current[e] + weight c[e-1].

        Args:
            current, parameters, noise, scale, substeps: as `run`.
            weight: (neuron, neuron), to and from, in the unit of `current`. c[e] counts a neuron's spikes in the steps
                of entry e, so that a spike acts as long as one of the input does.

        Raises:
            ValueError: as `run`.
        """
        noise = self._checked(current, noise, substeps)
        state = self.start(current[:, 0].detach(), parameters)
        spikes, counts = [], None
        for entry, given in enumerate(current.unbind(1)):
            one = (given if counts is None else torch.addmm(given, counts, weight.t())) * scale
            first = len(spikes)
            for step in range(entry * substeps, (entry + 1) * substeps):
                fired, state = self.step(state, one, {name: values[:, step] for name, values in noise.items()})
                spikes.append(fired)
            counts = spikes[first] if substeps == 1 else torch.stack(spikes[first:]).sum(0)
        return Simulation(torch.stack(spikes, 1), {})

    def _checked(
        self, current: torch.Tensor, noise: Mapping[str, torch.Tensor] | None, substeps: int
    ) -> Mapping[str, torch.Tensor]:
        """The noise that the program reads."""
        name, noise = self.program.name, noise or {}
        if current.ndim != 3 or substeps < 1:
            raise ValueError(
                f"{name} was given a current of shape {tuple(current.shape)} and substeps = {substeps}; expected "
                "(sample, time, neuron), and 1 or more."
            )
        if missing := [one for one in self.program.noise if one not in noise]:
            raise ValueError(f"{name} is noisy: give its {', '.join(missing)}, (sample, step, neuron).")
        shape = (current.shape[0], current.shape[1] * substeps, current.shape[2])
        if wrong := [one for one in self.program.noise if tuple(noise[one].shape) != shape]:
            raise ValueError(f"{name}: {wrong[0]} has shape {tuple(noise[wrong[0]].shape)}; its steps need {shape}.")
        return {one: noise[one] for one in self.program.noise}

    def _update(self, statements: list[tuple[str, Term]], names: Mapping[str, Any]) -> State:
        values = dict(names)
        for target, value in statements:
            values[target] = value(values)
        return {name: value for name, value in values.items() if not name.startswith("_")}

    def _spikes(self, state: State, spiked: torch.Tensor) -> torch.Tensor:
        if self.surrogate is None or self._distance is None:
            return spiked.to(state[self.program.states[0]].dtype)
        return spike(self.surrogate, self._distance(state), spiked)

    def _after_reset(self, state: State, spiked: torch.Tensor) -> State:
        reset = dict(state)
        for target, value in self._reset:
            new = value(reset)
            new = new if isinstance(new, torch.Tensor) else torch.full_like(reset[target], new)
            reset[target] = torch.where(spiked, new, reset[target])
        return {name: value for name, value in reset.items() if name not in self.program.inputs}

    def _attached(self, after: State, reset: State, spikes: torch.Tensor) -> State:
        """The state after a reset, whose gradient by the spike is the change that the reset makes."""
        spiking = self._after_reset(after, torch.ones_like(spikes, dtype=torch.bool))
        through = spikes - spikes.detach()  # 0, with the gradient of a spike
        changed = dict.fromkeys(target for target, _ in self._reset)
        return reset | {name: reset[name] + through * (spiking[name] - after[name]).detach() for name in changed}


def distance_to_threshold(program: Program) -> Expression:
    """State minus threshold: `a - b` of the condition `a > b`.

    Raises:
        ValueError: the threshold is no such condition.
    """
    condition = program.threshold
    if isinstance(condition, Apply) and condition.operation in (">", ">="):
        return Apply("-", condition.arguments)
    raise ValueError(
        f"{program.name}: spikes have a gradient only where the threshold is one comparison such as "
        f'"v > v_threshold"; it is "{condition}".'
    )


def start_distance(program: Program) -> float:
    """How far the start is from the threshold, SI: the scale on which a surrogate's slope is measured."""
    values = {name: torch.tensor(v, dtype=torch.float64) for name, v in zip(program.states, program.start, strict=True)}
    return abs(float(term(distance_to_threshold(program))(values)))


def updates_of(statements: tuple[Statement, ...], state: str) -> tuple[Statement, ...]:
    """The statements that make up the new value of one state variable."""
    return tuple(s for s in statements if s.target == state or (s.target.startswith("_") and s.target.endswith(state)))
