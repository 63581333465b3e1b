"""Reports of tasks of values, of answers at every step and of samples: each is judged and drawn by its own score."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from mixed_study import write_mixed_study
from scipy import stats

from compare.report.build import build
from compare.report.csv_files import csv_text
from compare.report.document import Callout, Figure, Report, Table
from compare.report.figures import answered_values
from compare.report.figures.scale import Scale
from compare.report.figures.style import canvas, legend_below
from compare.report.sections._material import Material
from compare.report.sections._pictures import as_pictures
from compare.report.sections.learning import _criterion
from compare.scores import Score
from compare.store import Record, Study

sys.path.insert(0, str(Path(__file__).parent))

from test_build import every_text, gaps, section, table

ERROR = Score("mean_squared_error", "target²", "lower", percent=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return write_mixed_study(tmp_path_factory.mktemp("mixed") / "study")


@pytest.fixture(scope="module")
def report(study: Study) -> Report:
    return build(study)


def figure(report: Report, anchor: str) -> Figure:
    return next(f for f in report.figures if f.anchor == anchor)


def answers(study: Study, task: str, label: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Targets and answers of each seed."""
    arrays = [run.arrays() for run in study.runs(task=task, label=label)]
    return [(a.test_target.to_numpy().astype(float), a.test_prediction.to_numpy().astype(float)) for a in arrays]


# -- values --------------------------------------------------------------------------------------------------------


def test_errors_and_what_they_leave_explained_are_those_of_the_stored_answers(report: Report, study: Study) -> None:
    shown = table(report, "tab-accuracy-line").set_index("learner")
    errors = [np.mean((answer - target) ** 2) for target, answer in answers(study, "line", "regressor")]
    row = shown.loc["regressor"]
    assert row["mean squared error (target²)"] == pytest.approx(np.mean(errors), rel=1e-6)  # float32 in the file
    assert row["root mean squared error (target)"] == pytest.approx(np.mean(np.sqrt(errors)), rel=1e-6)
    assert row["explained (%)"] == pytest.approx(100 * (1 - np.mean(errors) / 1.0), rel=1e-6)  # the constant's is 1
    half = stats.t.isf(0.025, 2) * np.std(errors, ddof=1) / np.sqrt(3)
    ends = re.findall(r"\d\.\d+", row["mean squared error (target²), as shown"])[1:]
    assert [float(x) for x in ends] == pytest.approx([np.mean(errors) - half, np.mean(errors) + half], rel=5e-3)


def test_errors_are_said_to_be_better_when_low_and_the_best_is_the_lowest(report: Report) -> None:
    tasks = table(report, "tab-tasks").set_index("task")
    assert tasks.loc["Task line", "best here, as shown"].endswith("target² (regressor)")
    assert tasks.loc["Task line", "chance, as shown"] == "1.00 target²"
    assert tasks.loc["Task copy", "chance, as shown"] == "33.3 %"
    assert tasks.loc["Task patterns", "chance, as shown"] == "-, no answer to guess"
    assert "Lowest on clean input: regressor," in figure(report, "fig-accuracy-line").alt
    assert "Highest on clean input: sequence classifier," in figure(report, "fig-accuracy-copy").alt
    for anchor in ("fig-accuracy-line", "fig-learning-curves-line-clean", "fig-pareto-line", "fig-by-step-echo"):
        said = figure(report, anchor)
        assert "ower is better" in said.caption.text or "squared error at each step" in said.caption.text, anchor
    assert "the first of the two is better" in figure(report, "fig-paired-line").caption.text


def test_the_pareto_line_of_errors_joins_those_that_none_beats_downwards(report: Report) -> None:
    shown = table(report, "fig-pareto-line").set_index("learner")["pareto"]
    assert shown.to_dict() == {
        "regressor": "yes", "regressor by feedback alignment": "no", "perturbed regressor, which hardly learns": "no",
    }  # fmt: skip


def test_answered_values_are_the_stored_ones_and_the_slope_of_the_mean_answer_is_zero(
    report: Report, study: Study
) -> None:
    shown = table(report, "fig-answered-line")
    target, answer = answers(study, "line", "regressor by feedback alignment")[0]
    mine = shown[shown["learner"] == "regressor by feedback alignment"]
    assert mine["target"].to_numpy() == pytest.approx(target)
    assert mine["answered"].to_numpy() == pytest.approx(answer)
    slope = stats.linregress(target, answer).slope
    assert f"regressor by feedback alignment {slope:.2f}" in figure(report, "fig-answered-line").alt


def test_answers_far_outside_are_drawn_at_the_edge() -> None:
    assert answered_values.limits(np.array([2.0, 6.0])) == (0.0, 8.0)
    assert answered_values.limits(np.array([3.0, 3.0])) == (2.5, 3.5)


# -- speed ---------------------------------------------------------------------------------------------------------


def test_the_criterion_of_errors_lies_on_the_way_from_the_constant_answers_to_the_best(
    report: Report, study: Study
) -> None:
    curves = study.metrics.query("split == 'validation' and metric == 'mean_squared_error' and task == 'line'")
    last = curves.sort_values("examples_seen").groupby(["learner", "seed"])["value"].last()
    best, constant = last.groupby("learner").mean().min(), 1.0
    shown = table(report, "fig-criterion-line")
    for share in (0.5, 0.75, 0.9):
        for (learner, seed), part in curves.groupby(["learner", "seed"]):
            explained = 1 - part["value"] / constant  # the same level, told as the share of the best's R²
            there = part.loc[explained >= share * (1 - best / constant), "examples_seen"]
            level = f"{100 * share:.0f} % of the way"
            row = shown.query(f"learner == '{learner}' and seed == {seed} and level == '{level}'").iloc[0]
            expected = (there.min(), "yes") if len(there) else (10000, "no")
            assert (row["examples"], row["reached"]) == expected, (learner, seed, level)
    assert set(shown["reached"]) == {"yes", "no"}


def test_where_there_is_no_constant_answer_the_way_begins_at_the_error_before_learning(report: Report) -> None:
    caption = figure(report, "fig-criterion-patterns").caption.text
    assert "the median over learners of the error before learning, 90 feature²" in caption
    assert "to 51.0, 31.5 and 19.8 feature²" in caption  # from 90 down to 12
    shown = table(report, "fig-criterion-patterns")
    assert shown.groupby("level")["examples"].unique().map(list).to_dict() == {
        "50 % of the way": [100], "75 % of the way": [1000], "90 % of the way": [10000],
    }  # fmt: skip


def test_where_no_learner_beats_the_constant_answer_there_is_no_criterion(tmp_path: Path) -> None:
    def hard(plan: dict) -> None:
        plan["tasks"][0]["facts"]["chance"] = 1e-6

    material = Material(write_mixed_study(tmp_path / "study", tasks=("line",), change_plan=hard))
    (gap,) = _criterion(material, "line")
    assert isinstance(gap, Callout)
    assert "below that of the best constant answer" in gap.text


# -- steps ---------------------------------------------------------------------------------------------------------


def test_answers_at_every_step_are_pooled_in_the_confusions_and_said_to_be(report: Report, study: Study) -> None:
    shown = table(report, "fig-confusion-copy")
    pairs = answers(study, "copy", "sequence classifier by e-prop")
    target, answer = (np.concatenate([pair[i].ravel() for pair in pairs]) for i in (0, 1))
    row = shown[(shown["learner"] == "sequence classifier by e-prop") & (shown["true class"] == 1)].iloc[0]
    assert row["as 1"] == pytest.approx((answer[target == 1] == 1).mean(), rel=1e-12)
    for anchor in ("fig-confusion-copy", "fig-calibration-copy"):
        assert "Every step of a sequence counts as a sample." in figure(report, anchor).caption.text
    assert "Every step" not in figure(report, "fig-confusion").caption.text


@pytest.mark.parametrize(("task", "label"), [("copy", "sequence classifier"), ("echo", "regressor")])
def test_the_score_at_each_step_is_that_of_the_stored_answers(
    report: Report, study: Study, task: str, label: str
) -> None:
    shown = table(report, f"fig-by-step-{task}")
    mine = shown[shown["learner"] == label]
    pairs = answers(study, task, label)
    right = [(t == a).mean(0) if task == "copy" else ((t - a) ** 2).mean(0) for t, a in pairs]
    column = "accuracy" if task == "copy" else "mean squared error"
    assert mine[column].to_numpy() == pytest.approx(np.mean(right, axis=0), rel=1e-6)
    target = pairs[0][0]
    constant = [
        pd.Series(step).value_counts(normalize=True).max() if task == "copy" else np.var(step) for step in target.T
    ]
    assert mine["best constant"].to_numpy() == pytest.approx(constant, rel=1e-6)


# -- samples -------------------------------------------------------------------------------------------------------


def test_samples_have_a_sheet_and_scores_of_their_own_and_no_confusions(report: Report) -> None:
    rows = table(report, "fig-samples-patterns")["row"].tolist()
    assert rows == ["test samples", "VAE gives back", "VAE makes", "GAN makes", "autoencoder gives back"]
    anchors = {f.anchor for f in report.figures}
    assert not {"fig-confusion-patterns", "fig-calibration-patterns", "fig-by-step-patterns"} & anchors
    assert {
        "fig-accuracy-patterns",
        "fig-reconstruction-patterns",
        "fig-reconstruction-curves-patterns-clean",
    } <= anchors
    shown = table(report, "tab-accuracy-patterns").set_index("learner")
    assert shown.loc["VAE", "Fréchet distance (feature²)"] == pytest.approx(10.1)
    assert shown.loc["VAE", "coverage (%)"] == pytest.approx(60)
    assert np.isnan(shown.loc["autoencoder", "Fréchet distance (feature²)"])
    assert shown.loc["autoencoder", "n"] == 3
    assert shown.loc["autoencoder", "reconstruction error"] == pytest.approx(0.05)
    assert "no such score: autoencoder" in figure(report, "fig-accuracy-patterns").caption.text


def test_sequences_run_from_left_to_right_with_low_features_at_the_bottom_and_images_stay_as_they_are() -> None:
    chance = np.random.default_rng(0)
    sequence, image, square = chance.random((2, 5, 3)), chance.random((2, 3, 4, 4)), chance.random((2, 6, 6))
    assert np.array_equal(as_pictures(sequence)[1, ::-1, 2], sequence[1, 2])
    assert np.allclose(as_pictures(image), image.mean(1))
    assert np.array_equal(as_pictures(square), square)  # as rows of an image are
    assert np.array_equal(as_pictures(square, ("time", "mel_band"))[1, ::-1, 2], square[1, 2])  # unless the task tells
    assert as_pictures(chance.random((2, 9))).shape == (2, 3, 3)
    assert as_pictures(chance.random((2, 7))).shape == (2, 1, 7)


def test_a_rising_tone_rises_in_the_picture_and_the_axes_are_those_that_the_task_names(tmp_path: Path) -> None:
    def spoken(plan: dict) -> None:
        plan["tasks"][0]["facts"]["axes"] = ["time", "mel_band"]

    study = write_mixed_study(tmp_path / "study", seeds=1, tasks=("copy",), change_plan=spoken)
    made = build(study)
    drawn = figure(made, "fig-stimuli")
    assert "intensity by" in drawn.svg
    assert "mel band" in drawn.svg
    assert "time step" in drawn.svg
    assert "mel band 0 is at the bottom" in drawn.caption.text
    assert "(time, mel band)" in table(made, "tab-tasks")["input"].iloc[0]
    tone = np.zeros((1, 10, 4), np.float32)
    tone[0, np.arange(10), np.arange(10) * 4 // 10] = 1  # goes up while time passes
    rows = as_pictures(tone, ("time", "mel_band"))[0].argmax(0)
    assert (np.diff(rows) <= 0).all()  # an image's row 0 is its top
    assert (rows[0], rows[-1]) == (3, 0)


# -- together ------------------------------------------------------------------------------------------------------


def test_each_task_of_a_mixed_study_is_judged_by_its_own_score(report: Report) -> None:
    assert section(report, "accuracy").title == "Answers"
    verdicts = [b.text for b in section(report, "verdict").blocks if isinstance(b, Callout) and b.level == "verdict"]
    said = "regressor has a lower mean squared error than regressor by feedback alignment, by 0.1"
    assert any(said in text for text in verdicts)
    assert any("sequence classifier beats sequence classifier by e-prop in accuracy" in text for text in verdicts)
    assert not any("0 paired seeds" in text for text in verdicts)  # contrasts of learners that refuse the task
    assert not any("test items" in text for text in verdicts)  # steps of a sequence are not independent items
    assert report.facts["margin"] == "1 percentage point; none in target²; none in feature²"
    assert table(report, "tab-verdicts-line")["smallest detectable (target²)"].notna().all()
    assert table(report, "tab-verdicts-copy")["smallest detectable (points)"].notna().all()
    runs = table(report, "tab-runs")
    assert runs[runs["task"] == "line"]["score, as shown"].str.contains("target²").sum() == 9


def test_a_margin_of_one_unit_judges_no_score_of_another(report: Report) -> None:
    said = " ".join(every_text(report))
    assert re.findall(r"(?:margin of|within ±?)\s*[\d.]+ (?:target²|feature²)", said) == []
    for task in ("line", "patterns"):
        assert "names no margin in this score's unit" in figure(report, f"fig-paired-{task}").caption.text
        shown = table(report, f"tab-verdicts-{task}")
        assert set(shown["p, equivalent, as shown"]) == {"-, needs a margin"}
    assert "the margin of 1.0 points" in figure(report, "fig-paired-copy").caption.text
    assert "within the margin" in figure(report, "fig-paired-copy").svg
    assert "within the margin" not in figure(report, "fig-paired-line").svg


def test_a_margin_of_each_task_is_told_in_its_unit(tmp_path: Path) -> None:
    def each(plan: dict) -> None:
        plan["margin"] = {"line": 0.5, "echo": 0.001}

    made = build(write_mixed_study(tmp_path / "study", tasks=("line", "echo"), change_plan=each))
    assert made.facts["margin"] == "line 0.5 target²; echo 0.001 target²"
    said = [b.text for b in section(made, "verdict").blocks if isinstance(b, Callout) and b.level == "verdict"]
    assert "excludes 0 but is not more than the margin of 0.500 target²" in said[0]  # 0.16 - 0.01
    assert "regressor has a lower mean squared error than" in said[1]


def test_learners_that_refuse_a_task_are_told_once_and_not_drawn(report: Report) -> None:
    shown = table(report, "tab-accuracy-line")
    assert shown.query("learner == 'VAE'")["mean squared error (target²), as shown"].iloc[0].startswith("-, refused")
    assert 'series-vae"' not in figure(report, "fig-accuracy-line").svg
    assert "VAE" not in set(table(report, "tab-scorecard-line")["learner"])
    assert "VAE" in set(table(report, "tab-unfinished")["learner"])


def test_what_needs_classes_is_refused_where_there_are_none(report: Report) -> None:
    said = gaps(section(report, "representations"))
    for task in ("line", "copy", "echo"):
        assert f"RSA, {task}: -, needs one class for each sample" in said
        assert f"Linear read-out of each layer, {task}: -, needs one class for each sample." in said
        assert "read-out after (%)" not in table(report, f"tab-dimensions-{task}")
    assert "read-out after (%)" in table(report, "tab-read-out-patterns")
    assert "RSA, patterns" not in said


def test_methods_are_those_of_the_targets_at_hand(report: Report, tmp_path: Path) -> None:
    used = set(table(report, "tab-methods")["method"])
    mine = {
        "Mean squared error, explained", "Examples to criterion, errors", "Fréchet distance", "Density and coverage",
        "Score at each step", "Angle to the gradient", "Precision, recall, F1",
    }  # fmt: skip
    assert mine <= used
    alone = build(write_mixed_study(tmp_path / "study", seeds=1, tasks=("line",)))
    assert set(table(alone, "tab-methods")["method"]) & mine == {
        "Mean squared error, explained", "Examples to criterion, errors", "Angle to the gradient",
    }  # fmt: skip
    assert alone.sections[2].anchor == "tasks"
    words = re.sub(r"\]\(#[\w.-]+\)", "", " ".join(every_text(alone)))  # anchors keep their names
    assert "accuracy" not in words.lower()


def test_every_caption_link_and_sentence_holds_for_mixed_studies_too(report: Report) -> None:
    for block in (*report.figures, *report.tables):
        assert block.caption.for_ml, block.anchor
        assert block.caption.for_neuroscience, block.anchor
        assert re.search(r"\bn\b|interval|median|No numbers", block.caption.text), block.anchor
    anchors = {s.anchor for s in report.sections} | {b.anchor for b in (*report.figures, *report.tables)}
    links = {link for text in every_text(report) for link in re.findall(r"\]\(#([\w.-]+)\)", text)}
    assert links <= anchors
    assert [text for text in every_text(report) if re.search(r"\bnan\b|\bNone\b|\binf\b", text)] == []


def test_the_code_of_the_new_figures_redraws_them_from_their_csv(report: Report, tmp_path: Path) -> None:
    chosen = ("fig-answered", "fig-by-step", "fig-samples", "fig-angles", "fig-accuracy", "fig-pareto", "fig-learning",
              "fig-paired", "fig-stimuli")  # fmt: skip
    (tmp_path / "data").mkdir()
    for one in report.figures:
        if one.anchor.startswith(chosen) and one.anchor.endswith(("line", "copy", "patterns", "clean")):
            (tmp_path / "data" / f"{one.anchor}.csv").write_text(csv_text(one.data))
            (tmp_path / f"{one.anchor}.py").write_text(one.code)
    run_all = (
        "import matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot as plt, pathlib\n"
        "for path in sorted(pathlib.Path('.').glob('fig-*.py')):\n"
        "    exec(compile(path.read_text(), str(path), 'exec'), {})\n"
        "    assert plt.get_fignums() or 'print' in path.read_text(), path; plt.close('all')\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", run_all]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# -- learning rules ------------------------------------------------------------------------------------------------


def test_angles_are_shown_with_the_band_of_chance_and_those_without_with_their_reason(report: Report) -> None:
    shown = table(report, "tab-final-angles-line").set_index(["learner", "layer"])
    row = shown.loc[("regressor by feedback alignment", "hidden")]
    assert (row["first (degrees)"], row["last (degrees)"], row["smallest (degrees)"]) == pytest.approx((90, 60, 60))
    assert (row["random directions (degrees)"], row["n"]) == ("90 ± 2.0", 3)
    assert shown.loc[("regressor", "output"), "random directions (degrees)"] == "90 ± 5.0"
    lacking = table(report, "tab-final-angles-line").query("n == 0").iloc[0]
    assert lacking["learner"] == "perturbed regressor, which hardly learns"
    assert "kept no update beside a gradient" in lacking["layer"]
    drawn = table(report, "fig-angles-line")
    assert drawn["angle"].between(0, 180).all()
    assert (
        drawn.groupby(["learner", "layer"])["examples seen"].unique().map(list).tolist() == [[0, 100, 1000, 10000]] * 4
    )
    assert "perturbed regressor, which hardly learns" in figure(report, "fig-angles-line").caption.text


def test_a_learner_that_refuses_its_angles_shows_as_a_row_with_its_own_sentence(tmp_path: Path) -> None:
    told = "gan draws noise as it learns, so two updates have no common gradient."

    def refuse(record: Record) -> Record:
        kept = {"metric_refusals": {"gradient_angle": told}} if record.facts["label"] == "GAN" else {}
        return replace(record, facts={**record.facts, **kept})

    study = write_mixed_study(tmp_path / "study", seeds=1, tasks=("line", "patterns"), change=refuse)
    report = build(study)
    rows = table(report, "tab-final-angles-patterns").query("n == 0").set_index("learner")["layer"]
    assert rows["GAN"] == f"-, {told}"
    assert "kept no update beside a gradient" in rows["VAE"]
    assert not rows.str.contains("GAN").any()


def test_where_no_learner_has_angles_their_sentences_are_shown_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compare.report.sections import learning_rules

    def refuse(record: Record) -> Record:
        return replace(record, facts={**record.facts, "metric_refusals": {"gradient_angle": "It draws noise."}})

    material = Material(write_mixed_study(tmp_path / "study", seeds=1, tasks=("patterns",), change=refuse))
    kept = material.study.metrics.query("split != 'train'")
    monkeypatch.setattr(Study, "metrics", property(lambda self: kept))
    made = learning_rules.section(material)
    (shown,) = (b for b in made.blocks if isinstance(b, Table) and b.anchor == "tab-final-angles")
    assert {row[1].text for row in shown.rows} == {"-, It draws noise."}
    assert not any(isinstance(b, Figure) and b.anchor == "fig-angles" for b in made.blocks)
    assert "no run kept its updates" not in gaps(made)


def test_a_study_that_kept_no_angles_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from compare.report.sections import learning_rules

    material = Material(write_mixed_study(tmp_path / "study", seeds=1, tasks=("patterns",)))
    kept = material.study.metrics.query("split != 'train'")
    monkeypatch.setattr(Study, "metrics", property(lambda self: kept))
    assert "no run kept its updates" in gaps(learning_rules.section(material))


# -- another metric ------------------------------------------------------------------------------------------------


def test_another_metric_of_the_verdict_brings_its_unit_and_its_chance_with_it(tmp_path: Path) -> None:
    def by_root(plan: dict) -> None:
        plan["tasks"][0]["score"] |= {"metric": "root_mean_squared_error", "unit": "target"}
        plan["tasks"][0]["facts"]["chance"] = 0.25

    material = Material(write_mixed_study(tmp_path / "study", seeds=1, tasks=("line",), change_plan=by_root))
    assert material.chance_in("line", material.score("line")) == 0.5
    assert material.chance_in("line", material.watched("line")) == 0.25  # curves are of the squared error all the same
    assert material.chance_in("line", Score("f1")) is None
    assert material.scale("line").axis() == "root mean squared error (target, lower is better)"
    assert material.watched_scale("line").unit == "target²"


# -- scales and room -----------------------------------------------------------------------------------------------


def test_a_scale_tells_shares_in_percent_and_errors_in_their_unit() -> None:
    share, error = Scale.of(Score()), Scale.of(ERROR, "best constant")
    assert (share.axis("", "on the test set"), share.text(0.9741)) == ("accuracy on the test set (%)", "97.4 %")
    assert error.axis("validation") == "validation mean squared error (target², lower is better)"
    assert error.text(0.01234) == "0.0123 target²"
    assert (share.best([0.1, 0.9]), error.best([0.1, 0.9])) == (0.9, 0.1)
    assert [error.spacing(v) for v in ([0.01, 1.0], [0.5, 1.0], [0.0, 1.0])] == ["log", "linear", "linear"]
    assert share.spacing([0.01, 1.0]) == "linear"


@pytest.mark.parametrize("names", [["MLP", "CNN", "PCA"], ["surrogate gradient, recurrent adaptive LIF"] * 3 + ["MLP"]])
def test_a_legend_stays_within_its_figure_however_long_the_names(names: list[str]) -> None:
    with canvas("figure", 3.0) as sheet, matplotlib.rc_context():
        axes = sheet.figure.subplots()
        for place, name in enumerate(names):
            axes.plot([0, 1], label=f"{name} {place}")
        legend_below(sheet, [axes])
        FigureCanvasAgg(sheet.figure).draw()
        drawn = sheet.figure.legends[0].get_window_extent()
        assert drawn.x0 >= 0
        assert drawn.x1 <= sheet.figure.bbox.width
