"""A contestant in a process of its own, in whatever Python environment it needs, run again whenever it is called.

Peers whose dependencies do not fit ours are looked for as `$PEERS/<name>/bin/python` (default:
~/.cache/neurocontrast-peers), for example

    python -m venv $PEERS/bindsnet && $PEERS/bindsnet/bin/pip install torch==2.13.0 bindsnet==0.3.4
    python -m venv $PEERS/surr && $PEERS/surr/bin/pip install torch==2.13.0 spikingjelly==2.0.0
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def interpreter(name: str) -> str | None:
    """The Python of a peer's environment; None, said aloud, where there is none."""
    folder = Path(os.environ.get("PEERS") or Path.home() / ".cache" / "neurocontrast-peers")
    python = folder / name / "bin" / "python"
    if python.is_file():
        return str(python)
    print(f"not measured: there is no {python} (see experiments/benchmarks/_elsewhere.py)")
    return None


class Elsewhere:
    """A call is one run there.

    Args:
        script: calls `serve` when it is run with `arguments`.
        python: the interpreter; ours if None.
        per: spikes are divided by it.

    Attributes:
        spikes: of the last call.
        cpu_elsewhere: CPU seconds of all runs.
        told: of every run, the further number that it tells: seconds of a part, or megabytes.
    """

    def __init__(self, script: str, *arguments: object, python: str | None = None, per: float = 1.0) -> None:
        command = [python or sys.executable, script, *map(str, arguments)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._script, self._per, self.spikes, self.cpu_elsewhere = script, per, 0.0, 0.0
        self.told: list[float] = []

    def __call__(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("run\n")
        answer = self._process.stdout.readline().split()
        if len(answer) != 3:
            raise RuntimeError(f"{self._script} did not answer; its messages are above.")
        spikes, self.cpu_elsewhere, told = map(float, answer)
        self.spikes = spikes / self._per
        self.told.append(told)

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve(run: Callable[[], tuple[float, float]], who: int = resource.RUSAGE_SELF) -> None:
    """Calls `run` for every line read and prints its two numbers, activity and another, around the CPU seconds used."""
    for _ in sys.stdin:
        activity, told = run()
        used = resource.getrusage(who)
        print(activity, used.ru_utime + used.ru_stime, told, flush=True)
