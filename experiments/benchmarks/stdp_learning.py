"""STDP learning: our kernel for Diehl & Cook's network against the same network in Brian2, ms an image.

784 inputs, 400 + 400 neurons, 350 ms an image, dt 1 ms, one thread. Brian2 presents all images in one run(), its
fastest idiom; its cython target where there is a compiler, else numpy.
"""

from __future__ import annotations

import shutil

import brian2 as b2
import numpy as np
from _interleave import interleaved, report

import bio
from compare.tasks.digits import Digits

IMAGES, NEURONS, REPEATS = 20, 400, 5

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


def brian_network(X: np.ndarray) -> b2.Network:
    """Diehl & Cook's network in Brian2, with the images as one timed array of rates."""
    b2.defaultclock.dt = 1 * b2.ms
    image = 350 * b2.ms
    stimulus = b2.TimedArray(X.reshape(len(X), -1) * 63.75 * b2.Hz, dt=image)
    excitatory = {"v_rest": -65 * b2.mV, "e_exc": 0 * b2.mV, "e_inh": -100 * b2.mV, "tau": 100 * b2.ms}
    inhibitory = {"v_rest": -60 * b2.mV, "e_exc": 0 * b2.mV, "e_inh": -85 * b2.mV, "tau": 10 * b2.ms}
    inputs = b2.PoissonGroup(784, "stimulus(t, i)", namespace={"stimulus": stimulus})
    exc = b2.NeuronGroup(
        NEURONS,
        NEURON + "dtheta/dt = -theta/(1e7*ms) : volt\nwsum : 1",
        threshold="v > theta - 72*mV",
        reset="v = -65*mV; theta += 0.05*mV",
        refractory=5 * b2.ms,
        method="exponential_euler",
        namespace=excitatory,
    )
    inh = b2.NeuronGroup(
        NEURONS,
        NEURON,
        threshold="v > -40*mV",
        reset="v = -45*mV",
        refractory=2 * b2.ms,
        method="exponential_euler",
        namespace=inhibitory,
    )
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
    net = b2.Network(inputs, exc, inh, plastic, to_inhibitory, to_excitatory)
    net.add(
        exc.run_regularly("wsum = 0; v = -65*mV; ge = 0; gi = 0", dt=image, when="start", order=-3),
        inh.run_regularly("v = -60*mV; ge = 0; gi = 0", dt=image, when="start", order=-3),
        plastic.run_regularly("wsum_post += w", dt=image, when="start", order=-2),
        plastic.run_regularly("w = w*78.0/wsum_post", dt=image, when="start", order=-1),
    )
    net.store()
    return net


def main() -> None:
    X, y = Digits(size=28).load(0).train
    X, y = X[:IMAGES], y[:IMAGES]
    target = "cython" if shutil.which("g++") else "numpy"
    b2.prefs.codegen.target = target
    b2.prefs.logging.console_log_level = "ERROR"
    b2.seed(0)
    net = brian_network(X)

    def brian() -> None:
        net.restore()
        net.run(IMAGES * 350 * b2.ms)

    def ours() -> None:
        bio.DiehlCook(
            neurons=NEURONS, passes=1, rest="0 ms", dt="1 ms", spike_timer="0 ms", label_examples=1, random_state=0
        ).fit(X, y)

    samples = interleaved({"neurocontrast": ours, f"Brian2 {b2.__version__} {target}": brian}, REPEATS)
    report("stdp_learning", samples, 1e3 / IMAGES, "ms an image", images=IMAGES, neurons=NEURONS)


if __name__ == "__main__":
    main()
