"""The table of locality: which signals the learning rules read, as they were observed, or else as they are stated."""

from __future__ import annotations

from typing import Any

from compare.report.document import Caption, Cell, Table
from compare.report.inline import literal
from compare.report.sections._cells import columns, gap, words
from compare.report.sections._material import Material

SIGNALS = (
    "pre", "post", "third factor", "vector error", "downstream weights", "feedback weights", "second phase", "future",
    "stored history",
)  # fmt: skip  # those of ann.locality, which would import torch
HEADS = {"third factor": "scalar third factor"}
OTHER_WORDS = {"reward": "third factor", "scalar third factor": "third factor"}


def signals_table(material: Material) -> Table:
    """A row for each learner, a column for each signal."""
    told = material.descriptions
    stated = {label: _stated(one) for label, one in told.items()}
    extra = sorted({one for signals in stated.values() for one in signals} - set(SIGNALS))
    names = (*SIGNALS, *extra)
    rows = []
    for label, one in told.items():
        cells = [_cell(one, stated[label], name) for name in names]
        rows.append((words(label), words((one.get("rule") or {}).get("name") or "none"), *cells))
    heads = columns("learner", "rule", *(HEADS.get(name, name) for name in names))
    return Table("tab-signals", "Signals that the rules read", heads, tuple(rows), _caption(told), "wide")


def _stated(told: dict[str, Any]) -> list[str]:
    declared: list[str] = (told.get("rule") or {}).get("signals") or []
    return [OTHER_WORDS.get(one, one) for one in declared]


def _cell(told: dict[str, Any], stated: list[str], name: str) -> Cell:
    seen = (told.get("rule") or {}).get("observed") or {}
    if name in seen.get("told", ()):
        return _mark(name in seen["hidden" if len(told.get("layers") or ()) > 2 else "readout"])
    if name == "future" and seen.get("told") and name not in stated:
        # Rules are observed on networks without time. There is nothing later in a network that answers at once.
        return _mark(False) if told.get("time_steps") is None else gap("not observed")
    return _mark(name in stated, ", stated") if stated else gap("not stated")


def _mark(yes: bool, how: str = "") -> Cell:
    word = "yes" if yes else "no"
    return Cell(word + how, word)


def _caption(told: dict[str, dict[str, Any]]) -> Caption:
    observed = {label: (one.get("rule") or {}).get("observed") or {} for label, one in told.items()}
    unseen = [
        f"{literal(label)}: {literal(one['why'])}." for label, one in observed.items() if one.get("why")
    ]  # others are learners without a network
    return Caption(
        "Which signals flow into the change of a hidden layer's weights (of the output layer's where none is hidden):"
        " activity before the synapse (pre) and after it (post), a number that all neurons share, an error for each"
        " neuron, the weights of other layers, feedback weights of the rule's own, a second phase, the future, or a"
        " stored history. **Observed** by following every tensor through updates of a small network of fully"
        " connected layers, as many hidden ones as the learner has (two where it has other layers); a cell that says"
        f" stated is the learner's own word. {' '.join(unseen)} No interval.".replace("  ", " "),
        "Backpropagation reads an error for each neuron and the weights above; feedback weights take their place in"
        " feedback alignment. Through time it needs later steps too, which is not observed.",
        "A rule is local if pre and post (and perhaps one global third factor, as a neuromodulator) suffice.",
    )
