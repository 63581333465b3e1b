"""The torch engine: neuron programs batched over samples, on any device, differentiable."""

from bio.engines.tensor._neuron import Simulation, TensorNeuron, distance_to_threshold, start_distance

__all__ = ["Simulation", "TensorNeuron", "distance_to_threshold", "start_distance"]
