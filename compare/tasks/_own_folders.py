"""Lists a folder that has a folder for each class, or such folders inside train and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from compare.errors import EnvironmentFault

TRAIN, TEST = "train", "test"


@dataclass(frozen=True)
class OwnFiles:
    """The files of all classes, sorted by class and name; those of a test part of the data's own come last.

    Attributes:
        folder: where they lie.
        names: of the classes, sorted.
        paths: of the files.
        labels: (file,) class indices, int64.
        own_test: the last so many files are the test part.
    """

    folder: Path
    names: tuple[str, ...]
    paths: tuple[Path, ...]
    labels: np.ndarray
    own_test: int


def list_classes(folder: Path, endings: Sequence[str]) -> OwnFiles:
    """The classes of a folder and their files.

    Args:
        folder: FOLDER/<class>/ or FOLDER/train/<class>/ and FOLDER/test/<class>/. Names that begin with "." are left
            out.
        endings: of the files that count, in small letters.

    Raises:
        EnvironmentFault: there is no class, a class is empty, a file is none, or train and test have not the same
            classes, or there is a third part beside them.
    """
    inside = {path.name: path for path in _folders(folder)}
    parted = {TRAIN, TEST} <= set(inside) and all(_folders(inside[part]) for part in (TRAIN, TEST))
    if parted:
        _refuse_third_part(folder, inside)
    roots = [inside[TRAIN], inside[TEST]] if parted else [folder]
    names = tuple(path.name for path in _folders(roots[0]))
    if not names:
        raise EnvironmentFault(f"{folder} holds no folders; expected one for each class, with {_kinds(endings)} in it.")
    for root in roots[1:]:
        other = [path.name for path in _folders(root)]
        if list(names) != other:
            raise EnvironmentFault(
                f"{roots[0]} has the classes {', '.join(names)}, {root} has {', '.join(other)}. They must be the same."
            )
    found = [[_files(root / name, endings) for name in names] for root in roots]
    paths = tuple(path for part in found for files in part for path in files)
    labels = np.concatenate([np.repeat(np.arange(len(names)), [len(files) for files in part]) for part in found])
    own_test = sum(len(files) for files in found[1]) if parted else 0
    return OwnFiles(folder, names, paths, labels.astype(np.int64), own_test)


def _folders(folder: Path) -> list[Path]:
    return sorted((path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")), key=_name)


def _refuse_third_part(folder: Path, inside: dict[str, Path]) -> None:
    """Nothing that a user has divided is left out silently."""
    known = {path.name for path in _folders(inside[TRAIN])}
    third = [name for name, path in inside.items() if known & {own.name for own in _folders(path)}]
    others = [name for name in third if name not in (TRAIN, TEST)]
    if others:
        raise EnvironmentFault(
            f"{folder}: beside {TRAIN} and {TEST} there is {', '.join(others)} with classes of its own, which would be "
            f"left out. Put its files into {TRAIN}, a part of which is taken for choosing, or move it elsewhere."
        )


def _files(folder: Path, endings: Sequence[str]) -> list[Path]:
    found = [path for path in folder.iterdir() if path.suffix.lower() in endings and not path.name.startswith(".")]
    if not found:
        raise EnvironmentFault(
            f"The class {folder.name!r} is empty: {folder} holds no {_kinds(endings)}. Fill it or remove it."
        )
    broken = next((path for path in found if not path.is_file()), None)
    if broken is not None:
        raise EnvironmentFault(f"{broken} is no file: a folder, or a link to what is not there. Mend or remove it.")
    return sorted(found, key=_name)


def _name(path: Path) -> str:
    return path.name


def _kinds(endings: Sequence[str]) -> str:
    return f"{', '.join(endings[:-1])} or {endings[-1]}" if len(endings) > 1 else f"{endings[0]} files"
