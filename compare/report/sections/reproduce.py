"""Section A: everything that is needed to do it again."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import numpy as np

from compare.report.document import Block, Callout, Caption, Cell, Code, Column, Paragraph, Section, Table
from compare.report.figures.scale import Scale
from compare.report.inline import literal
from compare.report.sections._cells import columns, count, decimal, gap, number, small, words
from compare.report.sections._material import Material
from compare.report.sections.cost import machine_of


def section(material: Material) -> Section:
    facts = material.study.provenance
    commands = list(dict.fromkeys([*(facts.get("commands") or []), material.plan.get("command") or ""]))
    commands = [c if isinstance(c, str) else " ".join(map(str, c)) for c in commands if c]
    blocks: list[Block] = [
        Paragraph("The same command again repeats no finished run; in another folder it repeats all of them."),
        (
            Code("\n".join(commands), "sh")
            if commands
            else Callout("gap", "Command: -, the study was not started from the command line.")
        ),
        Paragraph("The experiment as it was given:"),
        Code(material.study.toml.strip(), "toml"),
        _machine(facts, material),
        *_lock(facts),
        _checksums(material),
        _runs(material),
    ]
    return Section("reproduce", "A", "Reproduce", tuple(blocks))


def _machine(facts: dict[str, Any], material: Material) -> Table:
    git = facts.get("git") or {}
    dirty = git.get("dirty")
    state = "" if dirty is None else ", with uncommitted changes" if dirty else ", nothing uncommitted"
    rows = [
        ("commit", f"{git['commit']}{state}" if git.get("commit") else ""),
        ("started", facts.get("created")),
        ("Python", facts.get("python")),
        ("system", facts.get("platform")),
        *machine_of(facts).items(),
        ("device", material.plan.get("device")),
        ("threads for each run", facts.get("threads")),
        ("seeds", ", ".join(map(str, material.seeds))),
        *sorted((f"version of {name}", version) for name, version in (facts.get("versions") or {}).items()),
    ]
    cells = tuple(
        (words(name), words(value) if value not in (None, "") else gap("not recorded")) for name, value in rows
    )
    caption = Caption(
        "Where and with what the study was computed. No interval, these are facts. The same seeds, versions, machine"
        " and device give the same bits; other machines may differ in the last digits.",
        "One thread for each run, since the number of threads changes sums.",
        "Separate generators for the data, the encoding noise and the learner are derived from each seed.",
    )
    return Table("tab-provenance", "Provenance", (Column("what"), Column("value")), cells, caption, sortable=False)


def _lock(facts: dict[str, Any]) -> list[Block]:
    lock = facts.get("lock")
    if not lock:
        return [Callout("gap", "Installed packages: -, not recorded by the study.")]
    text = lock if isinstance(lock, str) else "\n".join(map(str, lock.items() if isinstance(lock, dict) else lock))
    return [Paragraph("Installed packages when the study was computed:"), Code(text.strip(), "text")]


def _checksums(material: Material) -> Table:
    rows = []
    for name, told in material.task_facts.items():
        checksum = told.get("checksum")
        rows.append(
            (
                words(name),
                Cell(f"`{checksum}`", checksum) if checksum else gap("not recorded"),
                words(told.get("licence") or "not stated"),
            )
        )
    caption = Caption(
        "SHA-256 of each task's arrays as they were loaded. No interval, these are facts.",
        "A different checksum is different data, whatever its name.",
        "The stimuli that were shown, bit for bit.",
    )
    return Table("tab-checksums", "Data", columns("task", "SHA-256", "licence"), tuple(rows), caption)


def _runs(material: Material) -> Table:
    by_key = {(run.key, run.label): run for run in material.study.runs(None)}
    rows = []
    scales = {task: material.scale(task) for task in material.tasks}
    alike = next(iter(scales.values())) if len(set(scales.values())) == 1 else None
    found = {
        (r.learner, task, r.input, r.seed): r.value
        for task in material.tasks
        for r in material.values(material.score(task).metric, task).itertuples()
    }
    for r in material.study.index.itertuples():
        run = by_key.get((r.key, r.label))
        times = (run.facts.get("times") or {}) if run else {}
        score = found.get((r.label, r.task, r.input, r.seed))
        status = "" if r.status == "done" else "red" if r.status == "failed" else "amber"
        rows.append(
            (
                words(r.label),
                words(r.task),
                words(r.input),
                Cell(str(r.seed), int(r.seed)),
                Cell(r.status, r.status, status),
                _score(score, scales[r.task], alike is None, str(r.status)),
                number(times.get("total_s"), 1, "not recorded"),
                count(run.facts.get("examples_seen") if run else None, "not recorded"),
                Cell(f"`{r.key[:16]}`", r.key),
            )
        )
    caption = Caption(
        f"All {len(rows)} runs that were planned, with the failed and the refused ones: {_scores_said(scales)} on the"
        " test set, wall time, training examples seen, and the run's folder in the store (a digest of learner, task,"
        " encoding, seed and versions). n = 1 run in each row, no interval.",
        "Every number of this report can be computed again from these folders.",
        "One row is one network.",
    )
    heads = columns(
        "learner",
        "task",
        "input",
        "seed",
        "status",
        (alike.title, alike.unit) if alike else "score",
        ("time", "s"),
        "examples seen",
        "folder",
        numeric=("seed", alike.title if alike else "score", "time", "examples seen"),
    )
    return Table("tab-runs", "All runs", heads, tuple(rows), caption, "wide")


def _score(value: float | None, scale: Scale, with_unit: bool, status: str) -> Cell:
    """A run's score; with its unit where tasks differ in theirs."""
    if value is None or not np.isfinite(value):
        return gap(status if status != "done" else f"no {scale.title}")
    shown = decimal(100 * value, 2) if scale.is_share else small(value)
    return Cell(f"{shown} {scale.unit}".rstrip() if with_unit else shown, scale.factor * value)


def _scores_said(scales: dict[str, Scale]) -> str:
    """ "accuracy", or what each task is judged by."""
    if len(set(scales.values())) == 1:
        return next(iter(scales.values())).title
    return f"score ({'; '.join(f'of {literal(task)} the {scale.described}' for task, scale in scales.items())})"
