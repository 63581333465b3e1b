"""The network of RewardSTDP in words, in its equations, and in counted operations."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ann.source import Source
from bio.learners._presentation_description import Layer, counted, departures_of_input, facts
from bio.learners._reward_stdp_network import DECISION_NEURON, INHIBITS, DecisionNetwork

if TYPE_CHECKING:
    import pandas as pd

EXPECTED_REWARD = Source(
    "Fremaux, Sprekeler & Gerstner 2010, J. Neurosci. 30:13326",
    "Nicolas Fremaux, Henning Sprekeler and Wulfram Gerstner",
    "Functional requirements for reward-modulated spike-timing-dependent plasticity",
    "Journal of Neuroscience 30:13326",
    2010,
    "10.1523/JNEUROSCI.6249-09.2010",
)
CLASSIFIES = Source(
    "Mozafari et al. 2018, IEEE Trans. Neural Netw. Learn. Syst. 29:6178",
    "Milad Mozafari, Saeed Reza Kheradpisheh, Timothee Masquelier, Abbas Nowzari-Dalini and Mohammad Ganjtabesh",
    "First-spike-based visual categorization using reward-modulated STDP",
    "IEEE Transactions on Neural Networks and Learning Systems 29:6178",
    2018,
    "10.1109/TNNLS.2018.2826721",
)

_READOUT = {
    "class": "the class whose neurons fire most on average; each neuron was given its class before learning",
    "vote": "vote of the decision neurons, each labelled with the class that excites it most",
    "linear": "logistic regression on the decision neurons' spike counts",
}
_SETTINGS = ("neurons", "learning_rate", "punishment", "passes", "readout", "dt", "label_examples")


def describe(learner: Any) -> dict[str, Any]:
    """The facts of compare.contract.Described, about a fitted RewardSTDP."""
    used, (inputs, neurons) = learner._learning_.rule, learner._network_.weights.shape
    neuron, rule = DECISION_NEURON.describe(), used.describe()
    return {
        "family": "STDP" if learner.passes and learner.learning_rate else "control",
        **facts(learner, [_decision_layer(inputs, neurons)], _SETTINGS),
        "readout": _READOUT[learner.readout],
        "state": int(neurons * (len(DECISION_NEURON.start) + 1)),  # each with the time of its last spike
        "neuron": {
            "name": "conductance-based LIF with an adaptive threshold",
            "equations": neuron["equations"],
            "parameters": neuron["parameters"],
            "text": f"{neuron['text']} Method {DECISION_NEURON.method}, in steps of {learner.dt}.",
            "source": asdict(DECISION_NEURON.source),
        },
        "rule": {
            "name": used.name,
            "equation": rule["equations"],
            "parameters": rule["parameters"],
            "signals": ["pre", "post", "reward"],
            "text": f"{rule['text']} The reward is an impulse at the end of a trial: learning_rate times the reward "
            "less its running mean, the same for all synapses.",
            "source": asdict(used.source),
        },
        "sources": [asdict(one) for one in (used.source, DECISION_NEURON.source, EXPECTED_REWARD, CLASSIFIES)],
        "departures": departures(learner),
    }


def _decision_layer(inputs: int, neurons: int) -> Layer:
    text = f"all inputs, plastic; weights and thresholds; inhibition of {INHIBITS:g} to all but itself, fixed"
    return "decision", neurons, inputs * neurons + neurons, text


def departures(learner: Any) -> list[str]:
    """Sentences: where it leaves the study's common protocol, and where the papers it follows."""
    found = departures_of_input(learner._source_)
    if learner.rule is None:
        found.append(
            "The rule is Florian's MSTDPET with an eligibility trace of 1 s, not 25 ms, and depression of 0.2, not 1; "
            "the reward comes once, at the end of a trial."
        )
    found.append("Each neuron's weights are scaled to one sum before every trial, and thresholds adapt; Florian's not.")
    found.append(
        "Inputs are rates and the decision is the largest count; Mozafari et al. take the first spike, and change the "
        "winner's synapses only."
    )
    found.append(
        "The reward expected is one running mean over all samples; Fremaux et al. want one for each kind of stimulus."
    )
    found.append(
        f"Punishment is {learner.punishment:g} of the reward's shortfall, since rewards less their mean are as often "
        "punishments as rewards."
    )
    return found


def operations(network: DecisionNetwork, steps: int, inputs: float, fired: float, training: bool) -> pd.DataFrame:
    """The table of `RewardSTDP.operations` from mean spikes per sample of the two populations."""
    n_in, n = network.weights.shape
    rows = [
        ("input to decision", "AC", n_in * n * steps, inputs * n),
        ("decision to decision", "AC", n * (n - 1) * steps, fired * (n - 1)),
        ("decision", "state update", n * steps, n * steps),
    ]
    if training:
        rows.append(("input to decision", "eligibility update", 2 * n_in * n * steps, inputs * n + fired * n_in))
        rows.append(("input to decision", "weight update", n_in * n * steps, n_in * n))
        rows.append(("input to decision", "weight normalisation", n_in * n, n_in * n))
    return counted(rows)
