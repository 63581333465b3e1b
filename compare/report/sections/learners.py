"""Section 4: who took part, in both vocabularies."""

from __future__ import annotations

from typing import Any

import pandas as pd

from compare.report.document import Block, Callout, Caption, Code, Column, Figure, Paragraph, Section, Table
from compare.report.figures import networks
from compare.report.inline import literal
from compare.report.sections._cells import columns, count, frame_table, gap, words
from compare.report.sections._fidelity import fidelity
from compare.report.sections._material import Material

VOCABULARY = (
    ("mV, ms, nS", "threshold 1.0, beta, steps", "both; beta = exp(-dt/tau)"),
    ("trial, presentation", "sample, batch, epoch", "examples seen (= presentations)"),
    ("population", "layer", "layer (population)"),
    ("plasticity rule", "optimiser, training algorithm", "learning rule"),
    ("neuron", "hidden unit", "neuron; “unit” is a unit of measure only"),
    ("receptive field (measured)", "learned filter", "measured receptive field"),
    ("decoder", "linear probe", "linear read-out"),
    ("inference (statistics)", "inference (forward pass)", "statistical test; evaluation"),
    ("n animals", "n seeds", "n seeds (independent networks)"),
)


def section(material: Material) -> Section:
    blocks: list[Block] = [_overview(material), *_diagram(material), _layers(material), _rules(material)]
    blocks += _neurons(material)
    blocks += [
        _settings(material),
        *fidelity(material),
        _vocabulary(),
    ]
    return Section("learners", "4", "Learners", tuple(blocks))


def _overview(material: Material) -> Table:
    reads = [f"reads, {name}" for name in material.inputs]
    heads = columns(
        "learner",
        "family",
        "engine",
        "layers (neurons)",
        "parameters",
        "state",
        "time steps",
        *reads,
        "decision",
        numeric=("parameters", "state", "time steps"),
    )
    caption = Caption(
        "Each learner's rule family (its colour everywhere in this report), the program that runs it, its layers"
        " (populations) from input to output, its trainable numbers, the numbers it keeps for each sample between time"
        " steps, and what it reads. As described by the learner itself; no interval, these are facts of the design.",
        "A control shares a read-out with the learner that it controls for.",
        "Time steps are simulation steps for each stimulus; learners without them have no dynamics.",
    )
    rows = []
    for label in material.labels:
        told = material.descriptions.get(label)
        if told is None:
            why = material.unfinished(label, material.tasks[0], material.verdict_input)
            rows.append((words(label), gap(literal(why)), *(gap("no finished run") for _ in heads[2:])))
            continue
        layers = " → ".join(f"{layer.get('neurons', '?')}" for layer in told.get("layers") or []) or "not stated"
        rows.append(
            (
                words(label),
                words(told.get("family") or "unknown"),
                words(told.get("engine") or "not stated"),
                words(layers),
                count(told.get("parameters"), "not stated"),
                count(told.get("state"), "not stated"),
                count(told.get("time_steps"), "has no time"),
                *(words(material.reads(label, n) or "no finished run") for n in material.inputs),
                words(told.get("readout") or "not stated"),
            )
        )
    return Table("tab-learners", "Learners", heads, tuple(rows), caption, "wide")


def _diagram(material: Material) -> list[Block]:
    layers = {
        label: [(layer["name"], layer.get("neurons")) for layer in told["layers"]]
        for label, told in material.descriptions.items()
        if told.get("layers")
    }
    if not layers:
        return [Callout("gap", "Network diagram: -, no learner described its layers.")]
    caption = Caption(
        "Layers (populations) from input to output and their numbers of neurons. Colour is the family of the learning"
        " rule; a dashed outline is a control. No interval, these are facts of the design.",
        "Arrows are forward connections; recurrent and inhibitory ones are in the words of the layers table.",
        "Arrows are feedforward projections; lateral inhibition is in the words of the layers table.",
    )
    frame = pd.DataFrame(
        [(label, i, name, neurons) for label, row in layers.items() for i, (name, neurons) in enumerate(row)],
        columns=["learner", "place", "layer", "neurons"],
    )
    behind = frame_table("tab-networks", "Layers and their neurons", frame, caption, undefined="not stated")
    alt = f"Boxes and arrows: the layers of {len(layers)} learners with their numbers of neurons."
    return [
        Figure(
            "fig-networks",
            "Networks",
            networks.draw(layers, material.looks),
            alt,
            caption,
            behind,
            networks.CODE.format(csv="data/fig-networks.csv"),
        )
    ]


def _layers(material: Material) -> Table:
    rows = tuple(
        (
            words(label),
            words(layer.get("name", "")),
            count(layer.get("neurons"), "not stated"),
            count(layer.get("parameters"), "not stated"),
            words(layer.get("text") or ""),
        )
        for label, told in material.descriptions.items()
        for layer in told.get("layers") or []
    )
    caption = Caption(
        "Each learner's layers (populations), input first, with the trainable numbers that end in each. No interval.",
        "Parameters include biases and anything else that learning changes.",
        "Fixed synapses (lateral inhibition, random projections) count as state of the design, not as parameters.",
    )
    heads = columns(
        "learner", "layer (population)", "neurons", "parameters", "what it does", numeric=("neurons", "parameters")
    )
    return Table("tab-layers", "Layers (populations)", heads, rows, caption)


def _rules(material: Material) -> Table:
    groups: dict[tuple[str, str], tuple[dict[str, Any], list[str]]] = {}
    for label, told in material.descriptions.items():
        rule = told.get("rule") or {}
        key = (rule.get("name") or "none", rule.get("equation") or "")
        groups.setdefault(key, (rule, []))[1].append(label)
    rows = tuple(
        (
            words(name),
            words(equation or "not stated"),
            words(rule.get("text") or ""),
            words(", ".join(labels)),
            words(source_text(rule.get("source"))),
        )
        for (name, equation), (rule, labels) in groups.items()
    )
    caption = Caption(
        "The learning rules (plasticity rules) with their equations, who uses them and where they come from, as"
        " declared by the learners. Which signals each needs is in [](#tab-signals). No interval.",
        "The equation is the wanted change of a weight before the optimiser scales it.",
        "Symbols: h or x is presynaptic activity, y postsynaptic activity, delta an error signal, W weights, post1 a"
        " trace.",
    )
    return Table(
        "tab-rules",
        "Learning rules",
        columns("rule", "equation", "in words", "learners", "source"),
        rows,
        caption,
        "wide",
    )


def source_text(source: Any) -> str:
    """A source's text, whether it was kept as words or as a table."""
    return (source.get("text") or "not stated") if isinstance(source, dict) else str(source or "not stated")


def _neurons(material: Material) -> list[Block]:
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for label, told in material.descriptions.items():
        for neuron in _each_neuron(told.get("neuron")):
            found.setdefault(f"{neuron.get('name')}|{neuron.get('equations')}", (neuron, []))[1].append(label)
    if not found:
        return [Paragraph("No learner of this study has a neuron model: all compute with values.")]
    blocks: list[Block] = []
    for neuron, labels in found.values():
        blocks.append(
            Paragraph(
                f"**Neuron {literal(str(neuron.get('name')))}**, used by {literal(', '.join(labels))}. "
                f"{literal(str(neuron.get('text') or ''))} Source: {literal(source_text(neuron.get('source')))}."
            )
        )
        if neuron.get("equations"):
            blocks.append(Code(str(neuron["equations"]).strip(), "brian"))
    rows = tuple(
        (words(neuron.get("name")), words(name), words(value))
        for neuron, _ in found.values()
        for name, value in (neuron.get("parameters") or {}).items()
    )
    caption = Caption(
        "Constants of the neuron models, with their units. No interval, these are facts of the design.",
        "With a time step dt, a time constant tau is a decay beta = exp(-dt/tau) for each step.",
        "Symbols are those of the equations above.",
    )
    blocks.append(Table("tab-neurons", "Neuron parameters", columns("neuron", "symbol", "value"), rows, caption))
    return blocks


def _each_neuron(neuron: Any) -> list[dict[str, Any]]:
    """A description holds one neuron model, several, or none."""
    if not neuron:
        return []
    return list(neuron) if isinstance(neuron, list | tuple) else [neuron]


def _settings(material: Material) -> Table:
    rows = []
    for label, told in material.descriptions.items():
        merged = {**(told.get("training") or {}), **(told.get("settings") or {})}
        said = "; ".join(f"{name} {value}" for name, value in merged.items() if value is not None)
        rows.append((words(label), words(said or "not stated")))
    caption = Caption(
        "How each learner was trained and set, on the input of the verdict. As declared by the learner. No interval.",
        "“updates” counts changes of the weights, “examples” counts samples shown, repeats included.",
        "“passes” is how often each stimulus was presented.",
    )
    return Table("tab-settings", "Settings", columns("learner", "settings"), tuple(rows), caption)


def _vocabulary() -> Table:
    caption = Caption(
        "The same things have two names; the third column is this report's word. No numbers here.",
        "Read the first column to translate from neuroscience.",
        "Read the second column to translate from machine learning.",
    )
    heads = (Column("neuroscience"), Column("machine learning"), Column("here"))
    rows = tuple(tuple(words(cell) for cell in row) for row in VOCABULARY)
    return Table("tab-vocabulary", "Two vocabularies", heads, rows, caption, sortable=False)
