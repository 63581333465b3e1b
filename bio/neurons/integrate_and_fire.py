"""Integrate-and-fire without a leak: a spike takes one threshold off, so nothing of the input is lost.

In a constant current it has spiked floor(I t/(C_m v_threshold)) times after a time t, as long as that is less than
once a step. So its rate is a ReLU of the current, which is why converted networks are made of it.
"""

from bio.equations import NeuronModel, Source

INTEGRATE_AND_FIRE = NeuronModel(
    name="integrate_and_fire",
    equations="dv/dt = I/C_m : volt",
    threshold="v >= v_threshold",
    reset="v = v - v_threshold",
    parameters={"C_m": "100 pF", "v_threshold": "10 mV"},
    start={"v": "0 mV"},
    drive="I",
    method="euler",
    source=Source(
        text="Rueckauer et al. 2017, Front. Neurosci. 11:682",
        authors="Bodo Rueckauer, Iulia-Alexandra Lungu, Yuhuang Hu, Michael Pfeiffer and Shih-Chii Liu",
        title="Conversion of continuous-valued deep networks to efficient event-driven networks for image "
        "classification",
        journal="Frontiers in Neuroscience 11:682",
        year=2017,
        doi="10.3389/fnins.2017.00682",
    ),
    purpose="Its rate is a ReLU of a constant current: after T steps it has spiked floor(drive T) times.",
    laws=("rest",),
)
