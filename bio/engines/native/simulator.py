"""Runs a network with kernels that are generated from its definitions and compiled by Numba."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from bio.engines.compiled import compiled_module
from bio.engines.contract import Recording, Spikes
from bio.engines.given import Given, check_given
from bio.engines.native._codes import codes_of
from bio.engines.native._finite import check_state, check_variable
from bio.engines.native._in_order import InOrder
from bio.engines.native._kernel import Kernel, kernel
from bio.engines.native._listed import relist, wake_all
from bio.engines.native._memory import of_neurons, of_synapses, of_travelling_spikes, of_variables, row_order
from bio.engines.native._presented import Events, check_events, check_named, check_order
from bio.engines.native._recorded import joined, spike_arrays, spikes_in, states_in
from bio.network import Network
from bio.noise import draw_noise
from bio.program import compile_program
from bio.synapse_program import compile_synapse
from bio.wiring import wire

_CHUNK = 2**22  # spikes and random numbers of a population that are held at a time
_NONE: Mapping[str, Any] = MappingProxyType({})


class Simulator:
    """A network as compiled machine code; see bio.engines.contract.Simulator.

    Args:
        network: what to simulate.
        dt_s: time step, seconds.
        seed: of wiring and noise.
        dtype: precision of states and synapses; the reference and its spikes are float64.

    Attributes:
        states, synapses, wirings, step: as in the contract. Variables that belong to neurons (traces that all synapses
            of a neuron share) are arrays of neurons here; `variable` reads any of them by synapse.

    Raises:
        ValueError: a definition with a fault, or one that this engine does not run.
    """

    def __init__(
        self, network: Network, dt_s: float, seed: int = 0, dtype: Literal["float64", "float32"] = "float64"
    ) -> None:
        self.network, self.dt_s, self.seed, self.dtype = network, dt_s, seed, dtype
        self.programs = {one.name: compile_program(one.model, dt_s) for one in network.populations if one.model}
        self.wirings = {one.name: wire(network, one, dt_s, seed) for one in network.projections}
        self._synapse_programs = {one.name: compile_synapse(network, one, dt_s) for one in network.projections}
        self._inputs = [one.name for one in network.populations if one.model is None]
        self._arrays: dict[str, Any] = {}
        self._clock = np.zeros(1, np.int64)
        self._order: dict[str, np.ndarray] = {}  # projection -> place in the wiring of each synapse in memory
        self._codes, self._projections = codes_of(network, self.programs, self._synapse_programs, self.wirings, dtype)
        self._delayed = {one.source_name for one in self._projections if max(one.delays) > 0}
        self._kernel: Kernel = kernel(self._inputs, list(self._codes.values()), self._projections, self._delayed, dtype)
        self._module = compiled_module(self._kernel.source)
        self._numbers = np.array(self._kernel.floats or [0.0], dtype), np.array(self._kernel.wholes or [0], np.int64)
        self._handed_out = self._rewritten = True
        self._allocate()
        self._handed_out = False

    def source(self) -> str:
        """The generated kernel."""
        return self._kernel.source

    @property
    def step(self) -> int:
        """Steps simulated so far."""
        return int(self._clock[0])

    @property
    def states(self) -> dict[str, dict[str, np.ndarray]]:
        """Population -> state variable -> (neuron,) SI; may be written between runs."""
        return {
            name: {state: self._arrays[f"{name}_{state}"] for state in program.states}
            for name, program in self.programs.items()
        }

    @property
    def synapses(self) -> dict[str, dict[str, np.ndarray]]:
        """Projection -> variable -> (synapse,), (source, target) or, where it belongs to neurons, (neuron,); writable.

        A weight that is one constant for all pairs but those of a neuron with itself is read-only."""
        self._handed_out = True  # whoever has the arrays can write to them at any time
        return self._synapses

    def set_weights(self, projection: str, weights: np.ndarray) -> None:
        """Writes the weights of a projection, in the shape that `synapses` has them in."""
        self._synapses[projection]["w"][...] = weights
        self._rewritten = True

    def weights(self, projection: str) -> np.ndarray:
        """A copy of the weights of a projection, in the shape that `synapses` has them in."""
        return self._synapses[projection]["w"].copy()

    def variable(self, projection: str, name: str) -> np.ndarray:
        """(synapse,) in the order of the wiring."""
        code = next(one for one in self._projections if one.name == projection)
        wiring, values = self.wirings[projection], self._synapses[projection][name]
        if name in code.pre:
            return values[wiring.pre]
        if name in code.post:
            return values[wiring.post]
        return values.reshape(-1).copy()

    def __getstate__(self) -> dict[str, Any]:
        """Compiled code stays behind; it is found again by its source."""
        return {key: value for key, value in self.__dict__.items() if key != "_module"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Arrays get memory of their own: in a file that was mapped, as joblib does, they are read-only and apart."""
        self.__dict__.update(state)
        self._clock, self._numbers = self._clock.copy(), (self._numbers[0].copy(), self._numbers[1].copy())
        self._arrays = {name: values.copy() for name, values in self._arrays.items()}
        self._synapses = {
            name: {one: self._arrays[f"{name}_{one}"] for one in own} for name, own in self._synapses.items()
        }
        for code in self._projections:
            self._synapses[code.name]["w"].flags.writeable = code.one_weight is None
        self._module = compiled_module(self._kernel.source)

    def _allocate(self) -> None:
        for name, code in self._codes.items():
            self._arrays |= of_neurons(code, self.network.population(name).size, self.dtype)
        self._synapses: dict[str, dict[str, np.ndarray]] = {}
        for code in self._projections:
            name, wiring = code.name, self.wirings[code.name]
            self._synapses[name] = own = of_variables(code, wiring, self.dtype)
            self._arrays |= {f"{name}_{variable}": values for variable, values in own.items()}
            order = row_order(code, wiring) if code.layout == "rows" else None
            self._arrays |= of_synapses(code, wiring, order, self.dtype, name in self._kernel.scalable)
            if order is not None and not (order == np.arange(order.size)).all():
                self._order[name] = order
        for name in self._delayed:
            longest = max(max(one.delays) for one in self._projections if one.source_name == name)
            self._arrays |= of_travelling_spikes(name, self.network.population(name).size, longest)

    # running

    def run(
        self,
        steps: int,
        *,
        spikes: Mapping[str, Spikes] | None = None,
        currents: Mapping[str, np.ndarray] | None = None,
        signals: Mapping[str, np.ndarray] | None = None,
        noise: Mapping[str, Mapping[str, np.ndarray]] | None = None,
        learn: bool = True,
        record: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Recording:
        """See bio.engines.contract.Simulator.run."""
        given = check_given(self.network, self.programs, self._synapse_programs, steps, spikes, currents, signals,
                            noise, record)  # fmt: skip
        found: list[Recording] = []
        largest = max((self.network.population(name).size for name in self.programs), default=1)
        size = max(1, _CHUNK // largest)
        for start in range(0, max(steps, 1), size):
            found.append(self._run_chunk(given.window(start, min(start + size, steps)), learn))
        return joined(found, size)

    def _run_chunk(self, given: Given, learn: bool) -> Recording:
        call = dict(self._arrays)
        self._give(call, given)
        for name, program in self.programs.items():
            size = self.network.population(name).size
            call |= spike_arrays(name, given.steps, size)
            call[f"{name}_spikes"][0] = 0
            call |= {
                f"{name}_record_{state}": np.empty((given.steps, size), self.dtype)
                for state in program.states
                if state in given.record.get(name, ())
            }
        self._show(call, np.zeros(1, np.int64), given.steps, learn=learn)
        return Recording(spikes_in(call, self.programs), states_in(call, given.record))

    def present(
        self,
        events: Events,
        order: np.ndarray,
        steps: int,
        *,
        rest: int = 0,
        learn: bool = True,
        fresh: bool = False,
        keep: Mapping[str, tuple[str, ...]] | None = None,
        totals: Mapping[str, float] | None = None,
        least: int = 0,
        watched: str = "",
    ) -> tuple[int, dict[str, np.ndarray]]:
        """Shows samples one after another in one call of compiled code; the network's one input gets their spikes.

        Args:
            events: (offsets, step, neuron) as an encoder's `events` gives them.
            order: (presentation,) int64, which sample to show.
            steps, rest: time steps with the sample and without input behind it; only the first are counted.
            fresh: begin every presentation as `restart(keep)` leaves the network.
            totals: projection -> sum that the weights onto each target are scaled to before every presentation.
            least, watched: stop behind a presentation in which this population gives fewer spikes.

        Returns:
            How many samples were shown, and population -> int64 (presentation, neuron) spikes.
        """
        call = self._presentation(events)
        for name in self.programs:
            call |= spike_arrays(name, 0, 0)
        order = np.asarray(order, np.int64)
        check_named(totals or {}, self._kernel.scalable, watched, self.programs)
        check_order(order, len(events[0]) - 1)
        return self._show(call, order, steps, rest, learn, fresh, keep or {}, totals or {}, least, watched)

    def presented_spikes(
        self, events: Events, sample: int, steps: int, keep: Mapping[str, tuple[str, ...]] | None = None
    ) -> Recording:
        """The spikes of one sample's presentation to the network as `restart(keep)` leaves it; nothing is learned."""
        call = self._presentation(events)
        for name in self.programs:
            call |= spike_arrays(name, steps, self.network.population(name).size)
            call[f"{name}_spikes"][0] = 0
        order = np.array([sample], np.int64)
        check_order(order, len(events[0]) - 1)
        self._show(call, order, steps, learn=False, fresh=True, keep=keep or {})
        return Recording(spikes_in(call, self.programs))

    def _presentation(self, events: Events) -> dict[str, Any]:
        if len(self._inputs) != 1:
            raise ValueError(f"present needs a network with one input; this one has {len(self._inputs)}. Use run.")
        if noisy := [name for name, program in self.programs.items() if program.noise]:
            raise ValueError(f"present draws no noise, which {noisy[0]} reads. Use run.")
        check_events(events, self.network.population(self._inputs[0]).size)
        call = dict(self._arrays)
        self._give(call, check_given(self.network, self.programs, self._synapse_programs, 1))
        call |= zip((f"{self._inputs[0]}_{one}" for one in ("offsets", "step", "neuron")), events, strict=True)
        return call

    def _show(
        self, call: Mapping[str, Any], order: np.ndarray, steps: int, rest: int = 0, learn: bool = True,
        fresh: bool = False, keep: Mapping[str, tuple[str, ...]] = _NONE, totals: Mapping[str, float] = _NONE,
        least: int = 0, watched: str = "",
    ) -> tuple[int, dict[str, np.ndarray]]:  # fmt: skip
        """Runs the kernel on the arrays of `call`; see `present`."""
        counts = {name: np.zeros((len(order), self.network.population(name).size), np.int64) for name in self.programs}
        starts = (
            self._starts(keep) if fresh or keep else [call[f"{name}_{state}"] for name, state in self._state_names()]
        )
        with InOrder(self._synapses, self._order, {one.name: one.alone for one in self._projections}):
            self._refresh()
            shown = self._module.present(
                *self._numbers, self._clock, order, steps, rest, learn, fresh, least,
                counts[watched] if watched else np.zeros((0, 0), np.int64),
                *(float(totals.get(name, 0.0)) for name in self._kernel.scalable), *counts.values(), *starts,
                *(call[name] for name in self._kernel.arguments),
            )  # fmt: skip
        self._check_finite(learn)
        return int(shown), {name: values[:shown] for name, values in counts.items()}

    def restart(self, keep: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Puts neurons, synapses and clock back to the start; weights stay, and so do the states that `keep` names."""
        for start, (name, state) in zip(self._starts(keep or {}), self._state_names(), strict=True):
            self._arrays[f"{name}_{state}"][:] = start
        for name in self.programs:
            self._arrays[f"{name}_wait"][:] = 0
        for code in self._projections:
            for variable, start in zip(code.program.variables[1:], code.program.start, strict=True):
                self._synapses[code.name][variable][:] = start
            if code.timed:
                self._arrays[f"{code.name}_since"][:] = 0
        for name in self._delayed:
            self._arrays[f"{name}_past_n"][:] = 0
        self._clock[0] = 0

    def _state_names(self) -> list[tuple[str, str]]:
        return [(name, state) for name, program in self.programs.items() for state in program.states]

    def _starts(self, keep: Mapping[str, tuple[str, ...]]) -> list[np.ndarray]:
        """The values that a restart puts states to: the definition's, or for those to keep the present ones."""
        starts, known = [], self._state_names()
        if unknown := [(name, state) for name, kept in keep.items() for state in kept if (name, state) not in known]:
            raise ValueError(f"keep: {unknown[0][0]} has no state {unknown[0][1]!r}.")
        for name, state in self._state_names():
            program, values = self.programs[name], self._arrays[f"{name}_{state}"]
            start = program.start[program.states.index(state)]
            starts.append(values.copy() if state in keep.get(name, ()) else np.full_like(values, start))
        return starts

    def _give(self, call: dict[str, Any], given: Given) -> None:
        for name in self._inputs:
            step, neuron = given.spikes[name]
            call |= {f"{name}_offsets": np.array([0, len(step)]), f"{name}_step": step, f"{name}_neuron": neuron}
        for name, program in self.programs.items():
            size = self.network.population(name).size
            noise = given.noise.get(name)
            if program.noise and noise is None:
                noise = draw_noise(program, self.seed, name, self.step, given.steps, size)
            for one in program.noise:
                assert noise is not None
                call[f"{name}_{one}"] = np.ascontiguousarray(noise[one], self.dtype)
            if program.drive:
                call[f"{name}_{program.drive}"] = np.ascontiguousarray(given.currents[name], self.dtype)
                if self._codes[name].drowsy:
                    self._arrays[f"{name}_driven"][:] = given.currents[name].any(0)
        for signal, values in given.signals.items():
            call[f"_signal_{signal}"] = np.ascontiguousarray(values, self.dtype)

    def _refresh(self) -> None:
        """What may have changed since the last call, because states and synapses may be written."""
        for name, code in self._codes.items():
            if code.drowsy:
                wake_all(name, self._arrays)
        if not (self._handed_out or self._rewritten):
            return
        self._rewritten = False
        for code in self._projections:
            if code.sparse:
                relist(code, self._synapses[code.name]["w"], self._arrays)

    def _check_finite(self, learn: bool) -> None:
        for name, state in self._state_names():
            check_state(name, state, self._arrays[f"{name}_{state}"], self.step * self.dt_s)
        for code in (one for one in self._projections if learn and one.program.plastic):
            for variable, values in self._synapses[code.name].items():
                check_variable(code, variable, values, self.wirings[code.name], self.step * self.dt_s)
