"""A neuron model out of a NeuronGroup of Brian2, so that what was written there runs on every engine.

The same as a method: bio.NeuronModel.from_brian(group).

Example:
    >>> from brian2 import NeuronGroup, ms, mV
    >>> group = NeuronGroup(3, "dv/dt = (v0 - v)/tau : volt", threshold="v > -50*mV", reset="v = -65*mV",
    ...                     method="exact", namespace={"v0": -45*mV, "tau": 10*ms})
    >>> group.v = -65*mV
    >>> model = neuron_model_from(group, name="mine")
    >>> model.parameters["tau"], model.start["v"], model.method
    ('10 ms', '-65 mV', 'exact')
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from brian2 import NeuronGroup, Quantity, TimedArray, get_dimensions
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.namespace import DEFAULT_CONSTANTS, DEFAULT_UNITS
from brian2.equations.equations import DIFFERENTIAL_EQUATION, FLOAT, PARAMETER, SUBEXPRESSION, SingleEquation
from brian2.utils.stringtools import get_identifiers, word_substitute

from ann.source import Source
from bio.equations import NeuronModel
from bio.expression import FUNCTIONS, read_statements
from bio.program import compile_program
from bio.quantities import NUMBER, quantity

__all__ = ["neuron_model_from"]

_METHODS = ("exact", "linear", "independent", "exponential_euler", "euler", "rk2", "rk4", "heun")
_SPECIAL = {"t", "t_in_timesteps", "i", "N", "lastspike", "not_refractory"}
_BASE = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")
_SYMBOLS = {"volt": "V", "second": "s", "amp": "A", "siemens": "S", "farad": "F", "coulomb": "C", "ohm": "ohm",
            "hertz": "Hz"}  # fmt: skip
_PREFIXES = {12: "T", 9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "u", -9: "n", -12: "p", -15: "f"}


def neuron_model_from(
    group: NeuronGroup,
    *,
    namespace: Mapping[str, Any] | None = None,
    drive: str = "",
    start: Mapping[str, str] | None = None,
    name: str = "",
    source: Source | None = None,
) -> NeuronModel:
    """The definition that spikes as `group` does.

    A parameter of the group becomes one of the definition; its value, and those that variables have now, must be the
    same for all neurons. Numbers are kept to 15 digits, as in every definition. Of several methods, as in Brian2's
    default, the first that fits is taken.

    Args:
        group: made with an explicit namespace, or see the next. Nothing is looked up where it was made.
        namespace: what the group's own namespace lacks, as it would be given to Brian2's run.
        drive: the variable, parameter or constant in ampere that input current enters through; what the group has in
            its place, a value or a TimedArray, is left out. Empty: none.
        start: variable -> number with its unit, in the place of what it is now.
        name: of the model; empty: that of the group.
        source: where the model comes from.

    Raises:
        TypeError: no NeuronGroup.
        ValueError: the group has what a definition cannot say, such as functions, a TimedArray, run_regularly, an event
            of its own, linked variables or values that differ between neurons: says which, and what to do.
    """
    if not isinstance(group, NeuronGroup):
        raise TypeError(f"{type(group).__name__} is no NeuronGroup of Brian2. Give one, not a part of one.")
    _refuse_parts(group)
    equations = [one for one in group.user_equations.values() if not _is_drive(group, one, drive)]
    for one in equations:
        _refuse_equation(group, one)
    spike = {"threshold": group.events["spike"], "reset": group.event_codes.get("spike", "")}
    texts = {where: _written_out(text, equations) for where, text in spike.items()}
    values = _values(group, equations, texts, dict(namespace or {}), drive)
    parameters = {key: _text(f"{group.name}: {key}", *value) for key, value in values.items()}
    moving = [one.varname for one in equations if one.type == DIFFERENTIAL_EQUATION]
    model = NeuronModel(
        name=name or group.name,
        equations="\n".join(_line(one) for one in equations if one.type != PARAMETER),
        threshold=texts["threshold"],
        reset=texts["reset"],
        refractory=_refractory(group, parameters),
        parameters=parameters,
        start={one: _text(f"{group.name}: {one}", *_uniform(group, one)) for one in moving if one not in (start or {})}
        | dict(start or {}),
        drive=drive,
        source=source or Source(f'the NeuronGroup "{group.name}" of Brian2'),
    )
    return _with_method(group, model)


def _refuse_parts(group: NeuronGroup) -> None:
    """Whatever a group can have and a definition cannot."""
    if "spike" not in group.events:
        raise ValueError(f"{group.name} has no threshold, so it never spikes. Give it one.")
    if others := sorted(set(group.events) - {"spike"}):
        raise ValueError(f'{group.name} has the event "{others[0]}". A definition has spikes only; leave it out.')
    if group._linked_variables:
        linked = min(group._linked_variables)
        raise ValueError(f"{group.name}: {linked} is linked to another group. Bring it in through a projection.")
    own = [group.state_updater, group.thresholder["spike"], group.resetter.get("spike"), group.subexpression_updater]
    for part in group.contained_objects:
        if not any(part is one for one in own):
            raise ValueError(
                f'{group.name} also runs "{part.name}" (run_regularly or the like), which a definition does not. '
                "Write it as an equation, a reset or a plasticity rule."
            )
    for part, when in (*zip(own[1:3], ("thresholds", "resets"), strict=True), (own[0], "groups")):
        if part is not None and (part.when, part.order) != (when, 0):
            raise ValueError(f'{group.name} runs "{part.name}" at another place of a step. Leave the order as it is.')


def _is_drive(group: NeuronGroup, one: SingleEquation, drive: str) -> bool:
    if one.varname != drive:
        return False
    if one.type == DIFFERENTIAL_EQUATION or tuple(one.dim._dims) != quantity("1 A").dimension:
        raise ValueError(f'{group.name}: drive = "{drive}" must be a current in ampere that no equation integrates.')
    return True


def _refuse_equation(group: NeuronGroup, one: SingleEquation) -> None:
    if one.var_type != FLOAT:
        raise ValueError(f"{group.name}: {one.varname} is {one.var_type}, but a definition's variables are floats.")
    if "constant over dt" in one.flags:
        raise ValueError(
            f'{group.name}: {one.varname} is "(constant over dt)", which a definition cannot say. Leave the flag out.'
        )
    if one.type in (DIFFERENTIAL_EQUATION, PARAMETER) and group.variables[one.varname].dtype != np.float64:
        raise ValueError(f"{group.name}: {one.varname} is kept as {group.variables[one.varname].dtype}; use float64.")


def _line(one: SingleEquation) -> str:
    left = f"d{one.varname}/dt" if one.type == DIFFERENTIAL_EQUATION else one.varname
    flags = " (unless refractory)" if "unless refractory" in one.flags else ""
    return f"{left} = {_expression(one)} : {_unit(one.dim)}{flags}"


def _expression(one: SingleEquation) -> str:
    assert one.expr is not None
    return one.expr.code


def _written_out(text: str, equations: list[SingleEquation]) -> str:
    """The text with the expressions of those variables that are written "y = ...": a program knows none of them."""
    known = {one.varname: f"({_expression(one)})" for one in equations if one.type == SUBEXPRESSION}
    while get_identifiers(text) & known.keys():
        text = word_substitute(text, known)
    return text


def _values(
    group: NeuronGroup, equations: list[SingleEquation], texts: dict[str, str], namespace: dict[str, Any], drive: str
) -> dict[str, tuple[float, Any]]:
    """Every name that the group reads from outside or keeps as a parameter: its SI value and its dimension."""
    changed = {one.target for one in read_statements(texts["reset"])}
    found = {}
    for one in equations:
        if one.type == PARAMETER:
            if one.varname in changed:
                raise ValueError(
                    f"{group.name}: the reset changes the parameter {one.varname}. Make it a variable: "
                    f'"d{one.varname}/dt = 0*{_unit(one.dim)}/second : {_unit(one.dim)}".'
                )
            found[one.varname] = _uniform(group, one.varname)
    outside = {**namespace, **(group.namespace or {})}
    for where, identifier in _read(group, equations, texts):
        _refuse_identifier(group, where, identifier)
        known = {
            *(one.varname for one in equations),
            *DEFAULT_UNITS,
            *DEFAULT_CONSTANTS,
            *DEFAULT_FUNCTIONS,
            "dt",
            drive,
        }
        if identifier not in known and not identifier.startswith("xi"):
            found[identifier] = _constant(group, identifier, outside)
    return found


def _read(group: NeuronGroup, equations: list[SingleEquation], texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Names with the part that reads them, sorted."""
    parts = [(f"equation of {one.varname}", _expression(one)) for one in equations if one.type != PARAMETER]
    parts += list(texts.items())
    if isinstance(group._refractory, str):
        parts.append(("refractory", group._refractory))
    for where, text in parts:
        yield from ((where, identifier) for identifier in sorted(get_identifiers(text)))


def _refuse_identifier(group: NeuronGroup, where: str, identifier: str) -> None:
    if identifier in _SPECIAL:
        raise ValueError(f'{group.name}: {where} reads "{identifier}", which a definition does not know.')
    if identifier == "rand" and where != "threshold":
        raise ValueError(f"{group.name}: {where} reads rand(), which a definition has in its threshold only.")
    if identifier in DEFAULT_FUNCTIONS and identifier not in (*FUNCTIONS, "rand"):
        raise ValueError(
            f"{group.name}: {where} reads the function {identifier}. Those of a definition: {', '.join(FUNCTIONS)}."
        )


def _constant(group: NeuronGroup, name: str, outside: Mapping[str, Any]) -> tuple[float, Any]:
    if name not in outside:
        raise ValueError(
            f'{group.name}: "{name}" is in no namespace. Give namespace={{"{name}": ...}}; nothing is looked up where '
            "the group was made."
        )
    value = outside[name]
    if isinstance(value, TimedArray):
        raise ValueError(
            f"{group.name} reads the TimedArray {name}. Name the current that it drives as drive=..., and give its "
            "values to a run as currents."
        )
    if callable(value):
        raise ValueError(f"{group.name} reads the function {name}. Write it out in the equations.")
    if np.ndim(value) or not np.isfinite(float(np.asarray(value))):
        raise ValueError(f"{group.name}: {name} = {value} is not one finite number.")
    return float(np.asarray(value)), get_dimensions(value)


def _uniform(group: NeuronGroup, name: str) -> tuple[float, Any]:
    """The value that all neurons have, and its dimension."""
    values = np.asarray(group.variables[name].get_value(), np.float64).ravel()
    if not np.isfinite(values).all() or (values != values[0]).any():
        raise ValueError(
            f"{group.name}: {name} is from {values.min():g} to {values.max():g} (SI) in its neurons, but a definition "
            "has one value. Set all alike, give start=... for a variable, or set `states` of a simulator afterwards."
        )
    return float(values[0]), group.variables[name].dim


def _refractory(group: NeuronGroup, parameters: Mapping[str, str]) -> str:
    given = group._refractory
    if given is False:
        return ""
    if isinstance(given, Quantity):
        if given.shape:
            raise ValueError(f"{group.name}: the refractory period differs between neurons. Give one.")
        return _text(f"{group.name}: refractory", float(given), given.dim)
    text = str(given).strip()
    try:
        return text if text in parameters else quantity(text, "time").text
    except ValueError:
        raise ValueError(
            f'{group.name}: refractory = "{text}" is neither a number with its unit nor a parameter, so it may change '
            'from step to step. Give a time such as "2*ms".'
        ) from None


def _with_method(group: NeuronGroup, model: NeuronModel) -> NeuronModel:
    asked = group.method_choice
    if isinstance(asked, str):
        asked = (asked,)
    if callable(asked) or group.state_updater.method_options or not set(asked) <= set(_METHODS):
        raise ValueError(f"{group.name}: method = {group.method_choice} is none of {', '.join(_METHODS)} as they are.")
    faults = []
    for method in asked:
        try:
            compile_program(replace(model, method=method), 1e-4)
        except ValueError as error:
            faults.append(str(error))
        else:
            return replace(model, method=method)
    raise ValueError(faults[-1])


def _text(what: str, value: float, dimension: Any) -> str:
    """A number with its unit, "20 ms"."""
    unit = _unit(dimension)
    if unit not in _SYMBOLS:
        return quantity(f"{value!r} {unit}".removesuffix(" 1"), None, what).text
    number = Decimal(repr(value))
    power = max(-15, min(12, 3 * (number.adjusted() // 3))) if number else 0
    return quantity(f"{number.scaleb(-power):f} {_PREFIXES[power]}{_SYMBOLS[unit]}", None, what).text


def _unit(dimension: Any) -> str:
    """The SI unit of a dimension in words that both Brian2 and bio.quantities read."""
    exponents = tuple(dimension._dims)
    if exponents == NUMBER:
        return "1"
    for unit in _SYMBOLS:
        if quantity(f"1 {unit}").dimension == exponents:
            return unit
    return "*".join(f"{name}**{power:g}" for name, power in zip(_BASE, exponents, strict=True) if power)
