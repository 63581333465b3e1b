"""`neurocontrast new`: a file with a part of your own that works as it is, to be changed."""

from __future__ import annotations

import keyword
import re
import shlex
import sys
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from compare.catalogue import KINDS, Kind, did_you_mean, entries
from compare.cli._screen import output
from compare.errors import EnvironmentFault, UsageError

# How a part is put to use; a report has its own measures, so one of yours is asked about a finished study.
_USED = {"measure": "python {file} STUDY"}
_RUN = "neurocontrast run EXPERIMENT.toml --plugin {file}"
_NOT_A_FILE = sys.stdlib_module_names | {"ann", "bio", "compare"}  # NAME.py would hide the module beside it


def new(
    kind: Annotated[str, typer.Argument(help=" | ".join(KINDS))],
    name: Annotated[str, typer.Argument(help="Of the part, and of the file: my_neuron makes my_neuron.py.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write it to.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a file with a part of your own: it works as it is, and says what to change."""
    file = out / f"{name}.py"
    text = skeleton(kind, name)
    if file.exists() and not force:
        raise UsageError(f"{file} is there already. Give another name or folder (--out), or write over it: --force.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"{file} cannot be written: {error.strerror}. Give a folder of yours with --out."
        ) from error
    _say_what_to_do(KINDS[kind], name, file)


def skeleton(kind: str, name: str) -> str:
    """The text of a plugin file with one part of that kind and name.

    Args:
        kind: a key of compare.catalogue.KINDS.
        name: of the part; its class is called the same in CamelCase, a definition in capitals.

    Raises:
        UsageError: no such kind, or no name for a part and a file.
    """
    if kind not in KINDS:
        raise UsageError(f'There is no skeleton of "{kind}".{did_you_mean(kind, [*KINDS])} Known: {", ".join(KINDS)}.')
    template = files("compare").joinpath("templates", f"{kind}.py.txt").read_text(encoding="utf-8")
    _check_name(KINDS[kind], name, template)
    return Template(template).substitute(name=name, Name=_camel(name), NAME=name.upper())


def _check_name(kind: Kind, name: str, template: str) -> None:
    """Raises UsageError unless a part and its file can have this name."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(
            f'"{name}" cannot name {kind.a_noun}: a name has lower-case letters, digits and "_", and begins with a '
            f'letter. Write "{_mended(name, kind)}".'
        )
    reason = None
    if any(entry.name == name and entry.plugin is None for entry in entries(kind.name)):
        reason = f"there is {kind.a_noun} of that name already"
    elif keyword.iskeyword(name):
        reason = "it is a word of Python's"
    elif name in _NOT_A_FILE:
        reason = f'a file {name}.py would hide the module "{name}" from Python'
    elif re.search(rf"\b({name.upper()}|{_camel(name)})\b", template):
        reason = "the file needs that word itself"
    if reason is not None:
        raise UsageError(f'"{name}" cannot name your {kind.noun}: {reason}. Write "my_{name}", for example.')


def _mended(name: str, kind: Kind) -> str:
    """ "My-Neuron" is "my_neuron"."""
    words = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
    return words if re.match(r"[a-z]", words) else f"my_{words or kind.name}"


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _say_what_to_do(kind: Kind, name: str, file: Path) -> None:
    path = shlex.quote(str(file))
    use = _USED.get(kind.name, _RUN).format(file=path)
    lines = (
        f'Wrote {file}: {kind.a_noun} "{name}" that works as it is. Change it, then',
        f"  neurocontrast check {path}",
        f"  {use}",
        "Its first lines say more, with an experiment that names it." if kind.name not in _USED else "",
    )
    for line in filter(None, lines):
        output().print(line, markup=False, soft_wrap=True)
