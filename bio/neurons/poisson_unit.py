"""A unit that spikes by chance, at a rate that is linear in its filtered input and never below 0.

v filters the input; the rate is rate_0 + gain*v where that is positive. A current I adds gain*R*I to it in the end, and
a spike that adds w to v brings gain*tau_m*w further spikes on average: 0.02 for 1 mV. Nothing is reset, so the spikes
are a Poisson process of that rate. The chance of a spike in a step is the rate times dt: keep that far below 1.
"""

from bio.equations import NeuronModel, Source

POISSON_UNIT = NeuronModel(
    name="poisson_unit",
    equations="dv/dt = (R*I - v)/tau_m : volt",
    threshold="rand() < (rate_0 + gain*v)*dt",
    reset="",
    parameters={"tau_m": "10 ms", "R": "100 Mohm", "rate_0": "10 Hz", "gain": "2 Hz/mV"},
    start={"v": "0 mV"},
    drive="I",
    source=Source(
        text="Kempter et al. 1999, Phys. Rev. E 59:4498; Gerstner et al. 2014, Neuronal Dynamics, ch. 7",
        authors="Kempter, R. and Gerstner, W. and van Hemmen, J. L.",
        title="Hebbian learning and spiking neurons",
        journal="Physical Review E",
        year=1999,
        doi="10.1103/PhysRevE.59.4498",
    ),
    purpose="Theory of learning: spikes by chance at a known rate, linear in the input.",
    laws=("rest", "poisson"),
)
