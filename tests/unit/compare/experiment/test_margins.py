"""A margin has the unit of the score that it judges, also where tasks are judged in different units."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from compare import Experiment
from compare.errors import ConfigurationError
from compare.scores import Score, margin_in, score_of

TEXT = """question = "A line, and points to tell apart?"
seeds = 2
tasks = ["line", "xor"]
{margin}

[learners.values]
type = "regressor"
model = "linear"

[learners.classes]
type = "classifier"
model = "logistic"
"""
UNITS = {"line": "value", "echo": "value", "xor": "class", "patterns": "none"}


def plan(*tasks: str, margin: Any) -> dict[str, Any]:
    told = [{"name": task, "score": asdict(score_of(UNITS[task]))} for task in tasks]
    return {"tasks": told, "margin": margin}


def read(folder: Path, margin: str) -> Experiment:
    path = folder / "x.toml"
    path.write_text(TEXT.format(margin=margin))
    return Experiment.from_toml(path)


def test_a_number_is_the_margin_of_all_tasks_that_are_judged_in_one_unit() -> None:
    assert margin_in(plan("line", "echo", margin=0.2), "echo") == 0.2
    assert margin_in(plan("xor", margin=0.02), "xor") == 0.02


def test_where_units_differ_a_number_is_of_shares_and_never_of_another_unit() -> None:
    mixed = plan("line", "xor", "patterns", margin=0.02)
    assert [margin_in(mixed, task) for task in ("line", "xor", "patterns")] == [0.0, 0.02, 0.0]
    assert [margin_in(plan("line", "patterns", margin=0.02), task) for task in ("line", "patterns")] == [0.0, 0.0]


def test_a_table_names_the_margin_of_each_task_and_the_others_have_none() -> None:
    table = plan("line", "xor", "patterns", margin={"line": 0.1, "patterns": 5.0})
    assert [margin_in(table, task) for task in ("line", "xor", "patterns")] == [0.1, 0.0, 5.0]


def test_an_older_study_without_a_margin_has_one_point() -> None:
    assert margin_in({"tasks": [{"name": "digits"}]}, "digits") == 0.01


def test_a_table_of_margins_goes_from_the_file_to_the_plan_and_back(tmp_path: Path) -> None:
    found = read(tmp_path, "margin = { line = 2.5, xor = 0.02 }")
    kept = json.loads(json.dumps(found.as_plan_dict()))
    assert kept["margin"] == {"line": 2.5, "xor": 0.02}
    assert [margin_in(kept, task) for task in ("line", "xor")] == [2.5, 0.02]
    again = tmp_path / "again.toml"
    again.write_text(Experiment(**found.to_dict()).to_toml())
    assert Experiment.from_toml(again).as_plan_dict()["margin"] == kept["margin"]
    assert {run.key for run in found.plan()} == {run.key for run in read(tmp_path, "").plan()}


@pytest.mark.parametrize(
    ("margin", "message"),
    [
        ("margin = { line = 2.5, xro = 0.02 }", 'x.toml:4  margin names "xro", which is no task of this experiment. Did'
         ' you mean "xor"?  Tasks: line, xor.'),
        ("margin = { xor = 3 }", "x.toml:4  margin of xor = 3 is not a difference that can matter. Write a fraction"),
        ("margin = { line = -1 }", "x.toml:4  margin of line = -1 is not a difference that can matter. Write a number"
         " of 0 or more, in target²"),
        ("margin = 3", "x.toml:4  margin = 3 is not a difference that can matter. Write a fraction"),
        ('margin = "1 %"', "x.toml:4  margin = '1 %' is not a difference that can matter."),
    ],
)  # fmt: skip
def test_a_margin_that_makes_no_sense_is_refused_with_its_line(tmp_path: Path, margin: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, margin)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("score", "title"),
    [
        (Score(), "accuracy"),
        (score_of("value"), "mean squared error"),
        (score_of("none"), "Fréchet distance"),
        (score_of("class", "f1"), "F1"),
        (score_of("class", "mean_rate_hz"), "mean rate"),
        (score_of("class", "operations_effective"), "effective operations"),
    ],
)
def test_scores_are_called_as_the_field_calls_them(score: Score, title: str) -> None:
    assert score.title == title
