"""The fidelity certificate of exactly the definitions that the study's learners simulate: a table for each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from compare.report.document import Block, Callout, Caption, Cell, Column, Paragraph, Table
from compare.report.figures.style import slug
from compare.report.inline import literal
from compare.report.sections._cells import columns, gap, listed, words
from compare.report.sections._material import Material

SPIKES, STATES, WEIGHTS = "spikes matched", "largest state difference", "largest weight difference"
FINE = ("agrees", "not run")


def fidelity(material: Material) -> list[Block]:
    """What was compared with Brian2, what came of it, and who is outside of it."""
    told = material.study.fidelity
    if told is None:
        return [Callout("gap", f"Fidelity certificate: -, not made in this study. {_mend(material)}")]
    blocks: list[Block] = [_result(told), *_left_out(material, told), *_outside(material, told)]
    anchors: set[str] = set()
    for one in told["definitions"]:
        cells = _cells_of(told, one)
        if cells:
            anchor = f"tab-fidelity-{slug(one['name'])}"
            anchor = anchor if anchor not in anchors else f"{anchor}-{one['digest']}"
            anchors.add(anchor)
            blocks.append(_table(anchor, one, cells, told))
    return blocks


def _mend(material: Material) -> str:
    command = str(material.plan.get("command") or "").replace("`", "'").replace(" --no-fidelity", "")
    again = f"Give the same command again, `{command}`:" if command else "Run the study again:"
    return (
        f"{again} no finished run is repeated, only the certificate is made. `neurocontrast validate fidelity --only"
        " NAME` runs one definition on every engine beside Brian2 and knows nothing of this study."
    )


def _cells_of(told: dict[str, Any], definition: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells about exactly this definition, by its equations and numbers; with their verdicts."""
    own = {name: definition.get(name) for name in ("digest", "method")} | {"definition": definition["name"]}
    found = [cell for cell in told["cells"] if all(cell[name] == value for name, value in own.items())]
    return [{**cell, "verdict": told["verdicts"][cell["key"]]} for cell in found]


def _result(told: dict[str, Any]) -> Block:
    cells = [cell for one in told["definitions"] for cell in _cells_of(told, one)]
    if not told["definitions"]:
        return Paragraph("**Fidelity certificate.** No learner of this study simulates a definition, so none is due.")
    ran = [cell for cell in cells if cell["verdict"] != "not run"]
    faults = [cell for cell in ran if cell["verdict"] not in FINE]
    agree, refused = len(ran) - len(faults), len(cells) - len(ran)
    spikes = sum(cell["spikes"] for cell in ran)
    text = (
        "**Fidelity certificate.** Each neuron model and plasticity rule that these learners simulate ran on every"
        f" engine with the same recorded input as on Brian2: {agree} of {len(ran)} comparisons agree, over"
        f" {spikes:,} spikes" + (f"; {refused} {'was' if refused == 1 else 'were'} not possible." if refused else ".")
    )
    named = [literal(f"{cell['definition']} on {cell['engine']}, {_trial(cell)}: {cell['verdict']}") for cell in faults]
    return Callout("red", f"{text} {'; '.join(named)}.") if faults else Callout("note", text)


def _left_out(material: Material, told: dict[str, Any]) -> list[Block]:
    sentences = [literal(one) for one in told["left_out"]]
    asked = {label for one in told["definitions"] for label in one["learners"]}
    if not told["is_current"] or asked - set(material.labels):
        sentences.append("the learners have changed since it was made")
    if not sentences:
        return []
    return [Callout("gap", f"The certificate is not whole: {'; '.join(sentences)}. {_mend(material)}")]


def _outside(material: Material, told: dict[str, Any]) -> list[Block]:
    """Learners whose neurons are no definition, and those that compute with values."""
    inside = {label for one in told["definitions"] for label in one["learners"]}
    neurons = {label: _names(facts.get("neuron")) for label, facts in material.descriptions.items()}
    rest = [label for label in neurons if label not in inside]
    blocks: list[Block] = [
        Paragraph(
            f"**{literal(label)} is outside of the certificate**: its neuron, {literal(listed(neurons[label]))}, is no"
            " definition, so Brian2 cannot run it."
        )
        for label in rest
        if neurons[label]
    ]
    plain = [literal(label) for label in rest if not neurons[label]]
    if plain:
        blocks.append(Paragraph(f"Without neurons to certify: {listed(plain)}."))
    return blocks


def _names(neuron: Any) -> list[str]:
    """A description holds one neuron model, several, or none."""
    several = neuron if isinstance(neuron, list | tuple) else [neuron]
    return [str(one.get("name")) for one in several if one]


def _table(anchor: str, one: dict[str, Any], cells: Sequence[dict[str, Any]], told: dict[str, Any]) -> Table:
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    what = "Plasticity rule" if one["kind"] == "plasticity" else "Neuron model"
    steps = listed(sorted({f"{1e3 * cell['dt_s']:g} ms" for cell in cells if cell["dt_s"]}))
    caption = Caption(
        f"{what} {literal(one['name'])}, simulated by {literal(listed(one['learners']))}, on every engine beside"
        f" Brian2's numpy target: the same recorded input, steps of {steps or 'no trial'}, float64. All of Brian2's"
        " spikes must come in the same step, and no others; states in an open loop and weights in the end may differ by"
        " 1e-9 of their range, or, where two orders of arithmetic of Brian2 differ by more, by ten times that. A"
        " coupled network is compared until such two part. Every trial has at least 1,000 spikes of neurons at 2 to"
        f" 50 Hz, or its verdict is “too few spikes”. Engines: {literal(versions)}. Definition {one['digest']}. No"
        " interval, nothing is drawn anew.",
        "Proves the equations and the order of a step, not a learner's rounding: networks train in float32 and in"
        " steps of their own. “fused, training” is the path that gradients take.",
        "The same equations, word for word, as in Brian2; trials exercise resets, delays and refractory periods.",
    )
    learns = one["kind"] == "plasticity"
    rows = tuple(_row(cell, learns) for cell in cells)
    return Table(anchor, f"Fidelity certificate: {one['name']}", _heads(learns), rows, caption, "wide")


def _heads(learns: bool) -> tuple[Column, ...]:
    numbers = ((STATES, "of its range"), *([(WEIGHTS, "of its range")] if learns else []))
    heads = ("definition", "method", "trial", "engine", SPIKES, *numbers, "verdict")
    return columns(*heads, numeric=(SPIKES, STATES, WEIGHTS))


def _row(cell: dict[str, Any], learns: bool) -> tuple[Cell, ...]:
    said = (words(cell["definition"]), words(cell["method"].replace("_", " ")), words(_trial(cell)),
            words(cell["engine"]))  # fmt: skip
    if cell["verdict"] == "not run":
        numbers = (gap("not run"),) * (3 if learns else 2)
        return (*said, *numbers, Cell(literal(f"not run: {cell['refusal']}"), "not run", "gap"))
    others = f", {cell['extra']:,} others" if cell["extra"] else ""
    matched = Cell(f"{cell['matched']:,} of {cell['spikes']:,}{others}", float(cell["matched"]))
    weights = (_difference(cell["weight_error"]),) if learns else ()
    verdict = Cell(cell["verdict"], cell["verdict"], "ok" if cell["verdict"] in FINE else "red")
    return (*said, matched, _difference(cell["state_error"]), *weights, verdict)


def _trial(cell: dict[str, Any]) -> str:
    parts = [cell["kind"], cell["setting"]]
    if cell["verdict"] != "not run":
        parts.append(f"{cell['neurons']} neurons for {1e3 * cell['duration_s']:g} ms")
    if cell["verdict"] != "not run" and cell["until_s"] < cell["duration_s"]:
        parts.append(f"compared for {1e3 * cell['until_s']:g} ms")
    return ", ".join(part for part in parts if part)


def _difference(value: float | None) -> Cell:
    if value is None or not math.isfinite(value):
        return Cell("not finite", None, "red")
    return Cell("0" if value == 0 else f"{value:.1e}", float(value))
