"""Conformance kit for definitions of neurons and rules: plain functions that raise AssertionError.

Example:
    >>> from bio.neurons import LIF
    >>> from bio.plasticity import HEBB
    >>> from bio.testing import check_neuron, check_plasticity
    >>> check_neuron(LIF)  # what was not tested: nothing
    ()
    >>> check_plasticity(HEBB)
"""

from __future__ import annotations

from bio.engine_agreement import Agreement, compare_engines, recorded_input
from bio.neuron_testing import check_neuron
from bio.plasticity_testing import check_plasticity

__all__ = ["Agreement", "check_neuron", "check_plasticity", "compare_engines", "recorded_input"]
