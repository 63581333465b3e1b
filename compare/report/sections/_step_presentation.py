"""One presentation to a spiking network: neurons, synapses, and both kinds of learning side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from compare.report.document import Block, Caption, Cell, Column, Figure, Paragraph, Table
from compare.report.figures import presentation_neurons, presentation_synapses
from compare.report.sections._cells import decimal, frame_table
from compare.step_by_step.worked import shown


def presentation_blocks(seen: Mapping[str, Any]) -> list[Block]:
    """What happens, the neurons, the synapses."""
    spikes = {name: len(times) for name, times in seen["spikes_ms"].items()}
    x, rates = seen["x"], [seen["max_rate_hz"] * value for value in seen["x"]]
    lead = Paragraph(
        "**One presentation to a spiking network.** The same sample and the same start weights, but neurons that live"
        f" in time. The inputs x = ({shown(x[0])}, {shown(x[1])}) become Poisson spike trains of {shown(rates[0])} and"
        f" {shown(rates[1])} Hz for {seen['duration_ms']:g} ms. A spike that arrives adds to the synaptic current of"
        " its target; the current charges the membrane; a membrane that reaches the threshold fires and is reset. In"
        f" this presentation the inputs fire {spikes['input 1']} and {spikes['input 2']} times, the hidden neurons"
        f" {spikes['hidden 1']} and {spikes['hidden 2']} times and the output {_times(spikes['output'])}. Every synapse"
        " remembers the spikes on both of its sides by a trace that fades. A spike of the target strengthens it by what"
        " is left of the source's trace, an arriving spike weakens it by what is left of the target's. There is no"
        " right answer, no loss and no backward pass."
    )
    return [lead, _neurons(seen), _synapses(seen), _changes(seen)]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _neurons(seen: Mapping[str, Any]) -> Figure:
    table = pd.DataFrame({"time": seen["time_ms"]})
    for name, times in seen["spikes_ms"].items():
        table[f"{name}: spikes"] = np.isin(np.round(seen["time_ms"], 6), np.round(times, 6)).astype(int)
    units = {"time": "ms"}
    for name in seen["current_pA"]:
        table[f"{name}: current"], table[f"{name}: potential"] = seen["current_pA"][name], seen["potential_mV"][name]
        units |= {f"{name}: current": "pA", f"{name}: potential": "mV"}
    gain = seen["gain_pA"]
    caption = Caption(
        "Every neuron of one presentation. Potential: τ dv/dt = v_rest − v + R I, τ ="
        f" {seen['tau_m_ms']:g} ms, threshold {shown(seen['threshold_mV'])} mV, reset to {shown(seen['rest_mV'])} mV"
        f" and {seen['refractory_ms']:g} ms of rest; current: fades with {seen['tau_syn_ms']:g} ms, and a spike adds w"
        f" times {gain['hidden']:g} pA in the hidden layer and {gain['output']:g} pA in the output,"
        f" {seen['delay_ms']:g} ms after it was fired. Simulated by the compiled engine, exact in steps of"
        f" {seen['dt_ms']:g} ms; a stroke above the threshold marks a spike, for which the model has no shape. n = 1"
        " presentation to one network, no interval.",
        "The sum w·x of a layer is a current here, its activation function is the threshold, and a value is a number of"
        " spikes. The drawn time is one forward pass.",
        "Current-based leaky integrate-and-fire neurons; input rates are high because each input stands for a"
        " population.",
    )
    counts = ", ".join(f"{name} {len(times)}" for name, times in seen["spikes_ms"].items())
    return Figure(
        "fig-step-neurons",
        "One presentation: what the neurons did",
        presentation_neurons.draw(seen),
        f"Six panels over {seen['duration_ms']:g} ms: input spikes, currents and potentials of the hidden and output"
        f" neurons. Spikes: {counts}.",
        caption,
        frame_table(
            "tab-step-neurons",
            "Spikes, currents and potentials in every step",
            table,
            caption,
            units=units,
            digits=2,
            width="wide",
        ),
        presentation_neurons.CODE.format(csv="data/fig-step-neurons.csv"),
    )


def _synapses(seen: Mapping[str, Any]) -> Figure:
    table = pd.DataFrame({"time": seen["time_ms"]})
    table = table.assign(**{f"x of {name}": values for name, values in seen["before"].items()})
    table = table.assign(**{f"y of {name}": values for name, values in seen["after"].items()}, **seen["weight"])
    rule = seen["rule"]
    caption = Caption(
        "Every synapse of the same presentation. Traces: x of the source grows by 1 when its spike arrives, y of the"
        f" target when it fires; both fade with {1e3 * rule['tau_plus']:g} ms. Weights: w grows by"
        f" {rule['A_plus']:g} x when the target fires and falls by {rule['A_minus']:g} y when a spike arrives, and"
        f" stays between 0 and {rule['w_max']:g}; brackets hold the weight at the start. Simulated by the compiled"
        f" engine in steps of {seen['dt_ms']:g} ms, traces integrated exactly. n = 1 presentation to one network, no"
        " interval, weights and traces without unit.",
        "An online rule with nothing to differentiate: what is stored for each neuron are two fading traces.",
        "Additive pair STDP, every spike with every spike, hard bounds; depression outweighs potentiation by"
        f" {rule['A_minus'] / rule['A_plus']:.2f}.",
    )
    ends = ", ".join(f"{name} {decimal(values[-1], 4)}" for name, values in seen["weight"].items())
    return Figure(
        "fig-step-synapses",
        "One presentation: what the synapses did",
        presentation_synapses.draw(seen),
        f"Spikes, traces and weight changes of six synapses over {seen['duration_ms']:g} ms. Weights in the end:"
        f" {ends}.",
        caption,
        frame_table(
            "tab-step-synapses",
            "Traces and weights in every step",
            table,
            caption,
            units={"time": "ms"},
            digits=4,
            width="wide",
        ),
        presentation_synapses.CODE.format(csv="data/fig-step-synapses.csv"),
        "wide",
    )


def _changes(seen: Mapping[str, Any]) -> Table:
    rows = []
    for name, values in seen["weight"].items():
        steps = np.diff([seen["start"][name], *values])
        up, down = steps[steps > 0].sum(), steps[steps < 0].sum()
        rows.append((name, seen["start"][name], up, down, values[-1], values[-1] - seen["start"][name]))
    heads = ["synapse", "start", "strengthened by", "weakened by", "end", "change"]
    caption = Caption(
        "What the presentation did to each weight: the sum of all rises, the sum of all falls, and both together;"
        " names as in [](#fig-step-network), w21 leads from input 1 to hidden neuron 2. A step in which a synapse rises"
        " and falls counts as their sum. n = 1 presentation, no interval, no unit.",
        "Compare the gradients of [](#fig-step-network): there all weights fell, because the answer was too large. Here"
        " nothing knows about the answer.",
        "Sources that fire shortly before their target gain, those that fire shortly after it lose.",
    )
    frame = pd.DataFrame(rows, columns=heads)
    return frame_table("tab-step-changes", "What the presentation did to the weights", frame, caption, digits=4)


def beside(passes: Mapping[str, Any], seen: Mapping[str, Any]) -> Table:
    """The two kinds of learning, row by row."""
    spikes = {name: len(times) for name, times in seen["spikes_ms"].items()}
    rates = [seen["max_rate_hz"] * value for value in seen["x"]]
    w11 = seen["weight"]["w11"][-1]
    both = (
        ("the sample", f"x = ({shown(passes['x'][0])}, {shown(passes['x'][1])}), two numbers",
         f"spike trains of {shown(rates[0])} and {shown(rates[1])} Hz: {spikes['input 1']} and"
         f" {spikes['input 2']} spikes"),
        ("what a neuron sums", f"a1 = w11·x1 + w12·x2 + b1 = {shown(passes['a'][0])}, once",
         f"a current that each spike raises by w times {seen['gain_pA']['hidden']:g} pA and that fades with"
         f" {seen['tau_syn_ms']:g} ms"),
        ("what makes it nonlinear", f"the sigmoid: h1 = {shown(passes['h'][0])}",
         f"the threshold at {shown(seen['threshold_mV'])} mV: hidden 1 fires {_times(spikes['hidden 1'])}"),
        ("the answer", f"y = {shown(passes['y'][0])}",
         f"{spikes['output']} {'spike' if spikes['output'] == 1 else 'spikes'} of the output"),
        ("the right answer", f"t = {shown(passes['target'])}", "none is given"),
        ("what says how to change", f"the error, ∂L/∂y = {shown(passes['delta_y'][0])}, sent back through v1 and v2",
         "the order of spikes at the synapse, kept by the traces x and y"),
        ("what a synapse must know", "its input, and an error that comes from beyond its target",
         "its source's and its target's spikes"),
        ("when it changes", "once, after both passes", "at every spike on either side"),
        ("w11", f"{shown(passes['before']['w11'])} becomes {shown(passes['after']['w11'])}",
         f"{shown(seen['start']['w11'])} becomes {shown(w11)}"),
        ("what is lowered", f"the loss, from {shown(passes['loss'])} to {shown(passes['loss_after'])}",
         "nothing that is written down; the rule finds inputs that fire together"),
    )  # fmt: skip
    caption = Caption(
        "The update of [](#fig-step-network) beside the presentation of [](#fig-step-neurons): the same sample, the"
        " same start weights, the same number of neurons; biases exist on the left only. n = 1 sample, no interval.",
        "The right column is unsupervised: to classify, labels must come in from outside, as a read-out of spike"
        " counts.",
        "The left column needs a vector of errors that follows the weights backward; the right one is local.",
    )
    heads = (Column("what"), Column("backpropagation"), Column("spikes and STDP"))
    rows = tuple(tuple(Cell(part) for part in row) for row in both)
    return Table("tab-step-beside", "The same sample, learned in two ways", heads, rows, caption, sortable=False)
