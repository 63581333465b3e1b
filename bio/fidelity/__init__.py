"""Proof that engines agree: the same definitions and the same recorded input on each, compared spike for spike.

Example:
    >>> from bio.fidelity import SMALL, certify, questions
    >>> from bio.neurons import LIF
    >>> certificate = certify([*questions([LIF], [], SMALL)][:1], SMALL)
    >>> certificate.faults
    ()
"""

from bio.fidelity._cells import Cell
from bio.fidelity._certificate import Certificate, certify, read_certificate, what_is_there
from bio.fidelity._definitions import named_sets, neuron_models, plasticity_rules
from bio.fidelity._page import as_markdown
from bio.fidelity._questions import FULL, SMALL, Question, Size, questions

__all__ = [
    "FULL",
    "SMALL",
    "Cell",
    "Certificate",
    "Question",
    "Size",
    "as_markdown",
    "certify",
    "named_sets",
    "neuron_models",
    "plasticity_rules",
    "questions",
    "read_certificate",
    "what_is_there",
]
