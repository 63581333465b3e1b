"""What a converted network says of itself, and what its answers cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from ann.source import Source
from bio.learners._conversion_network import ConvertedNetwork
from bio.neurons.integrate_and_fire import INTEGRATE_AND_FIRE

if TYPE_CHECKING:
    import pandas as pd

DIEHL = Source(
    "Diehl et al. 2015, IJCNN",
    "Peter U. Diehl, Daniel Neil, Jonathan Binas, Matthew Cook, Shih-Chii Liu and Michael Pfeiffer",
    "Fast-classifying, high-accuracy spiking deep networks through weight and threshold balancing",
    "International Joint Conference on Neural Networks",
    2015,
    "10.1109/IJCNN.2015.7280696",
)
READOUTS = {
    "membrane": "what the outputs have received, summed over time, through a softmax; the largest decides",
    "spikes": "the outputs' spike counts in the scale of the trained outputs, through a softmax; the largest decides",
}


def describe(learner: Any) -> dict[str, Any]:
    """The facts of compare.contract.Described: the trained network's, with what conversion changes."""
    told = learner.learner_.describe()
    return told | {
        "engine": "torch",
        "reads": _reads(learner),
        "readout": READOUTS[learner.readout],
        "layers": _layers(learner, told),
        "state": _state(learner),
        "time_steps": int(learner.steps),
        "neuron": INTEGRATE_AND_FIRE.describe() | {"source": asdict(INTEGRATE_AND_FIRE.source)},
        "settings": told["settings"] | {name: getattr(learner, name) for name in ("steps", "percentile", "readout")},
        "sources": [*told["sources"], asdict(DIEHL), asdict(INTEGRATE_AND_FIRE.source)],
        "departures": _departures(learner, told),
    }


def _reads(learner: Any) -> str:
    if learner.spiking_.reading.encoder is None:
        return "clean values as constant currents"
    return f"the study's spikes in {learner.steps} bins; trained on their counts"


def _layers(learner: Any, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The trained network's layers with the neurons before pooling, which are those that spike."""
    words = {row["name"]: row for row in told["layers"]}
    rows = [words["input"]]
    for layer in learner.spiking_.layers:
        spikes = layer is not learner.spiking_.layers[-1] or learner.readout == "spikes"
        text = ", ".join(part for part in (words[layer.name]["text"], "integrate-and-fire" if spikes else "") if part)
        rows.append(words[layer.name] | {"neurons": layer.neurons, "text": text})
    return rows


def _state(learner: Any) -> int:
    """A membrane each, a count each behind which there is a gate, and the running outputs."""
    hidden = learner.spiking_.layers[:-1]
    gated = sum(layer.neurons for layer in hidden if isinstance(layer.pooling, nn.MaxPool2d))
    outputs = learner.spiking_.layers[-1].neurons * (2 if learner.readout == "spikes" else 1)
    return sum(layer.neurons for layer in hidden) + gated + outputs


def _departures(learner: Any, told: dict[str, Any]) -> list[str]:
    found = list(told["departures"])
    found.append("Learns as an artificial network; the spiking one that answers is made from it and learns nothing.")
    if learner.spiking_.reading.encoder is None:
        found.append("Values enter as constant currents: the input has no spikes.")
    elif learner.spiking_.reading.encoder.steps != learner.steps:
        whole, step = 1e3 * learner.spiking_.reading.encoder.duration_s, 1e3 * learner.spiking_.reading.encoder.dt_s
        bins = f"{learner.steps} equal bins of {whole / learner.steps:g} ms"
        found.append(f"Reads the {whole:g} ms of spikes in {bins}, not in steps of {step:g} ms.")
    if any(isinstance(layer.pooling, nn.MaxPool2d) for layer in learner.spiking_.layers):
        found.append("Max pooling is a gate that compares spike counts, which is no neuron.")
    return found


def operations(network: ConvertedNetwork, X: np.ndarray) -> pd.DataFrame:
    """The table of `ConvertedClassifier.operations`: per sample, measured on X."""
    import pandas as pd

    arriving, steps, currents = network.arriving(X), network.reading.steps, network.reading.encoder is None
    rows: list[tuple[str, str, float, float]] = []
    paths = 1
    for layer in network.layers:
        constant = currents and layer is network.layers[0]
        biases = 0 if constant else steps * layer.neurons
        dense = layer.synapses() * paths * (1 if constant else steps)
        effective = layer.fan_out(arriving[layer.name]) / len(X)
        rows.append((layer.name, "MAC" if constant else "AC", float(dense + biases), effective + biases))
        if layer is not network.layers[-1] or network.spiking_output:
            rows.append((layer.name, "state update", float(steps * layer.neurons), float(steps * layer.neurons)))
        paths = layer.pooled
    return pd.DataFrame(rows, columns=["layer", "operation", "dense", "effective"])
