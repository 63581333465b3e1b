"""Leaky integrate-and-fire: the simplest neuron with a time constant and a spike."""

from bio.equations import NeuronModel, Source

LIF = NeuronModel(
    name="lif",
    equations="dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="2 ms",
    parameters={
        "tau_m": "20 ms",
        "R": "100 Mohm",
        "v_rest": "-65 mV",
        "v_threshold": "-50 mV",
        "v_reset": "-65 mV",
    },
    start={"v": "v_rest"},
    drive="I",
    source=Source(
        text="Lapicque 1907; Gerstner et al. 2014, Neuronal Dynamics, eq. 1.5",
        authors="Gerstner, W. and Kistler, W. M. and Naud, R. and Paninski, L.",
        title="Neuronal Dynamics: From Single Neurons to Networks and Models of Cognition",
        journal="Cambridge University Press",
        year=2014,
        doi="10.1017/CBO9781107447615",
    ),
    purpose="A leaky integrator with a fixed threshold: the first choice for large networks and for theory.",
    laws=("rest",),
)
