"""The leaky integrate-and-fire neuron's published rate."""

from dataclasses import replace

import pytest
import torch

from bio.engines.tensor import TensorNeuron
from bio.neurons import LIF
from bio.program import compile_program

# f = 1/(t_ref + tau ln((v0 - v_r)/(v0 - th))), Gerstner et al. 2014, Neuronal Dynamics, eq. 1.5 ff.
TEXTBOOK = replace(
    LIF,
    parameters={"tau_m": "10 ms", "R": "1 Mohm", "v_rest": "0 mV", "v_threshold": "10 mV", "v_reset": "0 mV"},
    refractory="5 ms",
)


def rate_hz(v0_mv, duration_s=1.0, dt_s=1e-5):
    current = torch.full((1, round(duration_s / dt_s), 1), v0_mv * 1e-9, dtype=torch.float64)
    times = TensorNeuron(compile_program(TEXTBOOK, dt_s)).run(current).spikes[0, :, 0].nonzero()[:, 0] * dt_s
    return float((len(times) - 1) / (times[-1] - times[0])) if len(times) > 1 else 0.0


def test_its_rate_at_twice_the_threshold_is_the_textbooks():
    # each interval is rounded up to a whole step of 0.01 ms: 0.08 % of 11.93 ms
    assert rate_hz(20) == pytest.approx(83.81, rel=1e-3)


def test_it_is_silent_at_and_below_threshold():
    assert rate_hz(10, duration_s=0.3) == 0.0
