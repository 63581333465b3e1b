"""Finds the Free Spoken Digit Dataset, version 1.0.10: a folder of its recordings, or the archive that GitHub gives."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks._files import find_files, folders_of

SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
DIGITS, TAKES = 10, 50
ARCHIVE = "v1.0.10.zip"
# The bytes of `git archive --format=zip` of that tag, as GitHub makes it (SHA-256 c680098f5d2355ba...).
ARCHIVE_MD5 = "7158ff182d80090f08db4b5c7afb4bc3"
MIRRORS = ("https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/",)
CONTENT_SHA256 = "dfaea3659d8fb9bd818fb46652281730c568381c0fd1aa8a43ccf8b05a9f92bb"
_PLACES = ("fsdd/recordings", "recordings", "fsdd", "")  # below a folder of data


def names() -> list[str]:
    """All 3,000 files: by digit, then speaker, then take."""
    return [f"{digit}_{who}_{take}.wav" for digit in range(DIGITS) for who in SPEAKERS for take in range(TAKES)]


def find_recordings(task: str) -> dict[Path, bytes]:
    """Where each recording lies (of one in an archive: the archive and its name) and its bytes, in the order of names.

    The order: a folder with all of them, `fsdd/recordings`, `recordings` or `fsdd` in one of the task's folders or that
    folder itself; the archive v1.0.10.zip in one of the task's folders; a download of it.

    Raises:
        DataMissing: they are nowhere and cannot be downloaded; the message says where to get them.
        EnvironmentFault: a file cannot be read, or the archive lacks one.
    """
    places = [folder / place for folder in folders_of(task) for place in _PLACES]
    whole = next((place for place in places if all((place / name).is_file() for name in names())), None)
    if whole is not None:
        return {whole / name: _read(whole / name) for name in names()}
    try:
        archive = find_files(task, (ARCHIVE,), {ARCHIVE: ARCHIVE_MD5}, MIRRORS)[ARCHIVE]
    except DataMissing as error:
        raise DataMissing(f"{error}\n{_folders_instead(places)}") from error
    return _unpacked(archive)


def check_content(contents: Sequence[bytes]) -> None:
    """Raises EnvironmentFault unless these are the published recordings, in the order of names."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    if digest.hexdigest() != CONTENT_SHA256:
        raise EnvironmentFault(
            f"The recordings of spoken digits are not those of version 1.0.10: their digest is {digest.hexdigest()}, "
            f"expected {CONTENT_SHA256}. Fetch {MIRRORS[0]}{ARCHIVE} again."
        )


def _folders_instead(places: Sequence[Path]) -> str:
    """What else would serve, and which folder nearly does."""
    said = ["Its recordings/ unpacked serve as well, as FOLDER/fsdd/recordings."]
    for place in places:
        missing = [name for name in names() if not (place / name).is_file()]
        if len(missing) < len(names()):
            said.append(f"{place} holds {len(names()) - len(missing):,} of {len(names()):,}; {missing[0]} is missing.")
    return " ".join(said)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentFault(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error


def _unpacked(archive: Path) -> dict[Path, bytes]:
    try:
        with zipfile.ZipFile(archive) as file:
            inside = {Path(name).name: name for name in file.namelist() if name.endswith(".wav")}
            missing = [name for name in names() if name not in inside]
            if missing:
                raise EnvironmentFault(
                    f"{archive} lacks {len(missing):,} of {len(names()):,} recordings, {missing[0]} first. "
                    "Delete it and fetch it again."
                )
            return {archive / name: file.read(inside[name]) for name in names()}
    except (OSError, zipfile.BadZipFile) as error:
        raise EnvironmentFault(f"{archive} is damaged: {error}. Delete it and fetch it again.") from error
