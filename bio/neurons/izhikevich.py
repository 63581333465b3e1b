"""Izhikevich's neuron: two equations, many firing patterns; here regular spiking."""

from bio.equations import NeuronModel, Source

IZHIKEVICH = NeuronModel(
    name="izhikevich",
    equations="""
    dv/dt = (0.04/mV)*v**2/ms + 5*v/ms + 140*mV/ms - u + R*I/ms : volt
    du/dt = a*(b*v - u) : volt/second
    """,
    threshold="v >= v_peak",
    reset="v = c; u += d",
    parameters={"a": "0.02/ms", "b": "0.2/ms", "c": "-65 mV", "d": "8 mV/ms", "v_peak": "30 mV", "R": "1 Mohm"},
    start={"v": "-70 mV", "u": "-14 mV/ms"},
    drive="I",
    method="euler",
    source=Source(
        text="Izhikevich 2003, IEEE Trans. Neural Netw. 14:1569",
        authors="Izhikevich, E. M.",
        title="Simple model of spiking neurons",
        journal="IEEE Transactions on Neural Networks",
        year=2003,
        doi="10.1109/TNN.2003.820440",
    ),
    purpose="Cortical firing patterns at the cost of two variables. Its unit of current is taken as 1 nA; dt <= 1 ms.",
    laws=("rest",),
)
