"""The cells of a certificate: what is compared with what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from bio.fidelity._chaos import as_good, ends_of, shortened_to
from bio.fidelity._compare import compare, exercised, first_difference, usable_spikes
from bio.fidelity._engines import Engine, rearranged, reference
from bio.fidelity._questions import Question, Size
from bio.fidelity._trial import Outcome, Trial
from bio.wiring import wire

__all__ = ["ENOUGH", "LEEWAY", "SAME", "Cell", "answer"]

SAME = 1e-9  # of a range: what float64 leaves where engines order their sums differently
LEEWAY = 10  # times Brian2's own difference, where that is more: rounding is chance, and grows alike in all engines
ENOUGH = 1000  # spikes of neurons at 2 to 50 Hz that a cell needs to mean anything


@dataclass(frozen=True)
class Cell:
    """One row of the certificate.

    Attributes:
        kind, definition, method, setting, engine: what was compared with the reference.
        digest: of the definition; key: of all that the cell depends on.
        dt_s, duration_s, neurons: of the trial.
        until_s: what is compared ends here: the end, or where Brian2's own arithmetics part.
        spikes: of the reference until then; matched, extra: see bio.fidelity._compare.Comparison.
        usable, low_hz, high_hz: spikes of neurons at 2 to 50 Hz in the whole trial, and their rates.
        state_error, weight_error: in parts of the range.
        own_error: where one of these is above 1e-9, the same between two orders of arithmetic of Brian2 itself.
        learned: largest change of a weight, in parts of the range that weights have in the end.
        held, lost, delayed, resets: see bio.fidelity._compare.Exercised.
        parted: neurons of an open loop that a last bit takes elsewhere, by Brian2's own runs; they count until then.
        refusal: why the engine does not run it; empty where it does.
        ours: False for another target of Brian2.
    """

    kind: str
    definition: str
    method: str
    setting: str
    engine: str
    digest: str
    key: str
    dt_s: float = 0.0
    duration_s: float = 0.0
    neurons: int = 0
    until_s: float = 0.0
    spikes: int = 0
    matched: int = 0
    extra: int = 0
    usable: int = 0
    low_hz: float = 0.0
    high_hz: float = 0.0
    state_error: float = 0.0
    weight_error: float = 0.0
    own_error: float = 0.0
    learned: float = 0.0
    held: int = 0
    lost: int = 0
    delayed: int = 0
    resets: int = 0
    parted: int = 0
    refusal: str = ""
    ours: bool = True

    def __str__(self) -> str:
        parts = (self.definition, self.method.replace("_", " "), self.kind, self.setting)
        return ", ".join(part for part in parts if part)

    @property
    def verdict(self) -> str:
        """ "agrees", "differs", "too few spikes" or "not run"."""
        if self.refusal:
            return "not run"
        if not self.same_spikes or self._too_far():
            return "differs"
        return "agrees" if min(self.usable, self.spikes) >= ENOUGH else "too few spikes"

    @property
    def same_spikes(self) -> bool:
        """Whether every spike compared came in the same step, and no other did."""
        return self.matched == self.spikes and not self.extra

    @property
    def fine(self) -> bool:
        """Whether nothing speaks against the engine: Brian2's own differences and refusals do not."""
        return not self.ours or self.verdict in ("agrees", "not run")

    @property
    def error(self) -> float:
        """What is judged beside the spikes: weights, or in an open loop states. In a closed one states part first."""
        return {"open loop": self.state_error, "closed loop": 0.0}.get(self.kind, self.weight_error)

    def _too_far(self) -> bool:
        return not self.error <= max(SAME, LEEWAY * self.own_error)  # NaN is too far


def answer(question: Question, size: Size, wanted: Sequence[Engine]) -> Iterator[Cell]:
    """The cells of one question for these engines; with twice and four times as many neurons if spikes are too few."""
    cells: list[Cell] = []
    for times in (1, 2, 4):
        cells = [*_answer(question, size, wanted, times)]
        if question.kind == "network" or not any(cell.verdict == "too few spikes" for cell in cells if cell.ours):
            break
    yield from cells


def _answer(question: Question, size: Size, wanted: Sequence[Engine], times: int) -> Iterator[Cell]:
    """The cells with so many times the usual number of neurons; the reference runs once."""
    try:
        trial = question.make(times)
        expected = reference(trial)
    except ValueError as error:
        yield from (_cell(question, engine, size, refusal=f"Reference: {error}") for engine in wanted)
        return
    brians = [engine for engine in question.engines if not engine.ours]
    outcomes: dict[str, Outcome] = {engine.name: engine.run(trial) for engine in brians}
    until = trial.steps
    if question.kind == "closed loop":
        parted = [first_difference(expected, one) for one in outcomes.values() or [rearranged(trial)]]
        until = min((step for step in parted if step is not None), default=until)
    common = _common(trial, expected)
    found: list[Cell] = []
    for engine in wanted:
        try:
            if engine.name not in outcomes:
                outcomes[engine.name] = engine.run(trial)
        except ValueError as error:
            found.append(_cell(question, engine, size, refusal=str(error)))
            continue
        end = until if engine.ours else trial.steps
        compared = compare(expected, outcomes[engine.name], end)
        facts = {**common, **asdict(compared), "until_s": end * trial.dt_s}
        found.append(_cell(question, engine, size, **facts))
    others = [outcomes[engine.name] for engine in brians]
    if any(cell.ours and not cell.refusal and not cell.same_spikes for cell in found):
        if question.kind in ("closed loop", "open loop"):
            others = [*others, *as_good(trial)]
        if question.kind == "closed loop":
            _end_earlier(found, trial, expected, outcomes, others)
        if question.kind == "open loop":
            ends = ends_of(expected, others)
            _end_each(found, trial, expected, outcomes, ends)
            expected, others = (
                shortened_to(ends, expected, expected),
                [shortened_to(ends, one, expected) for one in others],
            )
    yield from _with_brians_own(found, trial, expected, others)


def _end_earlier(
    cells: list[Cell], trial: Trial, expected: Outcome, outcomes: Mapping[str, Outcome], others: Sequence[Outcome]
) -> None:
    """Compares ours up to where the reference parts from what it could have been as well."""
    parted = [first_difference(expected, one) for one in others]
    step = min((step for step in parted if step is not None), default=trial.steps)
    for i, cell in enumerate(cells):
        if cell.ours and not cell.refusal:
            compared = compare(expected, outcomes[cell.engine], step)
            cells[i] = replace(cell, **asdict(compared), until_s=step * trial.dt_s)


def _end_each(
    cells: list[Cell], trial: Trial, expected: Outcome, outcomes: Mapping[str, Outcome], ends: dict[str, np.ndarray]
) -> None:
    """Compares ours neuron by neuron, each up to its end."""
    parted, shortened = (
        sum(int((end < trial.steps).sum()) for end in ends.values()),
        shortened_to(ends, expected, expected),
    )
    for i, cell in enumerate(cells):
        if cell.ours and not cell.refusal:
            compared = compare(shortened, shortened_to(ends, outcomes[cell.engine], expected), trial.steps)
            cells[i] = replace(cell, **asdict(compared), parted=parted)


def _with_brians_own(cells: list[Cell], trial: Trial, expected: Outcome, others: list[Outcome]) -> Iterator[Cell]:
    """The cells; where one has a large difference, with the one between Brian2's own orders of arithmetic."""
    if not any(cell.error > SAME for cell in cells):
        yield from cells
        return
    own = [compare(expected, one, trial.steps) for one in others or [rearranged(trial)]]
    for cell in cells:
        which = "state_error" if cell.kind == "open loop" else "weight_error"
        yield replace(cell, own_error=max(getattr(one, which) for one in own)) if cell.error > SAME else cell


def _cell(question: Question, engine: Engine, size: Size, **facts: Any) -> Cell:
    return Cell(question.kind, question.definition, question.method, question.setting, engine.name, question.digest,
                question.key(engine, size), ours=engine.ours, **facts)  # fmt: skip


def _common(trial: Trial, expected: Outcome) -> dict[str, Any]:
    """What all engines of a question share."""
    usable, low, high = usable_spikes(trial, expected)
    done = exercised(trial, expected)
    return {
        "dt_s": trial.dt_s, "duration_s": trial.steps * trial.dt_s, "neurons": sum(trial.watched.values()),
        "usable": usable, "low_hz": low, "high_hz": high, "learned": _learned(trial, expected),
        "held": done.held, "lost": done.lost, "delayed": done.delayed, "resets": done.resets,
    }  # fmt: skip


def _learned(trial: Trial, outcome: Outcome) -> float:
    changes = [0.0]
    for name, weights in outcome.weights.items():
        start = wire(trial.network, trial.network.projection(name), trial.dt_s, 0).weights
        span = float(weights.max() - weights.min()) or 1.0
        changes.append(float(abs(weights - start).max()) / span)
    return max(changes)
