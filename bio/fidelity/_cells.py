"""The cells of a certificate: what is compared with what, and what came of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

import numpy as np

from bio.equations import NeuronModel
from bio.fidelity._compare import compare, exercised, first_difference, usable_spikes
from bio.fidelity._definitions import fitting_methods
from bio.fidelity._engines import Engine, engines_of, rearranged, reference, source_digest, versions
from bio.fidelity._networks import current_trial, diehl_cook_trial, network_trial, rule_trial, stable_step
from bio.fidelity._trial import Outcome, Trial
from bio.neurons.diehl_cook_lif import DIEHL_COOK_LIF, INHIBITORY
from bio.plasticity import DIEHL_COOK_STDP
from bio.plasticity_rule import PlasticityRule
from bio.wiring import wire

__all__ = ["ENOUGH", "FULL", "SAME", "SMALL", "Cell", "Question", "Size", "answer", "definition_digest", "questions"]

Kind = Literal["open loop", "closed loop", "plasticity", "network"]
SAME = 1e-9  # of a range: what float64 leaves where engines order their sums differently
LEEWAY = 10  # times Brian2's own difference, where that is more: rounding is chance, and grows alike in all engines
_JITTERS = 4  # runs of the reference with other last bits, where an engine differs: is the neuron or network chaotic?
_JITTER = 2.0**-45  # of the currents: what they change in a step is then about the last bit of a membrane potential
_APART = 1e-6  # of a state's range
ENOUGH = 1000  # spikes of neurons at 2 to 50 Hz that a cell needs to mean anything
DT_S = 1e-4
_ABOUT = {"name", "source", "purpose", "laws", "bounds", "method"}  # fields that change nothing in a simulation


@dataclass(frozen=True)
class Size:
    """How much is simulated.

    Attributes:
        open_s, closed_s, learning_s: duration of each kind of trial.
        alone, coupled, partners, targets: numbers of neurons.
        all_methods: whether every method that fits is tried, or the definition's own.
        cython: whether Brian2's cython target is run too; compiling takes half a minute a model.
        images: shown to the Diehl & Cook network; 0 leaves it out.
    """

    name: str
    open_s: float
    closed_s: float
    learning_s: float
    alone: int
    coupled: int
    partners: int
    targets: int
    all_methods: bool
    cython: bool
    images: int


SMALL = Size("small", 0.2, 0.2, 0.2, 270, 250, 50, 250, False, False, 0)
FULL = Size("full", 0.5, 1.0, 1.0, 120, 80, 20, 60, True, True, 20)


@dataclass(frozen=True)
class Question:
    """One trial and the engines that it is put to.

    Attributes:
        definition: its name; digest: of its equations and numbers.
        setting: what else tells it from others of its kind, "currents" or "delays drawn".
    """

    kind: Kind
    definition: str
    method: str
    setting: str
    digest: str
    engines: tuple[Engine, ...]
    make: Callable[[int], Trial]  # of so many times the usual number of neurons

    def __str__(self) -> str:
        parts = (self.definition, self.method.replace("_", " "), self.kind, self.setting)
        return ", ".join(part for part in parts if part)

    def key(self, engine: Engine, size: Size) -> str:
        """Changes with everything that the cell depends on."""
        parts = [self.kind, self.definition, self.digest, self.method, self.setting, engine.name, repr(size)]
        parts += [source_digest(engine.name), *(f"{name} {version}" for name, version in versions().items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


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


def questions(
    models: Sequence[NeuronModel],
    rules: Sequence[PlasticityRule],
    size: Size,
    one_method: Sequence[NeuronModel] = (),
) -> Iterator[Question]:
    """Every question about these definitions, in an order in which those answered first say most.

    Args:
        one_method: models that are tried with their own method only.
    """
    networks, neurons = engines_of("networks", size.cython), engines_of("neurons", size.cython)
    for model in models:
        yield from _about_model(model, size, networks, neurons)
    for rule in rules:
        for one_delay in (True, False):
            yield _about_rule(rule, one_delay, size, networks)
    if size.images:
        digest = "-".join(definition_digest(one)[:4] for one in (DIEHL_COOK_LIF, INHIBITORY, DIEHL_COOK_STDP))
        setting = f"{size.images} images"
        yield Question("network", "diehl_cook", DIEHL_COOK_LIF.method, setting, digest, networks,
                       lambda _: diehl_cook_trial(size.images))  # fmt: skip
    for model in models if size.all_methods else ():
        for method in fitting_methods(model, DT_S)[1:]:
            yield from _about_model(replace(model, method=method), size, networks, neurons)
    for model in one_method:
        yield from _about_model(model, size, networks, neurons)


def _about_model(
    model: NeuronModel, size: Size, networks: tuple[Engine, ...], neurons: tuple[Engine, ...]
) -> Iterator[Question]:
    name, method, digest = model.name, model.method, definition_digest(model)

    def alone(times: int) -> Trial:
        dt_s, duration, more = _spread(model, size.open_s)
        return current_trial(model, dt_s, duration, times * round(more * size.alone))

    def network(times: int, coupled: bool) -> Trial:
        dt_s, duration, more = _spread(model, size.closed_s if coupled else size.open_s)
        neurons, partners = round(more * size.coupled), round(more * size.partners)
        return network_trial(model, dt_s, duration, times * neurons, times * partners, coupled)

    yield Question("open loop", name, method, "currents", digest, neurons, alone)
    yield Question(
        "open loop", name, method, "currents and spikes", digest, networks, lambda times: network(times, False)
    )
    yield Question("closed loop", name, method, "coupled", digest, networks, lambda times: network(times, True))


def _spread(model: NeuronModel, duration_s: float) -> tuple[float, float, float]:
    """Time step, duration and times as many neurons: shorter steps, for a shorter time, of more neurons."""
    dt_s = stable_step(model, DT_S)
    more = 1.0 if dt_s == DT_S else 2.5
    return dt_s, duration_s / more, more


def _about_rule(rule: PlasticityRule, one_delay: bool, size: Size, networks: tuple[Engine, ...]) -> Question:
    setting = "one delay" if one_delay else "delays drawn"
    return Question("plasticity", rule.name, rule.method, setting, definition_digest(rule), networks,
                    lambda times: rule_trial(rule, size.learning_s, times * size.targets, one_delay))  # fmt: skip


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
            others = [*others, *_as_good(trial)]
        if question.kind == "closed loop":
            _end_earlier(found, trial, expected, outcomes, others)
        if question.kind == "open loop":
            ends = _ends(expected, others)
            _end_each(found, trial, expected, outcomes, ends)
            expected, others = _until(ends, expected, expected), [_until(ends, one, expected) for one in others]
    yield from _with_brians_own(found, trial, expected, others)


def _as_good(trial: Trial) -> list[Outcome]:
    """What the reference could have been as well: in another order of arithmetic, and with its input currents changed
    by chance, by as much as the last bit of a membrane potential."""
    return [rearranged(trial), *(reference(_jittered(trial, seed)) for seed in range(_JITTERS))]


def _jittered(trial: Trial, seed: int) -> Trial:
    chance = np.random.default_rng([seed, 7])
    pieces = [
        replace(
            piece,
            currents={
                name: given * (1 + _JITTER * chance.choice([-1.0, 1.0], given.shape))
                for name, given in piece.currents.items()
            },
        )
        for piece in trial.pieces
    ]
    return replace(trial, pieces=tuple(pieces))


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
    parted, shortened = sum(int((end < trial.steps).sum()) for end in ends.values()), _until(ends, expected, expected)
    for i, cell in enumerate(cells):
        if cell.ours and not cell.refusal:
            compared = compare(shortened, _until(ends, outcomes[cell.engine], expected), trial.steps)
            cells[i] = replace(cell, **asdict(compared), parted=parted)


def _ends(expected: Outcome, others: Sequence[Outcome]) -> dict[str, np.ndarray]:
    """Population -> (neuron,) the step until which it counts; the end where none of the others differs in a spike.

    In an open loop neurons know nothing of each other. The others' last bits and an engine's grow alike, but not at the
    same moment: so a neuron counts until states of the others are 1e-6 of their range apart, before any spike is moved.
    """
    found = {}
    for name, raster in expected.rasters.items():
        parted = [raster != one.rasters[name] for one in others]
        states = expected.states[name].items()
        apart = [_apart(values, one.states[name][key]) for one in others for key, values in states]
        first = np.any([*parted, *apart], axis=0).argmax(0)
        found[name] = np.where(np.any(parted, axis=(0, 1)), first, len(raster))
    return found


def _apart(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(time, neuron), whether two runs of a state are so far from each other that spikes will soon part."""
    return np.abs(values - others) > _APART * (np.ptp(values) or 1.0)


def _until(ends: dict[str, np.ndarray], outcome: Outcome, expected: Outcome) -> Outcome:
    """The outcome with a neuron's spikes from its end on left out, and states only of neurons without such an end."""
    rasters = {
        name: raster & (np.arange(len(raster))[:, None] < ends[name]) for name, raster in outcome.rasters.items()
    }
    states = {
        name: {
            one: np.where(ends[name] < len(values), expected.states[name][one], values)
            for one, values in variables.items()
        }
        for name, variables in outcome.states.items()
    }
    return replace(outcome, rasters=rasters, states=states)


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


def definition_digest(definition: NeuronModel | PlasticityRule) -> str:
    """Of what a definition says, whatever it is called and whichever method integrates it."""
    told = {one.name: getattr(definition, one.name) for one in fields(definition) if one.name not in _ABOUT}
    text = json.dumps(told, sort_keys=True, default=dict)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]
