"""The fairness ledger: what was matched between learners, what was not, and a sentence for each.

Everything comes from the store: what each learner declared about itself, and what the runner recorded. Green rows are
matched, amber rows differ and say how, red rows break the comparison until they are mended. Controls are there to
differ; what they differ in on purpose is not held against them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

    from compare.store import Run, Study

__all__ = ["ASPECTS", "TOLERANCE", "ledger"]

TOLERANCE = 0.02  # sizes within 2 % of the reference count as matched
CONTROL = "control"
COLUMNS = ["aspect", "learner", "value", "status", "sentence"]


@dataclass(frozen=True)
class Row:
    """One line of the ledger."""

    aspect: str
    learner: str
    value: str
    status: Literal["ok", "amber", "red"]
    sentence: str


@dataclass(frozen=True)
class Subject:
    """One learner on the task: its finished runs, the first one's description, and what the plan knows of it."""

    label: str
    runs: list[Run]
    planned: int
    others: Counter[str]  # "failed", "refused", "missing" -> how many
    message: str
    given: list[str]
    description: dict[str, Any] = field(default_factory=dict)

    @property
    def control(self) -> bool:
        return self.description.get("family") == CONTROL

    def numbers(self, *keys: str) -> list[float]:
        """That number of every finished run, where it was declared."""
        found = []
        for run in self.runs:
            value: Any = run.description
            for key in keys:
                value = (value or {}).get(key)
            if value is not None:
                found.append(value)
        return found


def ledger(study: Study, task: str | None = None, input: str | None = None) -> pd.DataFrame:
    """What was matched and what was not.

    Args:
        study: a study on disk, finished or not.
        task: which task; the first if None.
        input: which input sizes, examples and departures are read from; the verdict's if None. Both inputs have a row.

    Returns:
        Columns aspect (see ASPECTS, in that order), learner, value (as text), status ("ok", "amber", "red"), sentence.
    """
    import pandas as pd

    plan = study.plan
    on: str = plan["tasks"][0]["name"] if task is None else task
    judged: str = (plan.get("verdict_input") or plan["inputs"][0]) if input is None else input
    subjects = _subjects(study, on, judged)
    described = [subject for subject in subjects if subject.description]
    rows = [row for subject in subjects for row in _runs(subject)]
    for aspect in _SHARED:
        rows += aspect(described)
    rows += [row for name in plan["inputs"] for row in _inputs(_subjects(study, on, name), name, plan)]
    rows += [row for subject in described for row in _departures(subject)]
    rows.sort(key=lambda row: ASPECTS.index(row.aspect))
    return pd.DataFrame([asdict(row) for row in rows], columns=COLUMNS)


def _subjects(study: Study, task: str, name: str) -> list[Subject]:
    index = study.index
    index = index[(index["task"] == task) & (index["input"] == name)]
    subjects = []
    for learner in study.plan["learners"]:
        label = learner["label"]
        mine = index[index["label"] == label]
        runs = study.runs(task=task, label=label, input=name)
        others = mine[mine["status"] != "done"]
        given = [name for name in learner.get("given") or [] if name != "type"]
        described = next((run.description for run in runs if run.description), {})
        message = next(iter(others["message"]), "")
        subjects.append(Subject(label, runs, len(mine), Counter(others["status"]), message, given, described))
    return subjects


def _runs(it: Subject) -> Iterator[Row]:
    value = f"{len(it.runs)} of {it.planned}"
    if not it.others:
        yield Row("runs", it.label, value, "ok", "Every planned run finished.")
        return
    said = ", ".join(f"{count} {status}" for status, count in it.others.items())
    status = "red" if it.others["failed"] or not it.runs else "amber"
    yield Row("runs", it.label, value, status, f"Runs without a result: {said}. {it.message}".strip())


def _sizes(aspect: str, noun: str, *keys: str) -> Callable[[Sequence[Subject]], Iterator[Row]]:
    """Rows of a number that should be equal: within 2 % of the median of the trained learners that are no controls."""

    def rows(subjects: Sequence[Subject]) -> Iterator[Row]:
        trained = [number for it in subjects if not it.control for number in it.numbers(*keys)[:1]]
        reference = median(trained) if trained else None
        for it in subjects:
            yield _size(it, aspect, noun, it.numbers(*keys), reference)

    return rows


def _size(it: Subject, aspect: str, noun: str, numbers: list[float], reference: float | None) -> Row:
    if not numbers:
        return Row(aspect, it.label, "-", "amber", f"The learner does not tell its {noun}.")
    low, high = min(numbers), max(numbers)
    value = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
    if it.control:
        return Row(aspect, it.label, value, "ok", f"A control: its {noun} follow from what it leaves out.")
    if reference is None or all(abs(number - reference) <= TOLERANCE * reference for number in (low, high)):
        return Row(aspect, it.label, value, "ok", f"Within {100 * TOLERANCE:.0f} % of the median, {reference:,.0f}.")
    ratio = median(numbers) / reference if reference else float("inf")
    return Row(aspect, it.label, value, "amber", f"Not matched: {ratio:.3g} times the median {noun}, {reference:,.0f}.")


def _tuning(subjects: Sequence[Subject]) -> Iterator[Row]:
    for it in subjects:
        given = f"Set by the experiment: {', '.join(it.given)}; all else" if it.given else "All of it"
        sentence = f"No tuning budget was spent on record. {given} is a default. A better setting may exist."
        yield Row("tuning", it.label, "untuned defaults", "amber", sentence)


def _time_steps(subjects: Sequence[Subject]) -> Iterator[Row]:
    steps = {it.label: it.description.get("time_steps") for it in subjects}
    known = sorted({number for number in steps.values() if number is not None})
    for it in subjects:
        number = steps[it.label]
        if number is None:
            yield Row(
                "time steps", it.label, "none", "ok", "Answers at once; it sees the whole presentation as one sum."
            )
        elif len(known) == 1:
            yield Row("time steps", it.label, f"{number:,}", "ok", "As every other network that runs in time.")
        else:
            others = ", ".join(f"{other:,}" for other in known if other != number)
            sentence = (
                f"{number:,} time steps; other networks run {others}. Finer steps keep more of the spikes' timing."
            )
            yield Row("time steps", it.label, f"{number:,}", "amber", sentence)


def _readouts(subjects: Sequence[Subject]) -> Iterator[Row]:
    trained = Counter(str(it.description.get("readout") or "-") for it in subjects if not it.control)
    common = trained.most_common(1)[0][0] if trained else None
    for it in subjects:
        own = str(it.description.get("readout") or "-")
        if own == common or common is None:
            yield Row("read-out", it.label, own, "ok", "As most trained learners.")
        elif it.control and own in trained:
            yield Row(
                "read-out", it.label, own, "ok", "A control, with the read-out of the learner that it stands beside."
            )
        else:
            yield Row("read-out", it.label, own, "amber", f"Differs: most trained learners decide by {common}.")


def _engines(subjects: Sequence[Subject]) -> Iterator[Row]:
    engines = Counter(str(it.description.get("engine") or "-") for it in subjects)
    common = engines.most_common(1)[0][0] if engines else None
    for it in subjects:
        own = str(it.description.get("engine") or "-")
        if own == common:
            yield Row("engine", it.label, own, "ok", "As most learners, on the same machine.")
        else:
            sentence = f"Most learners run on {common}: measured times and memory compare engines, not learning rules."
            yield Row("engine", it.label, own, "amber", sentence)


def _information(subjects: Sequence[Subject]) -> Iterator[Row]:
    for it in subjects:
        signals = list((it.description.get("rule") or {}).get("signals") or [])
        value = ", ".join(signals) or "none"
        if signals or it.control:
            sentence = "What the rule reads to change a weight, as its author declares it; it is what is compared."
            yield Row("information used", it.label, value, "ok", sentence if signals else "A control that uses none.")
        else:
            yield Row("information used", it.label, value, "amber", "The rule does not declare which signals it reads.")


def _inputs(subjects: Sequence[Subject], name: str, plan: dict[str, Any]) -> Iterator[Row]:
    for it in subjects:
        if not it.description:
            continue
        reads = str(it.description.get("reads") or "-")
        if name == "encoded" and any(not _same_encoder(run, plan.get("encoding")) for run in it.runs):
            sentence = "Was not given the study's encoder: its input is not the one of the others."
            yield Row(f"{name} input", it.label, reads, "red", sentence)
        elif name == "clean" and "spike" in reads:
            sentence = "Turns the clean values into spikes of its own; the others read the values."
            yield Row(f"{name} input", it.label, reads, "amber", sentence)
        else:
            same = (
                "The study's encoding, the same spikes or their counts." if name == "encoded" else "The task's values."
            )
            yield Row(f"{name} input", it.label, reads, "ok", same)


def _same_encoder(run: Run, encoding: dict[str, Any] | None) -> bool:
    own = run.facts.get("encoder_spec")
    if not own or not encoding:
        return not own and not encoding
    return all(own[key] == encoding[key] for key in own.keys() & encoding.keys() - {"random_state"})


def _departures(it: Subject) -> Iterator[Row]:
    found = list(it.description.get("departures") or [])
    if not found:
        yield Row("departures", it.label, "none", "ok", "Declares none from the common protocol.")
    for number, sentence in enumerate(found, start=1):
        yield Row("departures", it.label, f"{number} of {len(found)}", "amber", sentence)


_SHARED = (
    _sizes("parameters", "trainable parameters", "parameters"),
    _sizes("examples seen", "examples seen", "training", "examples"),
    _sizes("updates", "updates", "training", "updates"),
    _tuning,
    _time_steps,
    _readouts,
    _engines,
    _information,
)

ASPECTS = (
    "runs", "parameters", "examples seen", "updates", "tuning", "encoded input", "clean input", "time steps",
    "read-out", "engine", "information used", "departures",
)  # fmt: skip
