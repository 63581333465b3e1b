"""Section 2: what was matched between learners, and what was not."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false, reportReturnType=false

from __future__ import annotations

import pandas as pd

from compare.fairness import ASPECTS, ledger
from compare.report.document import Block, Callout, Caption, Cell, Column, Section, Table
from compare.report.inline import literal
from compare.report.sections._cells import words
from compare.report.sections._material import Material

WORDS = {"ok": "matched", "amber": "differs", "red": "breaks the comparison"}


def section(material: Material) -> Section:
    rows = {task: _ledger_of(material, task) for task in material.tasks}
    # Wide tables together share pages on paper.
    blocks: list[Block] = [part(material, task, rows[task]) for part in (_counted, _overview, _ledger) for task in rows]
    return Section("fairness", "2", "Fairness", tuple(blocks))


def unmatched(material: Material) -> list[str]:
    """A sentence for each aspect that was not matched, red ones first; inline text."""
    said = []
    for task in material.tasks:
        rows = _ledger_of(material, task)
        for status in ("red", "amber"):
            chosen = rows[rows["status"] == status]
            for aspect, part in chosen.groupby("aspect", sort=False):
                who = literal(", ".join(part["learner"]))
                sentences = list(dict.fromkeys(part["sentence"]))
                detail = (
                    literal(sentences[0])
                    if len(sentences) == 1
                    else "each for its own reason, see [](#tab-ledger" + material.tag(task) + ")"
                )
                said.append(
                    f"**{aspect}**{material.on(task)}, {WORDS[status]}: {who}. {detail[:1].upper()}{detail[1:]}"
                )
    return said


def _ledger_of(material: Material, task: str) -> pd.DataFrame:
    """The ledger of the learners that serve the task."""
    rows = ledger(material.study, task=task, input=material.verdict_input)
    return rows[rows["learner"].isin(material.serving(task))]


def _counted(material: Material, task: str, rows: pd.DataFrame) -> Callout:
    n = {status: int((rows["status"] == status).sum()) for status in WORDS}
    level = "red" if n["red"] else "amber" if n["amber"] else "note"
    return Callout(
        level,
        f"Of {len(rows)} facts in the ledger{material.on(task)}, {n['ok']} are matched, {n['amber']} differ and"
        f" {n['red']} {'breaks' if n['red'] == 1 else 'break'} the comparison. What differs does not make a comparison"
        " wrong; it says what else could explain a difference.",
    )


def _overview(material: Material, task: str, rows: pd.DataFrame) -> Table:
    """Aspects against learners, the worst status of each."""
    aspects = [aspect for aspect in ASPECTS if aspect in set(rows["aspect"])]
    worst = {}
    for r in rows.itertuples():
        key = (r.learner, r.aspect)
        order = list(WORDS)
        if key not in worst or order.index(r.status) > order.index(worst[key]):
            worst[key] = r.status
    cells = tuple(
        (words(label), *(_status(worst.get((label, aspect))) for aspect in aspects)) for label in material.serving(task)
    )
    caption = Caption(
        f"The worst status of each learner in each aspect of the ledger on {literal(task)}: matched; differs; breaks"
        " the comparison. Sizes count as matched within 2 % of the median of the trained learners. Computed from what"
        " the learners declare and the runner recorded; no interval.",
        "Matched parameters, examples and updates; tuning is listed because nobody was tuned.",
        "Matched stimuli and presentations; engines and read-outs are listed because they differ between traditions.",
    )
    heads = (Column("learner"), *(Column(aspect) for aspect in aspects))
    return Table(
        f"tab-fairness{material.tag(task)}", f"What was matched{material.on(task)}", heads, cells, caption, "wide"
    )


def _status(status: str | None) -> Cell:
    if status is None:
        return Cell("-, no finished run", None, "gap")
    return Cell(WORDS[status], WORDS[status], status)  # type: ignore[arg-type]


def _ledger(material: Material, task: str, rows: pd.DataFrame) -> Table:
    same = ["aspect", "value", "status", "sentence"]
    cells = tuple(
        (words(aspect), words(", ".join(part["learner"])), words(value), _status(str(status)), words(sentence))
        for (aspect, value, status, sentence), part in rows.groupby(same, sort=False)
    )
    caption = Caption(
        f"The ledger on {literal(task)}, {material.verdict_input} input: every aspect of every learner with its value"
        " and what it means; learners of which the same is true share a row. No interval; these are facts of the"
        " design.",
        "“information used” is what the learning rule may look at, which is what is compared.",
        "“departures” are where a learner leaves the common protocol to stay true to its publication.",
    )
    heads = (Column("aspect"), Column("learners"), Column("value"), Column("status"), Column("what it means"))
    return Table(
        f"tab-ledger{material.tag(task)}", f"Fairness ledger{material.on(task)}", heads, cells, caption, "wide"
    )
