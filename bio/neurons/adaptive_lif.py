"""Leaky integrate-and-fire with an adaptive threshold: it tires when it fires often."""

from bio.equations import NeuronModel, Source

ADAPTIVE_LIF = NeuronModel(
    name="adaptive_lif",
    equations="""
    dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)
    dtheta/dt = -theta/tau_theta : volt
    """,
    threshold="v > v_threshold + theta",
    reset="v = v_reset; theta += theta_step",
    refractory="2 ms",
    parameters={
        "tau_m": "20 ms",
        "tau_theta": "200 ms",
        "R": "100 Mohm",
        "v_rest": "-65 mV",
        "v_threshold": "-50 mV",
        "v_reset": "-65 mV",
        "theta_step": "1.8 mV",
    },
    start={"v": "v_rest", "theta": "0 mV"},
    drive="I",
    source=Source(
        text="Bellec et al. 2018, Adv. Neural Inf. Process. Syst. 31",
        authors="Bellec, G. and Salaj, D. and Subramoney, A. and Legenstein, R. and Maass, W.",
        title="Long short-term memory and learning-to-learn in networks of spiking neurons",
        journal="Advances in Neural Information Processing Systems 31",
        year=2018,
    ),
    purpose="Each spike raises the threshold for a while: spike-frequency adaptation, a memory of hundreds of ms.",
    laws=("rest",),
)
