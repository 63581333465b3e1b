"""The part of the conformance kit for neurons without a drive: spikes kick their variables, as synapses would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from bio.connectivity import OneToOne
from bio.engine_agreement import SAME_STATE
from bio.engines.tensor import TensorNeuron
from bio.expression import UNIFORM, XI
from bio.network import Network, Population, Projection
from bio.program import Program, compile_program
from bio.weights import Uniform

if TYPE_CHECKING:
    from bio.equations import NeuronModel
    from bio.fidelity._trial import Trial

__all__ = ["check_kicked", "firing_jumps"]

_JUMPS = torch.logspace(-15, 3, 181, dtype=torch.float64)  # SI, steps of 26 %
_LUCK = {XI: 0.0, UNIFORM: 0.01}  # a neuron that spikes by chance counts as firing at 1 % a step
_WAIT_S = 0.05  # in which a jump must make the neuron fire
_NEURONS, _INPUT_HZ, _DURATION_S = 40, 50.0, 0.3


def firing_jumps(program: Program) -> dict[str, float]:
    """State variable -> its smallest jump (SI) from the start that makes the neuron fire; absent where none does."""
    if not program.states:
        return {}
    neuron, still = TensorNeuron(program), torch.zeros(1, len(_JUMPS), dtype=torch.float64)
    luck = {name: torch.full_like(still, _LUCK[name]) for name in program.noise}
    found = {}
    for name in program.states:
        state, fired = neuron.start(still), torch.zeros(len(_JUMPS), dtype=torch.bool)
        state[name] = state[name] + _JUMPS
        for _ in range(round(_WAIT_S / program.dt_s)):
            spikes, state = neuron.step(state, still, luck)
            fired |= spikes[0] > 0
        first = int(fired.int().argmax())
        if bool(fired.any()) and first > 0:  # the smallest jump of all: it fires by itself
            found[name] = float(_JUMPS[first])
    return found


def check_kicked(model: NeuronModel, dt_s: float) -> list[str]:
    """Raises AssertionError unless it spikes, and spikes alike on Brian2 and on both engines of networks.

    Returns:
        What was not tested: variables that no spike was given to.
    """
    from bio.fidelity._compare import compare
    from bio.fidelity._engines import engines_of, reference

    program = compile_program(model, dt_s)
    jumps = firing_jumps(program)
    trial = _trial(model, dt_s, jumps)
    expected = reference(trial)
    assert expected.rasters["neurons"].any(), (
        f"{model.name} has no drive, and neither fires by itself nor when a variable jumps. Name its drive, or the kit "
        "cannot try it."
    )
    for engine in engines_of("networks", cython=False):
        found = compare(expected, engine.run(trial), trial.steps)
        assert found.same_spikes, (
            f"{model.name} is not the same on Brian2 and {engine.name}: {found.matched} of {found.spikes} spikes are, "
            f"{found.extra} others came."
        )
        assert found.state_error <= SAME_STATE, (
            f"{model.name} is not the same on Brian2 and {engine.name}: states differ by {found.state_error:.1e} of "
            "their range."
        )
    left = [name for name in program.states if name not in jumps]
    return [f"spikes onto {name}: no jump of it alone makes the neuron fire" for name in left]


def _trial(model: NeuronModel, dt_s: float, jumps: dict[str, float]) -> Trial:
    """Each neuron has an input of its own, whose spikes make all variables jump, a part of them enough to fire."""
    from bio.fidelity._input import recorded_spikes
    from bio.fidelity._trial import Piece, Trial

    steps = round(_DURATION_S / dt_s)
    projections = tuple(
        Projection("inputs", "neurons", f"{name}_post += w*{jump!r}*{_unit(model, name)}", OneToOne(),
                   Uniform(0.2, 1.2), name=f"onto_{name}")
        for name, jump in jumps.items()
    )  # fmt: skip
    network = Network((Population("neurons", _NEURONS, model), Population("inputs", _NEURONS)), projections)
    spikes = {"inputs": recorded_spikes(steps, dt_s, _NEURONS, _INPUT_HZ)}
    return Trial(network, dt_s, (Piece(steps, spikes),))


def _unit(model: NeuronModel, variable: str) -> str:
    """As the definition writes it behind the colon, without flags."""
    line = next(one for one in model.equations.splitlines() if one.strip().startswith(f"d{variable}/dt"))
    return f"({line.rpartition(':')[2].partition('(')[0].strip()})"
