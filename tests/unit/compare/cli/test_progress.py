"""Progress is bars on a terminal, lines elsewhere, JSON for programs."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from compare.cli._progress import Bars, JsonLines, Lines, bars_or_lines
from compare.run import Event

RUN = {"key": "a" * 64, "label": "MLP [wide]", "task": "digits", "input": "clean", "seed": 3}
COUNTS = {"planned": 5, "kept": 2, "done": 0, "refused": 0, "failed": 0, "running": 0, "waiting": 3}


def event(kind: str, message: str = "", examples: int = 0, **counts: int) -> Event:
    run: dict[str, Any] = {} if kind in ("planned", "finished") else RUN
    return Event(kind, run, examples, 1000, message, {**COUNTS, **counts})


EVENTS = [
    event("planned"),
    event("started", running=1),
    event("seen", examples=500, running=1),
    event("failed", "ValueError: NaN", failed=1),
    event("finished", failed=1),
]


def console(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=120, highlight=False)


def text_of(made: Console) -> str:
    assert isinstance(made.file, io.StringIO)
    return made.file.getvalue()


def test_a_terminal_gets_bars_and_a_file_gets_lines() -> None:
    assert isinstance(bars_or_lines(console(True)), Bars)
    assert isinstance(bars_or_lines(console(False)), Lines)


def test_lines_say_each_end_with_its_reason_and_how_many_are_over() -> None:
    made = console(False)
    with Lines(made) as tell:
        for each in EVENTS:
            tell(each)
    lines = text_of(made).splitlines()
    assert lines[:2] == [
        "5 runs: 2 kept from before, 3 to do",
        "[3/5] failed  MLP [wide] on digits, clean, seed 3: ValueError: NaN",
    ]
    assert lines[2].startswith("Finished after")
    assert len(lines) == 3


def test_bars_show_the_run_and_the_whole_and_keep_what_failed() -> None:
    made = console(True)
    bars = Bars(made)
    with bars as tell:
        for each in EVENTS[:3]:
            tell(each)
        assert [(task.description, task.completed, task.total) for task in bars.progress.tasks] == [
            ("all runs", 2, 5),
            ("MLP [wide] on digits, clean, seed 3", 500, 1000),
        ]
        tell(EVENTS[3])
        assert [(task.description, task.completed) for task in bars.progress.tasks] == [("all runs", 3)]
    assert "failed MLP [wide] on digits, clean, seed 3: ValueError: NaN" in text_of(made)


def test_a_certificate_is_a_line_with_what_came_of_it_and_a_bar_while_it_is_made() -> None:
    own = {"key": "b" * 64, "definition": "my_lif [fast]"}
    begun = Event("certifying", own, 0, None, "", COUNTS)
    ended = Event("certified", own, 0, None, "7 of 7 comparisons with Brian2 agree", COUNTS)
    lines, made = console(False), console(True)
    bars = Bars(made)
    with Lines(lines) as tell, bars as show:
        show(EVENTS[0])
        tell(begun)
        show(begun)
        assert [task.description for task in bars.progress.tasks] == ["all runs", "fidelity of my_lif [fast]"]
        tell(ended)
        show(ended)
    said = "Fidelity of my_lif [fast]: 7 of 7 comparisons with Brian2 agree."
    assert text_of(lines).splitlines() == [said]
    assert said in text_of(made)
    assert [task.description for task in bars.progress.tasks] == ["all runs"]


def test_json_has_one_event_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with JsonLines() as tell:
        for each in EVENTS:
            tell(each)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["kind"] for line in lines] == ["planned", "started", "seen", "failed", "finished"]
    assert lines[2]["examples"] == 500
    assert lines[3]["run"]["label"] == "MLP [wide]"
