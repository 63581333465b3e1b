"""Runs a neuron definition on Brian2, the reference that the other engines must agree with.

By default Brian2 rearranges the arithmetic of a step (its preference codegen.loop_invariant_optimisations), which
moves last bits. Near the spike onset of Izhikevich's neuron these grow by ten orders of magnitude, until a spike comes
a step later. So the reference runs the statements as they are written; `rearranged` asks for Brian2's default.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, StateMonitor, TimedArray, amp, prefs, second

from bio._dimensions import equations_of
from bio._stateupdate import namespace_of
from bio.program import compile_program
from bio.quantities import quantity

if TYPE_CHECKING:
    from bio.equations import NeuronModel


@dataclass(frozen=True)
class Recording:
    """What a run leaves: spikes (time, neuron), boolean; states at the end of each step, (time, neuron), SI."""

    spikes: np.ndarray
    states: dict[str, np.ndarray]


def simulate(
    model: NeuronModel, current: np.ndarray, dt_s: float, *, target: str = "numpy", rearranged: bool = False
) -> Recording:
    """Runs one neuron for each column of `current`.

    Args:
        model: the definition; Brian2 integrates its equations itself.
        current: (time, neuron), ampere, held during each step.
        dt_s: the time step, seconds.
        target: Brian2's code generator, "numpy" or "cython".
        rearranged: whether Brian2 may rearrange the arithmetic, as it does by default.
    """
    steps, neurons = current.shape
    with _preferences(target, rearranged):
        group = _group(model, current, dt_s)
        spikes = SpikeMonitor(group)
        states = StateMonitor(group, list(model.start), record=True, when="end", dt=dt_s * second)
        network = Network(group, *group.contained_objects, spikes, states)
        network.run(steps * dt_s * second, namespace={})
    raster = np.zeros((steps, neurons), dtype=bool)
    raster[np.rint(np.asarray(spikes.t / second) / dt_s).astype(int), np.asarray(spikes.i)] = True
    return Recording(raster, {name: np.asarray(getattr(states, name + "_")).T for name in model.start})


def _group(model: NeuronModel, current: np.ndarray, dt_s: float) -> NeuronGroup:
    model.check()
    given = TimedArray(current * amp, dt=dt_s * second, name=f"given_{model.name}*")
    group = NeuronGroup(
        current.shape[1],
        equations_of(model),
        threshold=model.threshold,
        reset=model.reset.replace(";", "\n").replace("\n ", "\n").strip(),
        refractory=_refractory(model),
        method=model.method,
        namespace=namespace_of(model) | {"given_current": given},
        dt=dt_s * second,
    )
    program = compile_program(model, dt_s)
    for name, value in zip(program.states, program.start, strict=True):
        group.variables[name].get_value()[:] = value
    group.run_regularly(f"{model.drive} = given_current(t, i)", when="start", dt=dt_s * second)
    return group


def _refractory(model: NeuronModel) -> Any:
    if not model.refractory:
        return False
    text = model.parameters.get(model.refractory, model.refractory)
    return quantity(text, "time", "refractory").value * second


@contextmanager
def _preferences(target: str, rearranged: bool) -> Iterator[None]:
    """Brian2's preferences are global: set for one run and put back.

    As written, the step of a refractory neuron is 0/0, which Brian2 computes and throws away: no warning for that.
    """
    before = prefs.codegen.target, prefs.codegen.loop_invariant_optimisations
    prefs.codegen.target, prefs.codegen.loop_invariant_optimisations = target, rearranged
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            yield
    finally:
        prefs.codegen.target, prefs.codegen.loop_invariant_optimisations = before
