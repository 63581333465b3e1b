"""The questions of a certificate: which trials of which definitions are put to which engines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from bio.equations import NeuronModel
from bio.fidelity._definitions import fitting_methods
from bio.fidelity._engines import Engine, engines_of, source_digest, versions
from bio.fidelity._networks import current_trial, diehl_cook_trial, network_trial, rule_trial, stable_step
from bio.fidelity._trial import Trial
from bio.neurons.diehl_cook_lif import DIEHL_COOK_LIF, INHIBITORY
from bio.plasticity import DIEHL_COOK_STDP
from bio.plasticity_rule import PlasticityRule

__all__ = ["DT_S", "FULL", "SMALL", "Question", "Size", "definition_digest", "questions"]

Kind = Literal["open loop", "closed loop", "plasticity", "network"]
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


def definition_digest(definition: NeuronModel | PlasticityRule) -> str:
    """Of what a definition says, whatever it is called and whichever method integrates it."""
    told = {one.name: getattr(definition, one.name) for one in fields(definition) if one.name not in _ABOUT}
    text = json.dumps(told, sort_keys=True, default=dict)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]
