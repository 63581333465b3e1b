"""Changes to an experiment from the command line: -s learners.MLP.epochs=5, -s rule.learning_rate=3e-4."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

from compare._toml_lines import split_key
from compare.catalogue import did_you_mean
from compare.errors import ConfigurationError

Place = tuple[Any, ...]  # texts, and numbers for a list's items


def apply_overrides(experiment: dict[str, Any], texts: Iterable[str], known: Iterable[str]) -> dict[Place, str]:
    """Changes the parsed experiment in place, and says which place was changed by which text.

    A key that begins with one of the experiment's own (`known`) is a place: learners.MLP.epochs. A learner's label may
    begin it too: MLP.epochs. Otherwise it is a pattern, and changes every part that is given under that name:
    rule.learning_rate changes the learning rate of each learner that names a rule, of the learners inside it too.

    Raises:
        ConfigurationError: no "=", or nothing in the experiment has that key.
    """
    changed: dict[Place, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise ConfigurationError(f'-s {text} is not a change. Write -s key=value, for example -s "seeds=3".')
        for place in _places(experiment, split_key(key.strip()), text, list(known)):
            _set(experiment, place, _value(value.strip()), text)
            changed[place] = f"-s {text}"
    return changed


def _places(experiment: dict[str, Any], key: tuple[str, ...], text: str, known: list[str]) -> list[Place]:
    if key[0] in known:
        return [_through_lists(experiment, key)]
    learners = experiment.get("learners", {})
    first, rest = key[0], key[1:]
    if rest and first in learners:
        return [("learners", *key)]
    parts = [*_parts_named(learners, first, ("learners",))] if rest else []
    if not parts:
        names = [*known, *learners, "model", "rule", "neuron", "encoder"]
        raise ConfigurationError(
            f'-s {text}: the experiment has no "{first}".{did_you_mean(first, names)} '
            'Write the whole place, for example -s learners."MLP".epochs=5, or a part of it, rule.learning_rate=3e-4.'
        )
    return [(*part, *rest) for part in parts]


def _parts_named(table: Any, name: str, at: Place) -> list[Place]:
    """Places of all values under that key, at any depth."""
    if not isinstance(table, dict):
        return []
    found: list[Place] = []
    for key, value in table.items():
        inside = (*at, key)
        found += [inside] if key == name and len(at) > 1 else _parts_named(value, name, inside)
    return found


def _through_lists(experiment: dict[str, Any], key: tuple[str, ...]) -> Place:
    """Numbers in a key count a list's items: tasks.0.size."""
    return tuple(int(part) if depth and part.isdigit() else part for depth, part in enumerate(key))


def _set(experiment: dict[str, Any], place: Place, value: Any, text: str) -> None:
    around = experiment
    for depth, key in enumerate(place[:-1]):
        around = _inside(around, key, text, is_part=depth > 0 or key == "encoding")
    _check_holds(around, place[-1], text)
    around[place[-1]] = value


def _inside(around: Any, key: Any, text: str, *, is_part: bool) -> Any:
    """What a key leads to, as something that can be changed: rule = "backprop" becomes { type = "backprop" }."""
    _check_holds(around, key, text)
    inner = around[key] if isinstance(around, list) else around.setdefault(key, {})
    if isinstance(inner, str) and is_part:
        around[key] = {"type": inner}
    return around[key]


def _check_holds(around: Any, key: Any, text: str) -> None:
    if isinstance(around, dict) or (isinstance(around, list) and isinstance(key, int) and key < len(around)):
        return
    raise ConfigurationError(f'-s {text}: there is no "{key}" to change in {around!r}.')


def _value(text: str) -> Any:
    """A TOML value; text that is none stands for itself, so that quotes can be left out."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
