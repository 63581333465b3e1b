"""Engines that run a neuron definition: Brian2 as the reference, torch for batches and gradients."""
