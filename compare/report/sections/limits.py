"""Section 12: what went wrong, what is missing, and what was not matched."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import pandas as pd

from compare.report.document import Block, Callout, Caption, Items, Paragraph, Section, Table
from compare.report.inline import literal
from compare.report.sections._cells import Cell, columns, words
from compare.report.sections._material import Material
from compare.report.sections.fairness import unmatched

_ALIKE = ["status", "label", "task", "input", "message"]
STATUS = {"failed": "red", "refused": "amber", "missing": "amber"}


def section(material: Material) -> Section:
    blocks: list[Block] = [_unfinished(material), *_seeds(material), *_flags(material)]
    ambers = unmatched(material)
    if ambers:
        blocks += [Paragraph("From [](#fairness), what was not matched:"), Items(tuple(ambers))]
    else:
        blocks.append(Paragraph("The ledger in [](#fairness) has no amber and no red row."))
    return Section("limits", "12", "Limits", tuple(blocks))


def _unfinished(material: Material) -> Block:
    index = material.study.index
    stopped = index[index["status"] != "done"]
    if stopped.empty:
        return Paragraph(f"All {len(index)} planned runs finished.")
    rows = tuple(
        (
            Cell(status, status, STATUS.get(status, "amber")),
            words(label),
            words(task),
            words(name),
            words(_seed_names(seeds)),
            words(message or "no message"),
        )
        for (status, label, task, name, message), seeds in stopped.groupby(_ALIKE, sort=False, dropna=False)["seed"]
    )
    counts = stopped["status"].value_counts()
    said = ", ".join(f"{n} {status}" for status, n in counts.items())
    caption = Caption(
        f"Of {len(index)} planned runs, those without a result: {said}. “refused” is a learner that says it cannot"
        " serve the task, “failed” an error, “missing” a run that was not started. They are in no mean above; n counts"
        " finished runs.",
        "If failures depend on the learner, means over the rest are optimistic.",
        "Networks that were lost; check whether they were lost for a reason that touches the conclusion.",
    )
    heads = columns("status", "learner", "task", "input", "seeds", "what happened")
    return Table("tab-unfinished", "Runs without a result", heads, rows, caption)


def _seed_names(seeds: pd.Series) -> str:
    """ "0 to 9", or "0, 3" where others lie between."""
    each = sorted(int(seed) for seed in seeds)
    whole = len(each) > 2 and each[-1] - each[0] == len(each) - 1
    return f"{each[0]} to {each[-1]}" if whole else ", ".join(map(str, each))


def _seeds(material: Material) -> list[Block]:
    index = material.study.index
    index = index[index["status"] != "refused"]  # a learner that cannot serve a task lost no seed there
    done = index[index["status"] == "done"]
    keys = ["label", "task", "input"]
    n = (
        done.groupby(keys)["seed"]
        .nunique()
        .reindex(pd.MultiIndex.from_frame(index[keys].drop_duplicates()), fill_value=0)
    )
    short = n[n < len(material.seeds)]
    blocks: list[Block] = []
    planned = len(material.seeds)
    if planned < 3:
        word = "seed" if planned == 1 else "seeds"
        blocks.append(Callout("amber", f"{planned} {word}: values are shown, no ranking (3 needed, 10 advised)."))
    elif planned < 10:
        blocks.append(Callout("amber", f"{planned} seeds; 10 or more are advised for a verdict."))
    if len(short):
        said = "; ".join(
            f"{literal(str(a))}, {c} input{material.on(b)}: {k} of {planned}" for (a, b, c), k in short.items()
        )
        blocks.append(Callout("amber", f"Fewer seeds than planned: {said}."))
    return blocks


def _flags(material: Material) -> list[Block]:
    found: dict[tuple[str, str], list[int]] = {}
    for run in material.study.runs():
        for flag in run.facts.get("flags") or []:
            found.setdefault(
                (run.label, f"{flag}" + ("" if len(material.inputs) == 1 else f", {run.input} input")), []
            ).append(run.seed)
    if not found:
        return [Paragraph("No finished run carries a flag.")]
    items = tuple(
        f"{literal(label)}: flagged **{literal(flag)}** in {len(seeds)} of the finished runs"
        for (label, flag), seeds in found.items()
    )
    return [Paragraph("Finished runs that were flagged:"), Items(items)]
