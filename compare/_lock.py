"""One process at a time writes to a study; the system lets go of the lock when that process ends, however it ends."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from compare._writing import unwritable
from compare.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

if os.name == "nt":
    import msvcrt

    def _take(file: IO[str]) -> None:
        file.seek(1 << 20)  # beyond the text, which others may then still read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # pyright: ignore[reportAttributeAccessIssue]
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def study_lock(folder: str | Path) -> Iterator[None]:
    """Hold a study's lock. The file stays when the lock is gone: deleting it would let two processes in.

    Raises:
        StoreError: another process runs this study now.
        EnvironmentFault: the folder cannot be made or written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise unwritable(folder, error) from error
    with file:
        try:
            _take(file)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise StoreError(
                f"{folder} is being run by {holder}. Wait until it has finished or stop it, or give another folder."
            ) from error
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield
