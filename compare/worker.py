"""A worker process: carries out one job after another, `python -P -m compare.worker`.

Jobs arrive on standard input and results leave on standard output (`compare._wire`); whatever a library prints goes to
standard error. A worker knows no study's folder and writes no file. Standard input ends when the runner ends, however
that happened, and then the worker ends too. It serves several runs because importing torch takes longer than many runs.
"""

from __future__ import annotations

import ctypes
import faulthandler
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

from compare import _wire

ENVIRONMENT = {
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS",
         "VECLIB_MAXIMUM_THREADS"), "1"),
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without it, cuBLAS is not deterministic
    "PYTHONHASHSEED": "0",  # the order of a set must not depend on the process
}  # fmt: skip


def main() -> None:
    """Serve jobs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the runner stops its workers itself
    faulthandler.enable()
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _end_with_parent()
    jobs: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(os.fdopen(0, "rb", closefd=False), jobs), daemon=True).start()
    logging.captureWarnings(True)
    while True:
        _serve(jobs.get(), results)


def _listen(stream: IO[bytes], jobs: queue.Queue[dict[str, Any]]) -> None:
    """Hand on jobs; when the runner is gone, end this process at once, whatever it is doing."""
    while (received := _wire.receive(stream)) is not None:
        jobs.put(received[0])
    os._exit(0)


def _end_with_parent() -> None:
    """On Linux the kernel ends us with our parent, even inside compiled code that keeps the thread above waiting."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG, see prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _serve(job: dict[str, Any], results: IO[bytes]) -> None:
    from compare.errors import NeurocontrastError

    try:
        message, files = _done(job, lambda told: _wire.send(results, told))
    except NeurocontrastError as error:
        message, files = {"kind": "stop", "error": type(error).__name__, "message": str(error)}, {}
    _wire.send(results, message, files)


def _done(job: dict[str, Any], send: Callable[[dict[str, Any]], None]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The last message about a job, and its files."""
    from compare import certify, definitions, execute, prepare

    if job["kind"] == "task":
        return prepare.prepare_task(job)
    if job["kind"] == "run":
        files = execute.execute(job, lambda examples, of: send({"kind": "seen", "examples": examples, "of": of}))
        return {"kind": "finished"}, files
    execute.load_plugins(job)
    if job["kind"] == "definitions":
        return definitions.find_definitions(job), {}
    return certify.certify_definition(job, send), {}


if __name__ == "__main__":
    main()
