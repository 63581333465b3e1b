"""The fast torch engine on the CPU: a neuron's time loop and its gradient as generated kernels, compiled by Numba."""

from bio.engines.fused._neuron import FusedNeuron

__all__ = ["FusedNeuron"]
