"""Adaptive exponential integrate-and-fire: a soft spike onset and an adaptation current."""

from bio.equations import NeuronModel, Source

ADEX = NeuronModel(
    name="adex",
    equations="""
    dv/dt = (g_L*(E_L - v) + g_L*Delta_T*exp((v - V_T)/Delta_T) - w + I)/C_m : volt
    dw/dt = (a*(v - E_L) - w)/tau_w : amp
    """,
    threshold="v > v_cut",
    reset="v = v_reset; w += b",
    parameters={
        "C_m": "281 pF",
        "g_L": "30 nS",
        "E_L": "-70.6 mV",
        "V_T": "-50.4 mV",
        "Delta_T": "2 mV",
        "tau_w": "144 ms",
        "a": "4 nS",
        "b": "80.5 pA",
        "v_cut": "-40.4 mV",
        "v_reset": "-70.6 mV",
    },
    start={"v": "E_L", "w": "0 pA"},
    drive="I",
    method="euler",
    source=Source(
        text="Brette & Gerstner 2005, J. Neurophysiol. 94:3637",
        authors="Brette, R. and Gerstner, W.",
        title="Adaptive exponential integrate-and-fire model as an effective description of neuronal activity",
        journal="Journal of Neurophysiology",
        year=2005,
        doi="10.1152/jn.00686.2005",
    ),
    purpose="Fits recorded pyramidal cells with few parameters that physiologists can measure. dt <= 0.1 ms.",
)
