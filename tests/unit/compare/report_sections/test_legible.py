"""What a demanding reader stumbles over: marks that vanish in the dark, ticks that collide, gaps told ten times."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false

from __future__ import annotations

import io
import re
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pypdf
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Drawing
from mixed_study import write_mixed_study

from compare.report.build import _titles, build
from compare.report.document import Callout, Paragraph, Report, Section
from compare.report.figures import (
    accuracy_dots,
    calibration,
    examples_to_criterion,
    gradient_angles,
    pareto,
    raster,
    similarity_matrix,
    stimuli,
    weight_change,
    weight_histograms,
)
from compare.report.figures.scale import Scale
from compare.report.figures.style import MARKS_BEFORE_RASTER, SETTINGS, Canvas, looks_of
from compare.report.pdf.render import render_pdf
from compare.report.sections._cells import decimal
from compare.scores import Score

sys.path.insert(0, str(Path(__file__).parent))

from test_build import gaps, section, table, write_study

LOOKS = looks_of({"MLP": "backprop", "GAN": "backprop"})
WHITE = re.compile(r"fill: ?#ffffff")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return build(write_mixed_study(tmp_path_factory.mktemp("mixed") / "study", seeds=3))


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Drawing]:
    """The Matplotlib figures that are drawn from here on, laid out."""
    seen: list[Drawing] = []
    lay_out = Canvas._lay_out

    def noted(sheet: Canvas) -> None:
        lay_out(sheet)
        seen.append(sheet.figure)

    monkeypatch.setattr(Canvas, "_lay_out", noted)
    return seen


def comments(svg: str) -> list[str]:
    """The words of a figure, which are outlines with the text in a comment."""
    return re.findall(r"<!-- (.*?) -->", svg)


def test_criteria_that_every_seed_met_before_it_learned_stand_at_nothing(figures: list[Drawing]) -> None:
    runs = pd.DataFrame({"learner": "MLP", "seed": [0, 1], "level": "50 %", "examples": 0.0, "reached": True})
    examples_to_criterion.draw(runs, LOOKS, ["50 %"])
    axes = figures[0].axes[0]
    assert axes.get_xscale() == "linear"
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0"]
    assert axes.get_xlim()[0] < 0 < axes.get_xlim()[1]


# -- both themes ---------------------------------------------------------------------------------------------------


def test_example_spikes_are_black_on_white_since_a_rasterised_mark_cannot_follow_the_theme() -> None:
    chance = np.random.default_rng(0)
    events = [(chance.random(2000) * 350, chance.integers(0, 64, 2000))]
    svg = stimuli.draw(chance.random((1, 8, 8)), None, events, ["0"], 350.0, 64)
    assert "<image" in svg
    assert WHITE.search(svg)


@pytest.mark.parametrize("many", [True, False])
def test_a_raster_stands_on_white_where_its_marks_are_rasterised(many: bool) -> None:
    n = MARKS_BEFORE_RASTER + 1 if many else 10
    spikes = pd.DataFrame({"learner": "", "population": "input", "neuron": np.arange(n) % 50, "time": np.arange(n)})
    svg = raster.draw(spikes, [("", "input", 50)], LOOKS, 350.0)
    assert ("<image" in svg, bool(WHITE.search(svg))) == (many, many)


# -- ticks and titles ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[0.02, 0.4], [0.006, 0.17], [1e-5, 1.0], [2.0, 30.0], [1200.0, 14000.0]])
def test_labels_of_a_logarithmic_axis_do_not_run_into_each_other(values: list[float]) -> None:
    scale = Scale.of(Score("mean_squared_error", "target²", "lower", percent=False))
    with matplotlib.rc_context(dict(SETTINGS)):  # type: ignore[arg-type]
        figure = Drawing(figsize=(6.0, 1.5), dpi=100)
        axes = figure.subplots()
        scale.fit(axes, "x", values)
        axes.set_xlim(0.7 * values[0], 1.4 * values[1])
        FigureCanvasAgg(figure).draw()
        low, high = axes.get_xlim()
        labels = [t for t in axes.xaxis.get_ticklabels(which="both") if t.get_text()]
        shown = [t.get_window_extent() for t in labels if low <= t.get_position()[0] <= high]
    assert len(shown) >= 2
    assert all(a.x1 < b.x0 for a, b in pairwise(shown))


def test_a_small_difference_in_operations_does_not_fill_the_axis() -> None:
    points = pd.DataFrame({"learner": ["MLP", "GAN"], "operations": [9320.0, 9332.0], "accuracy": [0.9, 0.6],
                           "low": np.nan, "high": np.nan})  # fmt: skip
    words = comments(pareto.draw(points, LOOKS, Scale()))
    assert "10 k" in words
    assert not any(word.startswith("9.3") for word in words)


def test_titles_of_neighbouring_histograms_keep_to_their_panels() -> None:
    name = "discriminator.convolution1.linear.weight"
    part = {"from": [0.0, 1.0], "to": [1.0, 2.0], "share initial": [0.5, 0.5], "share final": [0.5, 0.5]}
    bins = pd.concat([pd.DataFrame({"learner": who, "weights": name, **part}) for who in ("MLP", "GAN", "VAE")])
    words = comments(weight_histograms.draw(bins, looks_of(dict.fromkeys(("MLP", "GAN", "VAE"), "backprop"))))
    assert "...convolution1.linear.weight" in words
    alone = comments(weight_histograms.draw(bins[bins["learner"] == "MLP"], LOOKS))
    assert name in alone


def test_an_angles_axis_has_a_tick_beside_zero_where_no_power_of_ten_fits() -> None:
    angles = pd.DataFrame({"learner": "MLP", "layer": "hidden", "examples seen": [0, 1000, 2000], "angle": [90, 60, 50],
                           "low": np.nan, "high": np.nan, "chance": 2.0})  # fmt: skip
    assert "2 k" in comments(gradient_angles.draw(angles, LOOKS))


def test_weights_that_did_not_move_have_a_mark_inside_the_axes(figures: list[Drawing]) -> None:
    changes = pd.DataFrame({"learner": "MLP", "weights": ["hidden", "fixed"], "seed": 0, "change": [1.0, 0.0]})
    weight_change.draw(changes, LOOKS)
    assert figures[0].axes[0].get_xlim()[0] < 0


def test_titles_of_reliability_diagrams_are_whole_and_the_legend_lies_below_the_names_of_axes(
    figures: list[Drawing],
) -> None:
    feedback = ("feedback alignment", "direct feedback alignment", "sign-symmetry", "Kolen-Pollack", "weight mirror")
    looks = looks_of({"backprop": "backprop", **dict.fromkeys((*feedback, "target propagation"), "feedback"),
                      "frozen hidden layers": "control"})  # fmt: skip
    share = np.linspace(0.2, 1, 8)
    bins = [pd.DataFrame({"learner": name, "confidence": share, "accuracy": share, "samples": 9}) for name in looks]
    calibration.draw(pd.concat(bins), looks)
    (drawn,) = figures
    assert len(drawn.axes) == 3
    FigureCanvasAgg(drawn).draw()
    legend = drawn.legends[0].get_window_extent()
    for axes in drawn.axes:
        assert axes.title.get_window_extent().y1 <= drawn.bbox.height
        assert axes.xaxis.label.get_window_extent().y0 >= legend.y1 - 3  # a legend has as much empty rim


def test_titles_of_sequences_are_whole_and_their_axes_are_named_once(figures: list[Drawing]) -> None:
    chance = np.random.default_rng(0)
    events = [(chance.random(50) * 350, chance.integers(0, 40, 50)) for _ in range(10)]
    words = [str(n) for n in range(10)]
    pictures = chance.random((10, 40, 80))
    stimuli.draw(pictures, pictures, events, words, 350.0, 3200, "mel band")
    (drawn,) = figures
    FigureCanvasAgg(drawn).draw()
    titles = [axes.title for axes in drawn.axes if axes.get_title()]
    assert [title.get_text() for title in titles] == words
    assert all(title.get_window_extent().y1 <= drawn.bbox.height for title in titles)
    assert [axes.get_xlabel() for axes in drawn.axes].count("time step") == 2  # intensity and spikes


@pytest.mark.parametrize("rows", [2, 9])
def test_a_familys_bar_does_not_run_into_the_names_of_a_matrix(figures: list[Drawing], rows: int) -> None:
    names = [(label, f"layer {i}") for label in ("MLP", "GAN") for i in range(-(-rows // 2))][:rows]
    similarity_matrix.draw(np.eye(rows), names, LOOKS, "CKA", "figure")
    (drawn,) = figures
    FigureCanvasAgg(drawn).draw()
    axes = drawn.axes[0]
    bars = [line.get_window_extent() for line in axes.lines if line.get_color() == LOOKS["MLP"].colour]
    left = min(bar.x0 for bar in bars)
    assert all(label.get_window_extent().x1 <= left for label in axes.get_yticklabels())


def test_zero_has_no_minus() -> None:
    assert [decimal(v, 2) for v in (-0.001, -0.01, 0.0, -1234.5)] == ["0.00", "−0.01", "0.00", "−1,234.50"]


@pytest.mark.parametrize(("worst", "begins"), [(0.87, 80), (0.95, 90), (0.2, 0)])
def test_accuracies_that_all_lie_high_are_told_apart_and_where_the_axis_begins_is_said(
    figures: list[Drawing], worst: float, begins: float
) -> None:
    table = pd.DataFrame({"learner": ["MLP", "MLP", "GAN"], "input": "clean", "accuracy": [0.971, 0.974, worst]})
    means = pd.DataFrame({"learner": ["MLP", "GAN"], "input": "clean", "mean": [0.9725, worst], "low": [0.96, np.nan],
                          "high": [0.98, np.nan]})  # fmt: skip
    words = comments(accuracy_dots.draw(table, means, LOOKS, ["clean"], 0.1, Scale()))
    assert figures[0].axes[0].get_xlim()[0] == pytest.approx(begins)
    assert ("← chance, 10.0 %" in words) == bool(begins)


def test_the_caption_of_an_axis_that_does_not_begin_at_zero_says_so(report: Report) -> None:
    captions = {f.anchor: f.caption.text for f in report.figures}
    assert "The axis begins at" in captions["fig-accuracy"]  # about 95 % right
    assert "The accuracy axis begins at" in captions["fig-pareto"]
    assert "chance, 33.3 %, lies to the left of the axis" in captions["fig-accuracy"]
    assert "The axis begins at" not in captions["fig-accuracy-line"]


def test_large_errors_are_written_out() -> None:
    scale = Scale.of(Score("frechet_distance", "feature²", "lower", percent=False))
    assert [scale.text(v) for v in (1772.4, 12.345, 2.5e-5)] == ["1,772 feature²", "12.3 feature²", "2.5e-05 feature²"]


# -- said once -----------------------------------------------------------------------------------------------------


def test_a_refusal_says_why_once_in_a_row(report: Report) -> None:
    row = table(report, "tab-accuracy-line").query("learner == 'VAE'").iloc[0]
    assert row["mean squared error (target²), as shown"] == "-, refused: It does not serve such targets."
    assert row["root mean squared error (target), as shown"] == "-, refused"
    assert row["explained (%), as shown"] == "-, refused"


def test_runs_without_a_result_that_are_alike_share_a_row_with_their_seeds(report: Report) -> None:
    shown = table(report, "tab-unfinished")
    assert not shown.duplicated(["status", "learner", "task", "input", "what happened"]).any()
    assert set(shown["seeds"]) == {"0 to 2"}
    said = " ".join(b.text for b in section(report, "limits").blocks if isinstance(b, Callout))
    assert "Fewer seeds than planned" not in said  # a refusal loses no seed


def test_what_no_task_has_is_a_gap_once(report: Report) -> None:
    said = gaps(section(report, "cost"))
    assert said.count("no learner of this study spikes") == 1
    assert "Spikes: -, no learner of this study spikes." in said
    assert said.count("Firing rates: -") == 1


def test_stimuli_show_no_spikes_that_no_learner_is_given(tmp_path: Path) -> None:
    def clean(plan: dict) -> None:
        plan["inputs"], plan["verdict_input"] = ["clean"], "clean"
        plan["runs"] = [run for run in plan["runs"] if run["input"] == "clean"]

    made = build(write_study(tmp_path / "study", seeds=1, labels=("MLP",), change_plan=clean))
    figure = next(f for f in made.figures if f.anchor == "fig-stimuli")
    assert figure.title == "Example stimuli"
    assert "spikes" not in [column.title for column in figure.data.columns]
    assert "Encoding" not in figure.caption.text


# -- heads ---------------------------------------------------------------------------------------------------------


def test_a_report_of_many_tasks_has_a_short_title_and_its_summary_names_the_task(report: Report) -> None:
    assert report.title == "Task three classes and 4 more tasks: 9 learners compared"
    alike = type("study", (), {"tasks": ["a", "b"], "task_facts": {"a": {"title": "Speech"}, "b": {"title": "Speech"}}})
    assert _titles(alike) == "Speech, 2 tasks"
    alike.task_facts["b"]["title"] = "Song"
    assert _titles(alike) == "Speech; Song"
    assert report.summary.startswith("On line, clean input. Untuned defaults: regressor has a lower")


def test_a_long_title_is_cut_at_the_head_of_pages_and_whole_on_the_first() -> None:
    title = "A question about many things and their many ways of being learned by networks of all kinds and their rules"
    part = Section("a", "1", "A", tuple(Paragraph("Words. " * 150) for _ in range(9)))
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(Report(title, "", "", (part,))))).pages
    assert "".join(pages[0].extract_text().split()).startswith("".join(title.split()))
    head = pages[2].extract_text()
    assert "A question about many things" in head
    assert "and their rules" not in head
