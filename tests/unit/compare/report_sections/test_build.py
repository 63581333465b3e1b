"""The report of a study: complete, true to the store, honest about what is missing."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from compare.report.build import build
from compare.report.csv_files import csv_text
from compare.report.document import Callout, Caption, Code, Figure, Items, Paragraph, Report, Section, Table
from compare.report.sections._cka import centred
from compare.representations.cka import CKA
from compare.store import Study

sys.path.insert(0, str(Path(__file__).parent))

from studies import write_study

ORDER = ["1", "2", "3", "4", "5", "6", "7", "10", "11", "12", "A", "B", "C"]


@pytest.fixture(scope="module")
def report(synthetic_study: Study) -> Report:
    return build(synthetic_study)


def table(report: Report, anchor: str) -> pd.DataFrame:
    """A table, or the table behind a figure, as its CSV."""
    found = {t.anchor: t for t in report.tables} | {f.anchor: f.data for f in report.figures}
    return pd.read_csv(io.StringIO(csv_text(found[anchor])))


def texts(block: object) -> list[str]:
    if isinstance(block, Paragraph | Callout):
        return [block.text]
    if isinstance(block, Items):
        return list(block.items)
    if isinstance(block, Table):
        cells = [cell.text for row in block.rows for cell in row]
        return [block.caption.text, block.caption.for_ml, block.caption.for_neuroscience, *cells]
    if isinstance(block, Figure):
        return [block.caption.text, block.caption.for_ml, block.caption.for_neuroscience, block.alt]
    return []


def every_text(report: Report) -> list[str]:
    return [text for section in report.sections for block in section.blocks for text in texts(block)]


def gaps(section: Section) -> str:
    return " ".join(b.text for b in section.blocks if isinstance(b, Callout) and b.level == "gap")


def section(report: Report, anchor: str) -> Section:
    return next(s for s in report.sections if s.anchor == anchor)


# -- complete ------------------------------------------------------------------------------------------------------


def test_sections_come_in_the_order_of_their_numbers(report: Report) -> None:
    assert [s.number for s in report.sections] == ORDER


def test_every_caption_speaks_to_both_kinds_of_reader_and_tells_n_or_that_there_is_no_interval(report: Report) -> None:
    captions: list[tuple[str, Caption]] = [(b.anchor, b.caption) for b in (*report.figures, *report.tables)]
    assert len(captions) > 35
    for anchor, caption in captions:
        assert caption.text, anchor
        assert caption.for_ml, anchor
        assert caption.for_neuroscience, anchor
        assert re.search(r"\bn\b|interval|median|No numbers", caption.text), anchor


def test_every_link_leads_somewhere(report: Report) -> None:
    anchors = {s.anchor for s in report.sections} | {b.anchor for b in (*report.figures, *report.tables)}
    links = [link for text in every_text(report) for link in re.findall(r"\]\(#([\w.-]+)\)", text)]
    assert links
    assert set(links) <= anchors


def test_no_cell_caption_or_sentence_shows_nan(report: Report) -> None:
    assert [text for text in every_text(report) if re.search(r"\bnan\b|\bNone\b|\binf\b", text)] == []


def test_scorecard_names_what_was_not_measured(report: Report) -> None:
    scorecard = next(t for t in report.tables if t.anchor == "tab-scorecard")
    heads = [c.title for c in scorecard.columns]
    for name in ("modelled energy", "robustness", "forgetting", "locality"):
        cells = [row[heads.index(name)] for row in scorecard.rows]
        assert {(c.text, c.value, c.status) for c in cells} == {("-, not measured", None, "gap")}
    assert "were not measured in this study" in scorecard.caption.text


def test_figures_have_series_that_can_be_switched_and_no_date(report: Report) -> None:
    figure = next(f for f in report.figures if f.anchor == "fig-accuracy")
    for slug, label in (("mlp", "MLP"), ("stdp-diehl-cook", "STDP (Diehl &amp; Cook)")):
        titles = re.findall(rf'<g id="series-{slug}(?:--\d+)?"[^>]*><title>([^<]*)</title>', figure.svg)
        assert min(titles, key=len) == label
    for one in report.figures:
        ids = re.findall(r'id="([^"]+)"', one.svg)
        assert len(ids) == len(set(ids)), one.anchor
        assert "<dc:date>" not in one.svg, one.anchor


def test_building_twice_gives_the_same_bytes(report: Report, synthetic_study: Study) -> None:
    again = build(Study(synthetic_study.path))
    assert [f.svg == g.svg for f, g in zip(report.figures, again.figures, strict=True)] == [True] * len(report.figures)
    assert report == again


def test_report_imports_no_simulator_and_no_torch(synthetic_study: Study) -> None:
    code = (
        "import sys; from compare.store import Study; from compare.report.build import build; "
        f"build(Study({str(synthetic_study.path)!r})); "
        "print([m for m in ('torch', 'brian2', 'numba', 'bio', 'ann.learners') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_code_of_every_figure_redraws_it_from_its_csv(report: Report, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for figure in report.figures:
        (tmp_path / "data" / f"{figure.anchor}.csv").write_text(csv_text(figure.data))
        (tmp_path / f"{figure.anchor}.py").write_text(figure.code)
    run_all = (
        "import matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot as plt, pathlib\n"
        "for path in sorted(pathlib.Path('.').glob('fig-*.py')):\n"
        "    try:\n        exec(compile(path.read_text(), str(path), 'exec'), {})\n"
        "    except Exception as error:\n        raise SystemExit(f'{path}: {error!r}')\n"
        "    print(path.stem, len(plt.get_fignums())); plt.close('all')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", run_all], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    drawn = dict(
        line.split() for line in done.stdout.splitlines() if line.startswith("fig-") and len(line.split()) == 2
    )
    without = {"fig-networks"}  # boxes and arrows: its code prints the table
    assert {f.anchor for f in report.figures} - without <= {name for name, count in drawn.items() if int(count) > 0}


# -- true to the store ---------------------------------------------------------------------------------------------


def test_accuracies_equal_those_computed_from_the_metrics_files(report: Report, synthetic_study: Study) -> None:
    files = [pd.read_parquet(path) for path in sorted((synthetic_study.path / "runs").glob("*/metrics.parquet"))]
    stored = pd.concat(files).query("split == 'test' and metric == 'accuracy'")
    shown = table(report, "tab-accuracy").set_index(["learner", "input"])
    for (label, name), part in stored.groupby(["learner", "input"]):
        assert shown.loc[(label, name), "n"] == len(part)
        # The table holds full precision; only the order of summing differs.
        assert shown.loc[(label, name), "accuracy (%)"] == pytest.approx(100 * part["value"].mean(), rel=1e-12)
        half = stats.t.isf(0.025, len(part) - 1) * part["value"].std() / len(part) ** 0.5
        text = shown.loc[(label, name), "accuracy (%), as shown"].replace("−", "-")
        ends = [float(x) for x in re.findall(r"-?\d+\.\d", text)]
        # shown to one decimal of a percent
        assert ends[1:] == pytest.approx([100 * (part["value"].mean() + sign * half) for sign in (-1, 1)], abs=0.0501)


def test_operations_equal_the_sum_over_layers_without_training(report: Report, synthetic_study: Study) -> None:
    shown = table(report, "fig-operations").set_index(["learner", "operation"])
    run = synthetic_study.runs(label="surrogate LIF", input="encoded")[0]
    stored = run.operations().query("phase == 'inference' and operation == 'AC'")
    assert shown.loc[("surrogate LIF", "AC"), "effective"] == pytest.approx(stored["effective"].sum(), rel=1e-12)


def test_confusions_are_shares_of_the_stored_predictions(report: Report, synthetic_study: Study) -> None:
    shown = table(report, "fig-confusion")
    arrays = [run.arrays() for run in synthetic_study.runs(label="MLP", input="encoded")]
    target = np.concatenate([a.test_target.to_numpy() for a in arrays])
    prediction = np.concatenate([a.test_prediction.to_numpy() for a in arrays])
    row = shown[(shown["learner"] == "MLP") & (shown["true class"] == 3)].iloc[0]
    assert row["as 3"] == pytest.approx((prediction[target == 3] == 3).mean(), rel=1e-12)
    assert row[[f"as {c}" for c in range(10)]].sum() == pytest.approx(1)


def test_cka_between_layers_equals_the_measure_on_the_stored_activations(
    report: Report, synthetic_study: Study
) -> None:
    shown = table(report, "fig-cka")
    values = []
    for seed in range(3):
        one, other = (
            synthetic_study.runs(label=label, input="encoded", seed=seed)[0].arrays()["activation__hidden"].to_numpy()
            for label in ("MLP", "Hebbian (Sanger)")
        )
        values.append(CKA()(one, other))
    row = shown.query(
        "`learner a` == 'MLP' and `layer a` == 'hidden' and `learner b` == 'Hebbian (Sanger)' and `layer b` == 'hidden'"
    ).iloc[0]
    assert row["mean"] == pytest.approx(np.mean(values), rel=1e-9)  # two ways of summing the same products


def test_centred_kernels_make_cka_a_dot_product() -> None:
    chance = np.random.default_rng(0)
    a, b = chance.normal(size=(30, 7)), chance.normal(size=(30, 12))
    one, other = centred(a), centred(b)
    assert one is not None
    assert other is not None
    assert one @ other == pytest.approx(CKA()(a, b), abs=1e-12)  # rounding only
    assert centred(np.ones((30, 4))) is None


def test_examples_to_criterion_are_read_off_the_stored_curves(report: Report, synthetic_study: Study) -> None:
    curves = synthetic_study.metrics.query("split == 'validation' and metric == 'accuracy' and input == 'encoded'")
    last = curves.sort_values("examples_seen").groupby(["learner", "seed"])["value"].last()
    ceiling = last.groupby("learner").mean().max()
    shown = table(report, "fig-criterion")
    for seed in range(3):
        mine = curves[(curves["learner"] == "MLP") & (curves["seed"] == seed)]
        first = mine.loc[mine["value"] >= 0.9 * ceiling, "examples_seen"].min()
        row = shown.query(f"learner == 'MLP' and seed == {seed} and level == '90 % of the ceiling'").iloc[0]
        assert (row["examples"], row["reached"]) == (first, "yes")
    shuffled = shown[shown["learner"] == "shuffled labels"]
    assert set(shuffled["reached"]) == {"no"}
    assert set(shuffled["examples"]) == {10000}


# -- honest about what is missing ----------------------------------------------------------------------------------


def test_refused_and_failed_runs_appear_with_their_sentences(report: Report) -> None:
    shown = table(report, "tab-unfinished").set_index("status")
    assert shown.loc["refused", "learner"] == "untrained STDP, linear"
    assert "class 7 has none" in shown.loc["refused", "what happened"]
    assert shown.loc["failed", "learner"] == "surrogate LIF"
    assert "The loss is NaN" in shown.loc["failed", "what happened"]
    runs = table(report, "tab-runs")
    assert len(runs) == 66
    assert runs["status"].value_counts().to_dict() == {"done": 64, "refused": 1, "failed": 1}


def test_a_learner_that_always_refuses_keeps_its_rows(tmp_path: Path) -> None:
    def refuse(record):
        if record.facts["label"] != "STDP (Diehl & Cook)":
            return record
        told = {"status": "refused", "message": "It takes images only.", "description": None}
        return replace(record, facts={**record.facts, **told}, metrics=None, arrays=None, spikes=None, weights={})

    report = build(write_study(tmp_path / "study", change=refuse))
    for anchor in ("tab-scorecard", "tab-accuracy", "tab-learners"):
        rows = [row for t in report.tables if t.anchor == anchor for row in t.rows]
        mine = [row for row in rows if row[0].text == "STDP (Diehl & Cook)"]
        assert any("It takes images only." in cell.text for row in mine for cell in row), anchor
        assert any(cell.status == "gap" for row in mine for cell in row), anchor


@pytest.mark.parametrize(
    ("lost", "where", "words"),
    [
        ("operations", "cost", "Counted operations: -, no run kept a table of operations."),
        ("spikes", "representations", "Raster: -, no run kept spikes."),
        ("weights", "rules", "Weight histograms and weight change: -, no run kept weights"),
        ("arrays", "representations", "CKA: -, no run kept the activations of the probe."),
        ("stimuli", "tasks", "Example stimuli: -, the study keeps none."),
    ],
)
def test_what_no_run_kept_is_a_labelled_gap(tmp_path: Path, lost: str, where: str, words: str) -> None:
    empty = {"weights": {}}.get(lost)
    kept = lost == "stimuli"
    report = build(
        write_study(
            tmp_path / "study",
            seeds=2,
            labels=("MLP", "STDP (Diehl & Cook)"),
            change=lambda record: record if kept else replace(record, **{lost: empty}),
            stimuli=not kept,
        )
    )
    assert words in gaps(section(report, where))
    assert [s.number for s in report.sections] == ORDER


def test_a_study_of_which_nothing_has_run_still_has_a_report(tmp_path: Path) -> None:
    report = build(write_study(tmp_path / "study", change=lambda record: None))
    assert "no run has finished" in gaps(section(report, "accuracy"))
    assert set(table(report, "tab-runs")["status"]) == {"missing"}


@pytest.mark.parametrize("seeds", [1, 2])
def test_one_or_two_seeds_give_values_and_no_ranking(tmp_path: Path, seeds: int) -> None:
    report = build(write_study(tmp_path / "study", seeds=seeds, labels=("MLP", "STDP (Diehl & Cook)")))
    verdicts = [b.text for b in section(report, "verdict").blocks if isinstance(b, Callout) and b.level == "verdict"]
    assert verdicts
    assert all("no ranking" in text and " beats " not in text for text in verdicts)
    accuracy = table(report, "tab-accuracy")
    assert accuracy["accuracy (%)"].notna().all()
    assert accuracy["n"].tolist() == [seeds] * 4
    column = "accuracy (%), as shown" if "accuracy (%), as shown" in accuracy else "accuracy (%)"
    assert accuracy[column].astype(str).str.contains("to").all() == (seeds == 2)
    assert f"{seeds} seed" in " ".join(b.text for b in section(report, "limits").blocks if isinstance(b, Callout))


def test_a_study_without_contrasts_judges_nothing(tmp_path: Path) -> None:
    report = build(write_study(tmp_path / "study", seeds=2, labels=("MLP",)))
    assert "names no contrasts" in gaps(section(report, "verdict"))
    assert not any(t.anchor == "tab-verdicts" for t in report.tables)


def test_two_tasks_each_have_their_figures(tmp_path: Path) -> None:
    report = build(
        write_study(tmp_path / "study", labels=("MLP", "STDP (Diehl & Cook)"), tasks=("digits", "more digits"))
    )
    anchors = {f.anchor for f in report.figures}
    assert {"fig-accuracy", "fig-accuracy-more-digits", "fig-cka", "fig-cka-more-digits"} <= anchors
    assert len(table(report, "tab-tasks")) == 2
    assert "needs two tasks" not in gaps(section(report, "accuracy"))


def test_silent_samples_are_left_out_of_rsa_and_counted(tmp_path: Path) -> None:
    def silence(record):
        if record.arrays is not None and record.facts["label"] == "MLP":
            record.arrays["activation__hidden"][:5] = 0
        return record

    report = build(write_study(tmp_path / "study", labels=("MLP", "STDP (Diehl & Cook)"), change=silence))
    caption = next(f for f in report.figures if f.anchor == "fig-rsa").caption.text
    assert "95 probe samples" in caption
    assert "5 samples left out" in caption


# -- references ----------------------------------------------------------------------------------------------------


def test_bibtex_holds_what_was_used_once_and_nothing_else(report: Report) -> None:
    text = next(b.text for b in section(report, "bibtex").blocks if isinstance(b, Code))
    keys = re.findall(r"^@\w+\{([^,]+),", text, flags=re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert {"neurocontrast", "kornblith2019", "holm1979", "diehl2015", "paszke2019"} <= set(keys)
    assert "stimberg2019" not in keys  # no learner of this study ran on Brian
    assert text.count("10.3389/fncom.2015.00099") == 1


def test_methods_leave_out_what_a_study_did_not_use(tmp_path: Path) -> None:
    report = build(
        write_study(tmp_path / "study", seeds=1, labels=("MLP",), change=lambda r: replace(r, arrays=None, weights={}))
    )
    used = set(table(report, "tab-methods")["method"])
    assert "Unbiased linear CKA" not in used
    assert "Paired difference" not in used
    assert "Counted operations" in used


def test_words_of_users_cannot_become_markup(tmp_path: Path) -> None:
    def rename(plan):
        plan["question"] = "Is `a` **better** than [b](#x)?"

    report = build(write_study(tmp_path / "study", seeds=1, labels=("MLP",), change_plan=rename))
    assert report.question == r"Is \`a\` \*\*better\*\* than \[b\](#x)?"
