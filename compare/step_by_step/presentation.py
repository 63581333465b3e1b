"""One presentation to a small spiking network, with every trace; sample and start weights are those of `passes`.

Two inputs fire at rates in proportion to their values, two hidden neurons and one output neuron integrate currents and
fire, six synapses change by pair STDP. bio's compiled engine simulates it, a step at a time so that synapses can be
read; the traces are integrated in every step (clock-driven) so that they can be seen between spikes as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from compare.step_by_step.passes import SAMPLE, START

if TYPE_CHECKING:
    from bio.engines.contract import Spikes
    from bio.network import Network
    from bio.plasticity_rule import PlasticityRule

__all__ = ["GAIN_PA", "NEURONS", "SYNAPSES", "input_spikes", "network_of", "present", "traced_rule"]

DT_S = 5e-4  # the neurons' exact solution holds at any step; spikes lie on this grid
DURATION_S = 0.1
MAX_RATE_HZ = 200.0
GAIN_PA = {"hidden": 500.0, "output": 900.0}  # current of a spike through w = 1: two or three in a row reach threshold
NEURONS = {"input": ("input 1", "input 2"), "hidden": ("hidden 1", "hidden 2"), "output": ("output",)}
SYNAPSES = {
    "input_hidden": (("w11", "w21"), ("w12", "w22")),  # (source, target), as passes.PARAMETERS calls them
    "hidden_output": (("v1",), ("v2",)),
}
_ENDS = {"input_hidden": ("input", "hidden"), "hidden_output": ("hidden", "output")}


@dataclass(frozen=True)
class _Given:
    """Start weights as they are, in the wiring's order."""

    values: tuple[float, ...]

    def draw(self, synapses: int, chance: np.random.Generator) -> np.ndarray:
        """(synapse,) float64; draws nothing."""
        return np.array(self.values, float)


def traced_rule() -> PlasticityRule:
    """bio's PAIR_STDP with its traces solved exactly in every step; weights come out as those of the rule itself."""
    from dataclasses import replace

    from bio.plasticity import PAIR_STDP

    equations = PAIR_STDP.equations.replace("event-driven", "clock-driven")
    return replace(PAIR_STDP, name="pair_stdp_traced", equations=equations, method="exact")


def network_of(rule: PlasticityRule) -> Network:
    """2-2-1 neurons with the start weights of `passes.START`; a spike arrives after one millisecond."""
    from bio.network import Network, Population, Projection
    from bio.neurons import EXP_SYNAPSE_LIF

    starts = {"input_hidden": START.W1.T, "hidden_output": START.W2.T}
    projections = [
        Projection(source, target, f"I_syn_post += w*{GAIN_PA[target]:g}*pA", rule=rule, delay="1 ms",
                   weights=_Given(tuple(starts[name].ravel().tolist())))
        for name, (source, target) in _ENDS.items()
    ]  # fmt: skip
    sizes = {name: len(names) for name, names in NEURONS.items()}
    inner = (Population(name, sizes[name], EXP_SYNAPSE_LIF) for name in ("hidden", "output"))
    return Network((Population("input", sizes["input"]), *inner), tuple(projections))


def input_spikes(seed: int) -> Spikes:
    """The sample as Poisson spikes: step and neuron."""
    from bio.encoders import Poisson

    encoder = Poisson(duration=f"{1e3 * DURATION_S:g} ms", max_rate=f"{MAX_RATE_HZ:g} Hz", dt=f"{1e3 * DT_S:g} ms",
                      random_state=seed)  # fmt: skip
    _, step, neuron = encoder.events(np.array([SAMPLE[0]]))
    return step, neuron


def present(seed: int) -> dict[str, Any]:
    """JSON-ready: what every neuron and every synapse did.

    time_ms (step,) is the end of each step. spikes_ms: neuron -> ends of the steps in which it fired. current_pA,
    potential_mV: neuron -> (step,). before, after: trace of the source's and of the target's spikes, neuron -> (step,).
    start: synapse -> weight; weight: synapse -> (step,).
    """
    from bio.engines.native import Simulator
    from bio.neurons import EXP_SYNAPSE_LIF

    rule, given = traced_rule(), input_spikes(seed)
    simulator = Simulator(network_of(rule), dt_s=DT_S)
    steps = round(DURATION_S / DT_S)
    seen = _watched(simulator, given, steps)
    numbers = {name: float(one.value) for name, one in EXP_SYNAPSE_LIF.quantities().items()}
    return {
        "x": list(SAMPLE[0]),
        "start": {name: value for name, value in START.each().items() if name[0] in "wv"},
        "dt_ms": 1e3 * DT_S,
        "duration_ms": 1e3 * DURATION_S,
        "max_rate_hz": MAX_RATE_HZ,
        "gain_pA": GAIN_PA,
        "threshold_mV": 1e3 * numbers["v_threshold"],
        "rest_mV": 1e3 * numbers["v_rest"],
        "tau_m_ms": 1e3 * numbers["tau_m"],
        "tau_syn_ms": 1e3 * numbers["tau_syn"],
        "refractory_ms": 2.0,
        "delay_ms": 1.0,
        "rule": {name: float(one.value) for name, one in rule.quantities().items()},
        "time_ms": (1e3 * DT_S * np.arange(1, steps + 1)).tolist(),
        **seen,
    }


def _watched(simulator: Any, given: Spikes, steps: int) -> dict[str, Any]:
    """Runs the simulator one step at a time and keeps what is to be seen."""
    inner = ("hidden", "output")
    spikes = {"input": given}
    states: dict[str, list[np.ndarray]] = {f"{name}.{state}": [] for name in inner for state in ("v", "I_syn")}
    synapses: dict[str, list[np.ndarray]] = {f"{name}.{one}": [] for name in SYNAPSES for one in ("w", "x", "y")}
    fired: dict[str, list[tuple[int, int]]] = {name: [] for name in inner}
    for step in range(steps):
        now = given[1][given[0] == step]
        found = simulator.run(1, spikes={"input": (np.zeros(len(now), np.int32), now)})
        for name in inner:
            fired[name] += [(step, int(neuron)) for neuron in found.spikes[name][1]]
        for key, kept in states.items():
            name, state = key.split(".")
            kept.append(simulator.states[name][state].copy())
        for key, kept in synapses.items():
            kept.append(simulator.variable(*key.split(".")).reshape(_shape(key.split(".")[0])))
    spikes |= {name: tuple(np.array(fired[name], np.int32).reshape(-1, 2).T) for name in inner}  # type: ignore[dict-item]
    return _named(spikes, {k: np.array(v) for k, v in states.items()}, {k: np.array(v) for k, v in synapses.items()})


def _shape(projection: str) -> tuple[int, int]:
    source, target = _ENDS[projection]
    return len(NEURONS[source]), len(NEURONS[target])


def _named(spikes: dict, states: dict[str, np.ndarray], synapses: dict[str, np.ndarray]) -> dict[str, Any]:
    """Arrays by neuron and by synapse; traces belong to a neuron, so that all its synapses have the same."""
    out: dict[str, Any] = {key: {} for key in ("spikes_ms", "current_pA", "potential_mV", "before", "after", "weight")}
    for name, neurons in NEURONS.items():
        for k, neuron in enumerate(neurons):
            out["spikes_ms"][neuron] = (1e3 * DT_S * (spikes[name][0][spikes[name][1] == k] + 1)).tolist()
            if name != "input":
                out["current_pA"][neuron] = _rounded(1e12 * states[f"{name}.I_syn"][:, k])
                out["potential_mV"][neuron] = _rounded(1e3 * states[f"{name}.v"][:, k])
    for projection, names in SYNAPSES.items():
        source, target = (NEURONS[end] for end in _ENDS[projection])
        w, x, y = (synapses[f"{projection}.{one}"] for one in ("w", "x", "y"))  # each (step, source, target)
        out["before"] |= {neuron: _rounded(x[:, k, 0]) for k, neuron in enumerate(source)}
        out["after"] |= {neuron: _rounded(y[:, 0, k]) for k, neuron in enumerate(target)}
        out["weight"] |= {one: _rounded(w[:, i, j]) for i, row in enumerate(names) for j, one in enumerate(row)}
    return out


def _rounded(values: np.ndarray) -> list[float]:
    """To a billionth, of pA, of mV and of a weight, which keeps the file and the tables small."""
    return np.round(values, 9).tolist()
