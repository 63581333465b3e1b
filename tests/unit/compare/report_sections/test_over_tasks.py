"""The interquartile mean over tasks and its profile: those of the stored scores, and a gap where none is defined."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mixed_study import write_mixed_study
from scipy import stats

from compare.report.build import build
from compare.report.document import Code, Figure, Report, Section, Table
from compare.report.sections._material import Material
from compare.report.sections._over_tasks import over_tasks_blocks
from compare.store import Record, Study

sys.path.insert(0, str(Path(__file__).parent))

from test_build import gaps, section, table

TASKS = ("line", "echo", "three classes", "patterns")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return write_mixed_study(tmp_path_factory.mktemp("tasks") / "study", tasks=TASKS)


@pytest.fixture(scope="module")
def report(study: Study) -> Report:
    return build(study)


def explained(study: Study, label: str) -> list[np.ndarray]:
    """1 - error / constant's error, which is 1, of each task: the normalised score."""
    found = study.metrics.query(f"split == 'test' and metric == 'mean_squared_error' and learner == '{label}'")
    return [1 - part["value"].to_numpy(float) for _, part in found.groupby("task", sort=False)]


def test_the_mean_over_tasks_is_scipys_of_the_stored_scores(report: Report, study: Study) -> None:
    shown = table(report, "tab-interquartile-mean").set_index("learner")
    for label in ("regressor", "regressor by feedback alignment"):
        runs = np.concatenate(explained(study, label))
        row = shown.loc[label]
        assert row["n"] == len(runs) == 6
        assert row["interquartile mean over tasks"] == pytest.approx(stats.trim_mean(runs, 0.25), rel=1e-9)
        assert row["tasks"] == "line and echo"
        assert " to " in row["interquartile mean over tasks, as shown"]


def test_learners_of_fewer_tasks_keep_their_row_with_the_reason(report: Report) -> None:
    shown = table(report, "tab-interquartile-mean").set_index("learner")
    said = shown["interquartile mean over tasks, as shown"]
    for label in ("perturbed regressor, which hardly learns", "classifier", "VAE"):
        assert said[label] == "-, needs two tasks"
    assert shown.loc["VAE", "tasks"] == "-, none of these"
    caption = next(t.caption.text for t in report.tables if t.anchor == "tab-interquartile-mean")
    assert "Left out, without chance or ideal: patterns." in caption
    assert "generator seeded with 0" in caption
    assert "line: mean squared error, 1 target² to 0 target²" in caption


def test_the_profile_is_counted_from_the_stored_scores(report: Report, study: Study) -> None:
    shown = table(report, "fig-profile")
    assert set(shown["learner"]) == {"regressor", "regressor by feedback alignment"}
    for label, part in shown.groupby("learner"):
        for row in part.iloc[::7].itertuples():
            counted = np.mean([(scores > row[2]).mean() for scores in explained(study, label)])
            assert row[3] == pytest.approx(counted, abs=1e-9)
        assert (part["low"] <= part["share of runs above"]).all()


def test_it_is_cited_where_it_is_used_and_only_there(report: Report, tmp_path: Path) -> None:
    assert {"Interquartile mean over tasks", "Performance profile"} <= set(table(report, "tab-methods")["method"])
    assert "agarwal2021" in next(b.text for b in section(report, "bibtex").blocks if isinstance(b, Code))
    alone = build(write_mixed_study(tmp_path / "study", seeds=1, tasks=("line",)))
    assert "Performance profile" not in set(table(alone, "tab-methods")["method"])
    assert "agarwal2021" not in next(b.text for b in section(alone, "bibtex").blocks if isinstance(b, Code))


@pytest.mark.parametrize(
    ("tasks", "why"),
    [
        (("line",), "-, needs two tasks."),
        (("line", "patterns"), "-, needs two tasks whose score has a chance and an ideal value."),
        (("line", "three classes"), "-, no learner has finished runs on two tasks whose score has a chance"),
    ],
)
def test_where_it_is_not_defined_the_gap_says_why(tmp_path: Path, tasks: tuple[str, ...], why: str) -> None:
    material = Material(write_mixed_study(tmp_path / "study", seeds=2, tasks=tasks))
    blocks = over_tasks_blocks(material)
    assert f"Interquartile mean and performance profile over tasks: {why}" in gaps(
        Section("a", "1", "A", tuple(blocks))
    )
    assert len(blocks) == 1


def test_one_seed_gives_a_mean_without_interval_and_a_profile_without_band(tmp_path: Path) -> None:
    material = Material(write_mixed_study(tmp_path / "study", seeds=1, tasks=("line", "echo")))
    shown, drawn = over_tasks_blocks(material)
    assert isinstance(shown, Table)
    assert isinstance(drawn, Figure)
    assert [" to " in row[3].text for row in shown.rows] == [False, False, False]
    assert "needs two seeds of every task" in drawn.data.rows[0][3].text


def test_a_task_without_a_finished_run_is_named(tmp_path: Path) -> None:
    def fail(record: Record) -> Record:
        if (record.facts["label"], record.facts["task"]) != ("regressor", "echo"):
            return record
        told = {"status": "failed", "message": "It broke.", "description": None}
        return replace(record, facts={**record.facts, **told}, metrics=None, arrays=None)

    material = Material(write_mixed_study(tmp_path / "study", seeds=2, tasks=("line", "echo"), change=fail))
    shown = over_tasks_blocks(material)[0]
    assert isinstance(shown, Table)
    said = {row[0].text: row[3].text for row in shown.rows}
    assert said["regressor"] == "-, no finished run on echo"
    assert "to" in said["regressor by feedback alignment"]


def test_learners_of_other_tasks_have_a_profile_of_their_own(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    material = Material(study)
    pairs = {"classifier": ["three classes", "line"], "VAE": ["three classes", "line"]}
    scores = {label: {task: np.array([0.2, 0.4]) for task in tasks} for label, tasks in pairs.items()}
    own = {"regressor": {"line": np.array([0.5, 0.6]), "echo": np.array([0.5, 0.7])}}
    monkeypatch.setattr(
        "compare.report.sections._over_tasks._scores", lambda _material, label, _ideals: (scores | own).get(label, {})
    )
    blocks = over_tasks_blocks(material)
    assert [b.anchor for b in blocks if isinstance(b, Figure)] == ["fig-profile", "fig-profile-2"]
    assert isinstance(blocks[0], Table)
    assert "Learners of different tasks are not comparable." in blocks[0].caption.text
