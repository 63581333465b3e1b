"""Leaky integrate-and-fire in white noise, as from many weak inputs: Siegert's rate.

sigma is the standard deviation that v has in the end if no threshold is in its way. The rate is 1/(t_ref + t), where
t = tau_m sqrt(pi) times the integral of exp(u^2)(1 + erf u) from (v_reset - m)/(sqrt(2) sigma) to
(v_threshold - m)/(sqrt(2) sigma), and m = v_rest + R I. In steps of dt the threshold acts as if it were higher by
0.5826 times the noise of one step, sigma sqrt(2 dt/tau_m).
"""

from bio.equations import NeuronModel, Source

NOISY_LIF = NeuronModel(
    name="noisy_lif",
    equations="dv/dt = (v_rest - v + R*I)/tau_m + sigma*(2/tau_m)**0.5*xi : volt (unless refractory)",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="2 ms",
    parameters={
        "tau_m": "20 ms",
        "R": "100 Mohm",
        "sigma": "4 mV",
        "v_rest": "-65 mV",
        "v_threshold": "-50 mV",
        "v_reset": "-65 mV",
    },
    start={"v": "v_rest"},
    drive="I",
    method="euler",
    source=Source(
        text="Siegert 1951, Phys. Rev. 81:617; Gerstner et al. 2014, Neuronal Dynamics, ch. 8",
        authors="Siegert, A. J. F.",
        title="On the first passage time probability problem",
        journal="Physical Review",
        year=1951,
        doi="10.1103/PhysRev.81.617",
    ),
    purpose="Irregular firing from noise, with a rate that theory knows. dt <= 0.1 ms.",
    laws=("rest",),
)
