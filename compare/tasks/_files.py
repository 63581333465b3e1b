"""Finds a task's files: the data folder, then the user's cache, then a download into that cache."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from compare.errors import DataMissing, EnvironmentFault

VARIABLE = "NEUROCONTRAST_DATA"
TIMEOUT_S = 20.0


def find_files(task: str, names: Sequence[str], md5: Mapping[str, str], mirrors: Sequence[str]) -> dict[str, Path]:
    """Where each of a task's files lies. Downloads what is nowhere on this machine.

    A folder counts when it holds all the files, each with its name or without the ending ".gz". The order: the folder
    in NEUROCONTRAST_DATA (which `--data` sets), as FOLDER/task or FOLDER itself; the user's cache; a download.

    Args:
        task: the task's name, and the sub-folder's.
        names: file names as published.
        md5: name -> MD5 of the file as published (gzipped).
        mirrors: addresses to fetch from, each ending in "/"; the first that answers serves.

    Raises:
        DataMissing: no folder has them and they cannot be fetched.
    """
    folders = folders_of(task)
    for folder in folders:
        found = _in_folder(folder, names)
        if found is not None:
            return found
    return {name: _download(task, name, md5[name], mirrors, folders) for name in names}


def folders_of(task: str) -> list[Path]:
    """The folders that are looked through, in order; the last is the user's cache."""
    import platformdirs

    given = os.environ.get(VARIABLE)
    chosen = [Path(given).expanduser() / task, Path(given).expanduser()] if given else []
    return [*chosen, Path(platformdirs.user_cache_dir("neurocontrast", appauthor=False)) / task]


def _in_folder(folder: Path, names: Sequence[str]) -> dict[str, Path] | None:
    found = {}
    for name in names:
        candidates = [folder / name, folder / name.removesuffix(".gz")]
        path = next((candidate for candidate in candidates if candidate.is_file()), None)
        if path is None:
            return None
        found[name] = path
    return found


def _download(task: str, name: str, md5: str, mirrors: Sequence[str], folders: Sequence[Path]) -> Path:
    import pooch

    faults = []
    for mirror in mirrors:
        downloader = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT_S)
        try:
            path = pooch.retrieve(
                mirror + name,
                known_hash=f"md5:{md5}",
                fname=name,
                path=folders[-1],
                downloader=downloader,  # type: ignore[arg-type] - pooch's own downloader misses its own protocol
            )
        except PermissionError as error:
            raise EnvironmentFault(f"{folders[-1]} cannot be written ({error}). Set {VARIABLE} or free it.") from error
        except (OSError, ValueError) as error:  # requests' errors are OSErrors; ValueError is a wrong checksum
            faults.append(f"{mirror}{name}: {_short(error)}")
        else:
            return Path(path)
    raise DataMissing(_nowhere(task, name, mirrors, folders, faults))


def _nowhere(task: str, name: str, mirrors: Sequence[str], folders: Sequence[Path], faults: Sequence[str]) -> str:
    looked = "".join(f"\n  {folder}" for folder in folders)
    tried = "".join(f"\n  {fault}" for fault in faults)
    return (
        f"The data of task {task} is not on this machine: {name} was looked for in{looked}\nand could not be "
        f"downloaded:{tried}\nFetch the files from {mirrors[0]} into a folder named {task} and give its parent: "
        f"--data FOLDER, or {VARIABLE}=FOLDER. The task digits needs no download."
    )


def _short(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:120]}"
