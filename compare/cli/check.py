"""`neurocontrast check`: every part of a file through the conformance kit of its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from compare.catalogue import KINDS, Entry, entries, find, load_plugin
from compare.cli._screen import output, table
from compare.errors import DataMissing

SOME_FAIL = 1
_KITS = {
    "task": "compare.testing.check_task",
    "learner": "compare.testing.check_learner",
    "model": "ann.testing.check_model",
    "rule": "ann.testing.check_rule",
    "neuron": "bio.testing.check_neuron",
    "plasticity": "bio.testing.check_plasticity",
    "encoder": "bio.encoder_testing.check_encoder",
    "metric": "compare.testing.check_metric",
    "measure": "compare.testing.check_similarity",
}
# What a part is tried with that must be given a part of another kind.
_SMALL: dict[str, tuple[str, dict[str, Any]]] = {
    "model": ("mlp", {"hidden": (8,)}), "rule": ("backprop", {}), "neuron": ("lif", {}),
    "plasticity": ("pair_stdp", {}),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What became of one part: "ok", "NO" or "-" for not checked, and why."""

    entry: Entry
    sign: str
    told: str


def check(file: Annotated[Path, typer.Argument(help="A Python file with parts of your own.")]) -> None:
    """Check that every part of a file keeps what its kind promises, and say what passed."""
    from rich.text import Text

    origin = load_plugin(file).path.name
    own = [entry for kind in KINDS for entry in entries(kind) if entry.origin == origin]
    findings = [_checked(entry) for entry in own]
    rows = table("", "part", "kind", "found", title=f"Parts of {file.name}")
    colours = {"ok": "green", "NO": "red", "-": "yellow"}
    for one in findings:
        sign = Text(one.sign, colours[one.sign])
        rows.add_row(sign, Text(one.entry.name, "bold"), KINDS[one.entry.kind].noun, Text(one.told))
    output().print(rows)
    failed = sum(one.sign == "NO" for one in findings)
    passed = sum(one.sign == "ok" for one in findings)
    output().print(f"{passed} of {len(findings)} parts passed" + (f", {failed} failed." if failed else "."))
    if failed:
        raise typer.Exit(SOME_FAIL)


def _checked(entry: Entry) -> Finding:
    try:
        part = _part(entry)
    except TypeError as error:
        told = f"not checked: {error}. Call {_KITS[entry.kind]} on an object of it in a test of yours."
        return Finding(entry, "-", told)
    except Exception as error:
        return Finding(entry, "NO", f"{type(error).__name__} when it is made with its defaults: {error}")
    name, kit = _kit(entry, part)
    try:
        left = kit(part)
    except DataMissing as missing:
        return Finding(entry, "-", f"not checked: {missing}")
    except AssertionError as error:
        return Finding(entry, "NO", str(error) or f"an assertion of {name} without words")
    except Exception as error:  # the part's own code, called as its kind says
        return Finding(entry, "NO", f"{type(error).__name__}: {error}")
    untested = f"; not tested: {'; '.join(left)}" if left else ""
    return Finding(entry, "ok", f"keeps what {name} asks for{untested}")


def _part(entry: Entry) -> Any:
    """The definition itself, or an object with its defaults; a recipe, rule or neuron that it needs is a small one.

    Raises:
        TypeError: it needs something else.
    """
    part = entry.load()
    if not isinstance(part, type):
        return part
    from compare._parameters import REQUIRED, parameters_of

    given: dict[str, Any] = {}
    for name, argument in parameters_of(part).items():
        if argument.default is REQUIRED and argument.kind in _SMALL and not argument.many:
            given[name] = _small(argument.kind)
        elif argument.default is REQUIRED:
            raise TypeError(f"{name} has no default")
        elif name == "random_state":
            given[name] = 0
    return part(**given)


def _small(kind: str) -> Any:
    """A part of ours that another one is made with."""
    name, arguments = _SMALL[kind]
    part = find(kind, name).load()
    return part(**arguments) if isinstance(part, type) else part


def _kit(entry: Entry, part: Any) -> tuple[str, Callable[[Any], tuple[str, ...] | None]]:
    """The kit's dotted name, and the kit, which may give what it could not test."""
    name = _KITS[entry.kind]
    if entry.kind == "measure" and not hasattr(part, "invariant_to"):
        name = "compare.testing.check_description"
    module, _, function = name.rpartition(".")
    return name, getattr(import_module(module), function)
