"""Worker processes as the runner sees them: hand out jobs, receive what comes of them.

Workers are plain subprocesses with pipes, not multiprocessing's: its "spawn" imports the caller's script again, so a
user's script without an `if __name__ == "__main__"` guard would start itself over and over. The parts of a job are
specs (`compare.specs`), so nothing of the caller's memory is needed.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from compare import _wire
from compare.worker import ENVIRONMENT


@dataclass
class Message:
    """Something that a worker said. kind "gone": the process ended by itself, and `content` says how."""

    worker: Worker
    kind: str
    content: dict[str, Any]
    files: dict[str, bytes]


class Worker:
    """One process. `job` is what it does now, None while it is idle."""

    def __init__(self, inbox: queue.Queue[Message]) -> None:
        self.job: dict[str, Any] | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "compare.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=_environment(),
        )  # fmt: skip
        threading.Thread(target=self._listen, args=(inbox,), daemon=True).start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def give(self, job: dict[str, Any]) -> None:
        """Hand over a job. If the worker has just died, its "gone" message follows."""
        self.job = job
        assert self._process.stdin is not None
        with suppress(OSError):
            _wire.send(self._process.stdin, job)

    def stop(self) -> None:
        """End the process at once; it holds nothing that could be lost."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._errors):
            if stream is not None:
                with suppress(OSError):  # what was left in the buffer has no reader any more
                    stream.close()

    def _listen(self, inbox: queue.Queue[Message]) -> None:
        assert self._process.stdout is not None
        while (received := _wire.receive(self._process.stdout)) is not None:
            content, files = received
            inbox.put(Message(self, content["kind"], content, files))
        inbox.put(Message(self, "gone", {"message": self._last_words(self._process.wait())}, {}))

    def _last_words(self, code: int) -> str:
        how = f"ended with exit code {code}"
        if code < 0:
            name = signal.Signals(-code).name
            hint = ": out of memory, or somebody stopped it" if name == "SIGKILL" else ""
            how = f"was killed by {name}{hint}"
        try:
            self._errors.seek(0)
            lines = self._errors.read()[-4000:].decode(errors="replace").strip().splitlines()
        except ValueError:  # closed by stop()
            lines = []
        return f"The worker process {how}." + (f" Its last words: {lines[-1]}" if lines else "")


def _environment() -> dict[str, str]:
    """The caller's environment and import path, one thread each."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    return {**os.environ, **ENVIRONMENT, "PYTHONPATH": path}
