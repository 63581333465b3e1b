"""The Diehl & Cook network in words, in its equations, and in counted operations."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ann.source import Source
from bio.learners._diehl_cook_input import ENOUGH, MOST_RAISES, OwnSpikes
from bio.learners._diehl_cook_network import (
    EXCITES,
    INHIBITS,
    REFERENCE_INPUTS,
    AnsweringNetwork,
)
from bio.learners._presentation_description import Layer, counted, departures_of_input, facts
from bio.neurons.diehl_cook_lif import INHIBITORY
from bio.plasticity import DIEHL_COOK_STDP
from bio.quantities import si

if TYPE_CHECKING:
    import pandas as pd

SOURCE = Source(
    "Diehl & Cook 2015, Front. Comput. Neurosci. 9:99",
    "Peter U. Diehl and Matthew Cook",
    "Unsupervised learning of digit recognition using spike-timing-dependent plasticity",
    "Frontiers in Computational Neuroscience 9:99",
    2015,
    "10.3389/fncom.2015.00099",
)

_SYNAPSES = f"excitatory to inhibitory {EXCITES}, one to one; inhibitory to excitatory {INHIBITS}, to all but its own"
_READOUT = {
    "vote": "vote of the excitatory neurons, each labelled with the class that excites it most",
    "linear": "logistic regression on the excitatory neurons' spike counts",
}
_SETTINGS = ("neurons", "passes", "readout", "dt", "rest", "spike_timer", "label_examples")


def describe(learner: Any) -> dict[str, Any]:
    """The facts of compare.contract.Described, about a fitted DiehlCook."""
    inputs, neurons = learner._network_.weights.shape
    used = learner._learning_.neuron.model
    neuron, partner = used.describe(), INHIBITORY.describe()
    plastic = learner.rule or DIEHL_COOK_STDP
    rule = plastic.describe()
    return {
        "family": "STDP" if learner.passes else "control",
        **facts(learner, _layers(inputs, neurons), _SETTINGS),
        "readout": _READOUT[learner.readout],
        "state": int(neurons * (len(used.start) + len(INHIBITORY.start) + 2)),  # each with the time of its last spike
        "neuron": {
            "name": f"{learner.neuron.name} with a synaptic current and a threshold that adapts"
            if learner.neuron
            else "conductance-based LIF with an adaptive threshold",
            "equations": f"{neuron['equations']}\n# inhibitory\n{partner['equations']}",
            "parameters": {"excitatory": _listed(neuron), "inhibitory": _listed(partner), "synapses": _SYNAPSES},
            "text": f"{neuron['text']} Method {used.method}, in steps of {learner.dt}.",
            "source": asdict(used.source),
        },
        "rule": {
            "name": learner.rule.name if learner.rule else "STDP (Diehl & Cook)",
            "equation": str(rule["equations"]).replace("\n", "; "),
            "parameters": rule["parameters"],
            "signals": ["pre", "post"],
            "text": f"{rule['text']} Labels play no part.",
            "source": asdict(plastic.source),
        },
        "sources": [asdict(SOURCE)],
        "departures": departures(learner),
    }


def _listed(neuron: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in neuron["parameters"].items())


def _layers(inputs: int, neurons: int) -> list[Layer]:
    return [
        ("excitatory", neurons, inputs * neurons + neurons, "all inputs, plastic; weights and thresholds"),
        ("inhibitory", neurons, 0, "one to one from excitatory; to all but its own; fixed"),
    ]


def departures(learner: Any) -> list[str]:
    """Sentences: where it leaves the study's common protocol, and where Diehl & Cook's."""
    source, inputs = learner._source_, learner._network_.weights.shape[0]
    if isinstance(source, OwnSpikes):
        again = (
            f"A sample that excites fewer than {ENOUGH} spikes is shown again with more intensity, "
            f"up to {min(MOST_RAISES, source.raises)} times, in training and in answering."
        )
        found = departures_of_input(source, again)
    else:
        found = ["A weak sample is shown once only: its spikes are the study's. Diehl & Cook show it again."]
    if learner.neuron is not None:
        found.append(f"The excitatory neurons are {learner.neuron.name}; Diehl & Cook's have conductances.")
    if learner.rule is not None:
        found.append(f"The plasticity rule is {learner.rule.name}, not Diehl & Cook's.")
    found.append("Spikes travel without delay; Diehl & Cook draw delays of 0 to 10 ms for the input.")
    if si(learner.dt) != 0.5e-3:
        found.append(f"Time steps of {learner.dt}; Diehl & Cook's are 0.5 ms.")
    if si(learner.spike_timer) > 0.0:
        found.append(
            f"No neuron spikes within {learner.spike_timer} of its last spike, as in the reference code's ports to "
            "Brian2; the original in effect has no such timer."
        )
    if inputs != REFERENCE_INPUTS:
        weight_sum = learner._learning_.weight_sum
        found.append(f"{inputs} inputs, so each neuron's weights sum to {weight_sum:.4g}: 78 for 784 inputs, in ratio.")
    if learner.readout == "vote":
        found.append(
            "A sample that excites no labelled neuron counts as the most frequent training class: "
            f"{100 * learner.silent_share_:.1f} % of the training samples that assigned the labels."
        )
    return found


def operations(
    network: AnsweringNetwork, steps: int, inputs: float, excitatory: float, inhibitory: float, training: bool
) -> pd.DataFrame:
    """The table of `DiehlCook.operations` from mean spikes per sample of the three populations."""
    n_in, n = network.weights.shape
    rows = [
        ("input to excitatory", "AC", n_in * n * steps, inputs * n),
        ("excitatory to inhibitory", "AC", n * steps, excitatory),
        ("inhibitory to excitatory", "AC", n * (n - 1) * steps, inhibitory * (n - 1)),
        ("excitatory", "state update", n * steps, n * steps),
        ("inhibitory", "state update", n * steps, n * steps),
    ]
    if training:
        updates = inputs * n + excitatory * n_in
        rows.append(("input to excitatory", "weight update", 2 * n_in * n * steps, updates))
        rows.append(("input to excitatory", "weight normalisation", n_in * n, n_in * n))
    return counted(rows)
