"""Progress as bars on a terminal, as plain lines elsewhere, as JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from compare.run import Event

Tell = Callable[["Event"], None]
ENDED = ("done", "refused", "failed")


def bars_or_lines(console: Console) -> AbstractContextManager[Tell]:
    """Bars where somebody watches, lines where a file does."""
    return Bars(console) if console.is_terminal else Lines(console)


class JsonLines(AbstractContextManager[Tell]):
    """Every event as one line of JSON on standard output."""

    def __enter__(self) -> Tell:
        return self._tell

    def __exit__(self, *error: object) -> None:
        return None

    def _tell(self, event: Event) -> None:
        sys.stdout.write(json.dumps(asdict(event)) + "\n")
        sys.stdout.flush()


class Lines(AbstractContextManager[Tell]):
    """One line when a run ends, and one at the beginning and the end."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.began = time.monotonic()

    def __enter__(self) -> Tell:
        return self._tell

    def __exit__(self, *error: object) -> None:
        return None

    def _tell(self, event: Event) -> None:
        if event.kind == "planned":
            self._print(begin_text(event))
        elif event.kind in ENDED:
            ended = _ended(event)
            self._print(f"[{ended}/{event.counts['planned']}] {event.kind:8s}{run_name(event.run)}{_because(event)}")
        elif event.kind == "certified":
            self._print(fidelity_text(event))
        elif event.kind == "finished":
            self._print(f"Finished after {time.monotonic() - self.began:.0f} s.")

    def _print(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)


class Bars(AbstractContextManager[Tell]):
    """One bar for each running run and one over all."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.console = console
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[what]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self.overall: Any = None
        self.runs: dict[str, Any] = {}

    def __enter__(self) -> Tell:
        self.progress.start()
        return self._tell

    def __exit__(self, *error: object) -> None:
        self.progress.stop()

    def _tell(self, event: Event) -> None:
        if event.kind == "planned":
            self.console.print(begin_text(event), markup=False, soft_wrap=True)
            self.overall = self.progress.add_task(
                "all runs", total=event.counts["planned"], completed=event.counts["kept"], what="runs"
            )
        elif event.kind == "started":
            self.runs[event.run["key"]] = self.progress.add_task(run_name(event.run), total=None, what="examples")
        elif event.kind == "seen":
            self.progress.update(self.runs[event.run["key"]], completed=event.examples, total=event.of)
        elif event.kind == "certifying":
            self.runs[event.run["key"]] = self.progress.add_task(
                f"fidelity of {event.run['definition']}", total=None, what="beside Brian2"
            )
        elif event.kind == "certified":
            self.progress.remove_task(self.runs.pop(event.run["key"]))
            self.console.print(fidelity_text(event), markup=False, soft_wrap=True)
        elif event.kind in ENDED:
            self._end(event)

    def _end(self, event: Event) -> None:
        bar = self.runs.pop(event.run["key"], None)
        if bar is not None:
            self.progress.remove_task(bar)
        self.progress.update(self.overall, completed=_ended(event))
        if event.kind != "done":
            text = f"{event.kind} {run_name(event.run)}{_because(event)}"
            self.console.print(text, markup=False, soft_wrap=True)


def begin_text(event: Event) -> str:
    """What there is to do: "160 runs: 40 kept from before, 120 to do"."""
    kept = event.counts["kept"]
    before = f"{kept} kept from before, " if kept else ""
    return f"{event.counts['planned']} runs: {before}{event.counts['planned'] - kept} to do"


def fidelity_text(event: Event) -> str:
    """What came of a definition's certificate."""
    return f"Fidelity of {event.run['definition']}: {event.message}."


def run_name(run: dict[str, Any]) -> str:
    """A run as a person calls it."""
    return f"{run['label']} on {run['task']}, {run['input']}, seed {run['seed']}"


def _ended(event: Event) -> int:
    return sum(event.counts[kind] for kind in ("kept", *ENDED))


def _because(event: Event) -> str:
    return f": {event.message}" if event.message else ""
