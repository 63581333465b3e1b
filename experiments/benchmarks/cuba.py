"""Raw simulation: the CUBA network on the native engine and in Brian2, seconds for a second of biological time.

4,000 leaky integrate-and-fire neurons (80 % excitatory), 2 % of all pairs connected, exponential synaptic currents that
a spike steps, dt 0.1 ms, one thread. Vogels & Abbott 2005, J. Neurosci. 25:10786, as benchmark 2 of Brette et al.
2007, J. Comput. Neurosci. 23:349, doi 10.1007/s10827-007-0038-6.
"""

from __future__ import annotations

import shutil
import sys
from typing import Any

import brian2 as b2
import numpy as np
from _elsewhere import Elsewhere
from _interleave import alike, interleaved, report
from _standalone import serve_standalone

from bio.connectivity import Random
from bio.engines.native import Simulator
from bio.equations import NeuronModel, Source
from bio.network import Network, Population, Projection

REPEATS, DT_S, SECONDS = 7, 1e-4, 1.0
EXCITATORY, INHIBITORY, PROBABILITY = 3200, 800, 0.02

NEURON = NeuronModel(
    name="cuba",
    equations="""
    dv/dt = (ge + gi - (v + 49*mV))/tau_m : volt (unless refractory)
    dge/dt = -ge/tau_e : volt
    dgi/dt = -gi/tau_i : volt
    """,
    threshold="v > -50*mV",
    reset="v = -60*mV",
    refractory="5 ms",
    method="exact",
    parameters={"tau_m": "20 ms", "tau_e": "5 ms", "tau_i": "10 ms"},
    start={"v": "-60 mV", "ge": "0 mV", "gi": "0 mV"},
    source=Source("Brette et al. 2007, J. Comput. Neurosci. 23:349, benchmark 2"),
)


def network() -> Network:
    """Two populations, each onto both."""
    names, effects = ("exc", "inh"), {"exc": "ge_post += 1.62*mV", "inh": "gi_post += -9*mV"}
    return Network(
        (Population("exc", EXCITATORY, NEURON), Population("inh", INHIBITORY, NEURON)),
        tuple(Projection(a, b, effects[a], Random(PROBABILITY)) for a in names for b in names),
    )


class Native:
    """Simulates `SECONDS` from the same start each time it is called."""

    def __init__(self, dtype: Any) -> None:
        self._simulator, self.spikes = Simulator(network(), DT_S, seed=1, dtype=dtype), 0.0
        chance = np.random.default_rng(0)
        self._v = {name: -0.06 + 0.01 * chance.random(size) for name, size in (("exc", 3200), ("inh", 800))}

    def __call__(self) -> None:
        self._simulator.restart()
        for name, v in self._v.items():
            self._simulator.states[name]["v"][:] = v
        recording = self._simulator.run(round(SECONDS / DT_S))
        self.spikes = sum(len(step) for step, _ in recording.spikes.values()) / SECONDS


def brian_network() -> tuple[Any, Any, Any]:
    """The same equations in Brian2, a monitor that counts, and the duration of a run."""
    ms, mV = b2.ms, b2.mV
    b2.defaultclock.dt = DT_S * b2.second
    b2.seed(1)
    b2.prefs.logging.console_log_level = "ERROR"
    group = b2.NeuronGroup(
        EXCITATORY + INHIBITORY,
        """dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
        dge/dt = -ge/(5*ms) : volt
        dgi/dt = -gi/(10*ms) : volt""",
        threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method="exact",
    )  # fmt: skip
    group.v = "-60*mV + rand()*10*mV"
    excite = b2.Synapses(group, group, on_pre="ge_post += 1.62*mV", namespace={"mV": mV})
    inhibit = b2.Synapses(group, group, on_pre="gi_post += -9*mV", namespace={"mV": mV})
    excite.connect(f"i < {EXCITATORY}", p=PROBABILITY)
    inhibit.connect(f"i >= {EXCITATORY}", p=PROBABILITY)
    counter = b2.SpikeMonitor(group, record=False)
    return b2.Network(group, excite, inhibit, counter), counter, SECONDS * b2.second


class Cython:
    """Brian2's compiled runtime target."""

    def __init__(self) -> None:
        b2.prefs.codegen.target = "cython"
        self._net, self._counter, self._duration = brian_network()
        self._net.store()
        self.spikes = 0.0

    def __call__(self) -> None:
        self._net.restore()
        self._net.run(self._duration)
        self.spikes = float(self._counter.num_spikes) / SECONDS


def main() -> None:
    contestants: dict[str, Any] = {f"neurocontrast {dtype}": Native(dtype) for dtype in ("float64", "float32")}
    facts: dict[str, Any] = {}
    if compiler := shutil.which("g++"):
        standalone = Elsewhere(__file__, "serve", per=SECONDS)
        contestants[f"Brian2 {b2.__version__} cython"] = Cython()
        contestants[f"Brian2 {b2.__version__} cpp_standalone"] = standalone
    samples = interleaved(contestants, REPEATS)
    if compiler:
        facts["standalone_loop_alone_s"] = float(np.median(standalone.told[1:]))
        standalone.close()
    rates = {name: one.spikes for name, one in contestants.items()}
    report("cuba", samples, 1 / SECONDS, "s a second", comparable=alike(rates), spikes_a_second=rates, **facts)


if __name__ == "__main__":
    serve_standalone(brian_network) if sys.argv[1:] == ["serve"] else main()
