"""Which neuron models and plasticity rules the learners of a study simulate.

A learner says it itself (capability `definitions`), or the part of it that has them does, its model or its rule; of a
part that says nothing, the definitions among its arguments count.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from compare import specs
from compare._parameters import parameters_of
from compare.plugins import kind_of

__all__ = ["definitions_of", "find_definitions"]

_DEFINITIONS = ("neuron", "plasticity")


def definitions_of(part: Any) -> list[Any]:
    """The definitions that a part simulates, bio's NeuronModel and PlasticityRule, each once."""
    if hasattr(part, "definitions"):
        return [*part.definitions()]
    if kind_of(part) in _DEFINITIONS:
        return [part] if hasattr(part, "threshold") or hasattr(part, "on_pre") else []  # no engine runs rules of rates
    found: list[Any] = []
    for inner in _parts_of(part):
        found += [one for one in definitions_of(inner) if one not in found]
    return found


def _parts_of(part: Any) -> list[Any]:
    """The parts among its arguments; an encoder has no neurons."""
    found: list[Any] = []
    for name, argument in parameters_of(type(part)).items():
        if argument.kind not in (None, "encoder"):
            value = getattr(part, name, None)
            found += [*(value or ())] if argument.many else [value]
    return [one for one in found if one is not None]


def find_definitions(job: dict[str, Any]) -> dict[str, Any]:
    """Asks every learner of a study; for a worker process.

    Args:
        job: learners, label -> spec; device.

    Returns:
        {kind: "definitions", definitions: [{name, kind, spec, learners: [label]}], left_out: [sentence]}, each
        definition once.
    """
    found: dict[str, dict[str, Any]] = {}
    left_out = []
    for label, spec in job["learners"].items():
        try:
            learner = specs.build(spec, "learner", encoder=None, random_state=0, device=job["device"])
            own = {specs.digest(told["spec"]): told for told in map(_told, definitions_of(learner))}
        except Exception as error:  # a foreign learner may fail in any way
            left_out.append(f"the definitions of {label}: {type(error).__name__}: {error}")
            continue
        for key, told in own.items():
            found.setdefault(key, {**told, "learners": []})["learners"].append(label)
    return {"kind": "definitions", "definitions": [*found.values()], "left_out": left_out}


def _told(definition: Any) -> dict[str, Any]:
    """The spec holds every field letter by letter: `specs.spec_of` would write quantities its own way."""
    fields = dataclasses.asdict(definition)
    spec = {"type": fields.pop("name"), **fields}
    return {"name": definition.name, "kind": kind_of(definition), "spec": spec}
