"""Diehl & Cook's network in Brian2, all images in one run(), which is its fastest idiom.

As a script it serves the network as a program in C++; see `_standalone`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from _standalone import serve_standalone

IMAGE_MS, GRAIN_MS = 350, 50

NEURON = """
dv/dt = ((v_rest - v) + ge*(e_exc - v) + gi*(e_inh - v)) / tau : volt (unless refractory)
dge/dt = -ge/(1*ms) : 1
dgi/dt = -gi/(2*ms) : 1
"""
STDP = """
w : 1
dpre/dt = -pre/(20*ms) : 1 (event-driven)
dpost1/dt = -post1/(20*ms) : 1 (event-driven)
dpost2/dt = -post2/(40*ms) : 1 (event-driven)
"""


def network(X: np.ndarray, neurons: int, dt_ms: float, rest_ms: float) -> tuple[Any, Any, Any]:
    """Brian2's Network, the monitor that counts excitatory spikes, and the duration of the run."""
    import brian2 as b2

    b2.prefs.logging.console_log_level = "ERROR"
    b2.defaultclock.dt = dt_ms * b2.ms
    b2.seed(0)
    shown, silent, ms = IMAGE_MS // GRAIN_MS, round(rest_ms / GRAIN_MS), b2.ms
    rates = np.repeat(X, shown + silent, 0).reshape(len(X), shown + silent, -1)
    rates[:, shown:] = 0
    stimulus = b2.TimedArray(rates.reshape(-1, X.shape[1]) * 63.75 * b2.Hz, dt=GRAIN_MS * ms)
    image = (IMAGE_MS + rest_ms) * ms
    excitatory = {"v_rest": -65 * b2.mV, "e_exc": 0 * b2.mV, "e_inh": -100 * b2.mV, "tau": 100 * ms}
    inhibitory = {"v_rest": -60 * b2.mV, "e_exc": 0 * b2.mV, "e_inh": -85 * b2.mV, "tau": 10 * ms}
    inputs = b2.PoissonGroup(X.shape[1], "stimulus(t, i)", namespace={"stimulus": stimulus})
    exc = b2.NeuronGroup(
        neurons,
        NEURON + "dtheta/dt = -theta/(1e7*ms) : volt\nwsum : 1",
        threshold="v > theta - 72*mV",
        reset="v = -65*mV; theta += 0.05*mV",
        refractory=5 * ms,
        method="exponential_euler",
        namespace=excitatory,
    )
    inh = b2.NeuronGroup(
        neurons, NEURON, threshold="v > -40*mV", reset="v = -45*mV", refractory=2 * ms, method="exponential_euler",
        namespace=inhibitory,
    )  # fmt: skip
    exc.v, inh.v, exc.theta = -65 * b2.mV, -60 * b2.mV, 20 * b2.mV
    plastic = b2.Synapses(
        inputs,
        exc,
        STDP,
        on_pre="ge_post += w; pre = 1; w = clip(w - 0.0001*post1, 0, 1)",
        on_post="w = clip(w + 0.01*pre*post2, 0, 1); post1 = 1; post2 = 1",
    )
    plastic.connect()
    plastic.w = "(rand() + 0.01) * 0.3"
    to_inhibitory = b2.Synapses(exc, inh, on_pre="ge_post += 10.4")
    to_inhibitory.connect(j="i")
    to_excitatory = b2.Synapses(inh, exc, on_pre="gi_post += 17.0")
    to_excitatory.connect("i != j")
    counter = b2.SpikeMonitor(exc, record=False)
    net = b2.Network(inputs, exc, inh, plastic, to_inhibitory, to_excitatory, counter)
    net.add(
        exc.run_regularly("wsum = 0", dt=image, when="start", order=-3),
        plastic.run_regularly("wsum_post += w", dt=image, when="start", order=-2),
        plastic.run_regularly("w = w*78.0/wsum_post", dt=image, when="start", order=-1),
    )
    return net, counter, len(X) * image


@dataclass
class Cython:
    """Brian2's compiled runtime target; learns all images from the same start each time it is called."""

    X: np.ndarray
    neurons: int = 400
    dt_ms: float = 1.0
    rest_ms: float = 0.0
    spikes: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        import brian2 as b2

        b2.prefs.codegen.target = "cython"
        self._net, self._counter, self._duration = network(self.X, self.neurons, self.dt_ms, self.rest_ms)
        self._net.store()

    def __call__(self) -> None:
        self._net.restore()
        self._net.run(self._duration)
        self.spikes = float(self._counter.num_spikes) / len(self.X)


if __name__ == "__main__":
    file, neurons, dt_ms, rest_ms = sys.argv[1:]
    serve_standalone(lambda: network(np.load(file), int(neurons), float(dt_ms), float(rest_ms)))
