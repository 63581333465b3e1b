"""Where a user's own file or folder lies, and whether its content is the one that the experiment names.

A path is taken as it is where it is absolute or begins with "~". Else it is looked for in the data folder
(NEUROCONTRAST_DATA, which `--data` sets), then in the folder that the command runs in. The path as written is a part of
a run's key, so a relative one keeps the runs of a study that moves to another machine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks._files import VARIABLE


def own_file(task: str, given: str) -> Path:
    """The file of the option `file`.

    Raises:
        DataMissing: there is none; the message says where it was looked for.
        EnvironmentFault: it is a folder.
    """
    path = _found(task, "file", given)
    if not path.is_file():
        raise EnvironmentFault(f"file = {given!r} of task {task} is a folder, {path}; expected a file.")
    return path


def own_folder(task: str, given: str) -> Path:
    """The folder of the option `folder`.

    Raises:
        DataMissing: there is none; the message says where it was looked for.
        EnvironmentFault: it is a file.
    """
    path = _found(task, "folder", given)
    if not path.is_dir():
        raise EnvironmentFault(f"folder = {given!r} of task {task} is a file, {path}; expected a folder.")
    return path


def _found(task: str, option: str, given: str) -> Path:
    path = Path(given).expanduser()
    data = os.environ.get(VARIABLE)
    folders = [*([Path(data).expanduser()] if data else []), Path.cwd()]
    places = [path] if path.is_absolute() else [folder / path for folder in folders]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        looked = "".join(f"\n  {place}" for place in places)
        raise DataMissing(
            f"The data of task {task} is not on this machine: {option} = {given!r} was looked for as{looked}\n"
            f"Correct {option}, or name the folder that holds it: --data FOLDER, or {VARIABLE}=FOLDER."
        )
    return found


def check_content(pinned: str, files: Sequence[Path], root: Path) -> None:
    """Refuses content of another sha256 than `pinned`; "" allows any.

    Args:
        pinned: of one file that of its bytes; of a folder see `content_sha256`.
        files: what is read.
        root: the file itself, or the folder that the files lie in.

    Raises:
        EnvironmentFault: it is another one.
    """
    if not pinned:
        return
    found = content_sha256(files, root)
    if found != pinned.lower():
        raise EnvironmentFault(
            f"{root} has changed: sha256 = {pinned!r} was written down, found {found}. Bring the old content back, or "
            "write the new checksum, which begins new runs."
        )


def content_sha256(files: Sequence[Path], root: Path) -> str:
    """Of a file the sha256 of its bytes; of a folder that of the lines "sha256  name/in/folder", sorted by name."""
    if list(files) == [root]:
        return _sha256(root)
    names = sorted((path.relative_to(root).as_posix(), path) for path in files)
    lines = "".join(f"{_sha256(path)}  {name}\n" for name, path in names)
    return hashlib.sha256(lines.encode()).hexdigest()


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise EnvironmentFault(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error
