"""The section: complete in both renderers, without torch, and in a study's report where its file is."""

from __future__ import annotations

import copy
import io
import json
import re
import runpy
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pypdf
import pytest

from compare.errors import StoreError
from compare.report.csv_files import csv_text
from compare.report.document import Code, Figure, Report, Section, Table
from compare.report.html.render import render_html
from compare.report.inline import plain
from compare.report.manuscript import manuscript, names
from compare.report.palette import FIGURE_ROLES
from compare.report.pdf.render import render_pdf
from compare.report.sections import step_by_step
from compare.report.sections.step_by_step import section_of
from compare.step_by_step import FILE, write
from compare.store import Study


@pytest.fixture(scope="module")
def made(gathered: dict[str, Any]) -> Section:
    return section_of(gathered, "1")


@pytest.fixture(scope="module")
def report(made: Section) -> Report:
    return Report("Learning, step by step", "What happens?", "A summary.", (made,))


class Words(HTMLParser):
    """All words of a page that are not drawn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.depth, self.parts = 0, []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.depth += tag in {"style", "script", "svg"}

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag in {"style", "script", "svg"}

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.parts.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u00ad\u00a0]+", "", text)


def said(report: Report, text: str) -> str:
    """An inline text as a reader sees it, references named."""
    called = names(report)
    return squeezed(plain(re.sub(r"\[\]\(#([\w-]+)\)", lambda found: called[found[1]], text)))


def exhibits(made: Section) -> list[Figure | Table]:
    return [block for block in made.blocks if isinstance(block, Figure | Table)]


def behind(made: Section, anchor: str) -> pd.DataFrame:
    found = next(block for block in exhibits(made) if block.anchor == anchor)
    return pd.read_csv(io.StringIO(csv_text(found.data if isinstance(found, Figure) else found)))


def test_there_are_eight_figures_and_four_tables(made: Section) -> None:
    assert [block.anchor for block in exhibits(made)] == [
        "fig-step-network", "tab-step-lines", "fig-step-neurons", "fig-step-synapses", "tab-step-changes",
        "tab-step-beside", "fig-step-lines", "fig-step-surface", "tab-step-descent", "fig-step-boundary",
        "fig-step-xor", "fig-step-truth-table",
    ]  # fmt: skip


def test_every_caption_says_n_the_interval_and_a_line_for_each_kind_of_reader(made: Section) -> None:
    for block in exhibits(made):
        caption = block.caption
        assert "n = " in caption.text, block.anchor
        assert "no interval" in caption.text, block.anchor
        assert "unit" in caption.text or "ms" in caption.text or "no interval." in caption.text, block.anchor
        assert caption.for_ml, block.anchor
        assert caption.for_neuroscience, block.anchor


def test_both_renderers_show_every_title_caption_and_row(report: Report, made: Section) -> None:
    html = squeezed("".join(Words(render_html(report)).parts))
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(report))).pages
    pdf = squeezed("".join(page.extract_text() for page in pages))
    for block in exhibits(made):
        for text in (block.title, block.caption.text, block.caption.for_ml, block.caption.for_neuroscience):
            assert said(report, text) in html, block.anchor
            # A page's foot may stand within a caption's words; its beginning is enough to know that it is there.
            assert said(report, text)[:60] in pdf, block.anchor
        if isinstance(block, Table):
            for row in block.rows:
                assert squeezed(plain(row[1].text)) in html
                assert squeezed(plain(row[1].text)) in pdf


def test_no_reference_leads_nowhere(report: Report) -> None:
    assert "not in this report" not in json.dumps(manuscript(report))


def test_figures_use_the_pages_colours_and_those_of_heat_maps_only(made: Section) -> None:
    maps = {"fig-step-surface", "fig-step-boundary", "fig-step-xor"}
    for block in exhibits(made):
        if isinstance(block, Figure) and block.anchor not in maps:
            used = {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{6}\b", block.svg)}
            assert used <= {*FIGURE_ROLES, "#000000"}, block.anchor


def test_the_tables_behind_the_figures_hold_what_was_computed(made: Section, gathered: dict[str, Any]) -> None:
    network = behind(made, "fig-step-network").set_index("weight")
    assert network["after"].to_dict() == gathered["passes"]["after"]
    neurons = behind(made, "fig-step-neurons")
    counts = {name: int(neurons[f"{name}: spikes"].sum()) for name in gathered["presentation"]["spikes_ms"]}
    assert counts == {name: len(times) for name, times in gathered["presentation"]["spikes_ms"].items()}
    synapses = behind(made, "fig-step-synapses")
    assert synapses["w11"].tolist() == gathered["presentation"]["weight"]["w11"]
    path = behind(made, "fig-step-surface")
    last = path[(path["line"] == "y = 3x + noise") & (path["update"] == 100)].iloc[0]
    assert [last["w"], last["b"]] == gathered["descent"][1]["path"][-1]
    networks = behind(made, "fig-step-truth-table")
    solved = networks.groupby("learner")["right after learning"].apply(lambda right: int((right == 4).sum())).to_dict()
    assert solved == {name: one["solved"] for name, one in gathered["xor"]["learners"].items()}


def test_the_code_of_every_figure_reads_the_columns_that_its_csv_has(made: Section) -> None:
    for block in exhibits(made):
        if isinstance(block, Figure):
            heads = set(behind(made, block.anchor).columns)
            assert f"data/{block.anchor}.csv" in block.code
            named = re.findall(r'(?:part|d)\["([^"]+)"\]|x="([^"]+)"|set_index\("([^"]+)"\)', block.code)
            for name in {one for group in named for one in group if one}:
                assert name in heads, (block.anchor, name)


def test_strengthening_and_weakening_add_up_to_the_change(made: Section) -> None:
    changes = behind(made, "tab-step-changes")
    total = changes["strengthened by"] + changes["weakened by"]
    assert (abs(total - changes["change"]) < 1e-12).all()  # sums of float64


def test_a_presentation_without_an_output_spike_is_drawn_all_the_same(gathered: dict[str, Any]) -> None:
    silent = copy.deepcopy(gathered)
    silent["presentation"]["spikes_ms"]["output"] = []
    alt = next(b.alt for b in exhibits(section_of(silent, "1")) if b.anchor == "fig-step-neurons")  # type: ignore
    assert "output 0" in alt


def test_it_needs_neither_torch_nor_an_engine(gathered: dict[str, Any], tmp_path: Path) -> None:
    write(gathered, tmp_path)
    code = (
        "import sys\n"
        "from compare.report.sections.step_by_step import section_of\n"
        "from compare.step_by_step import read\n"
        f"section_of(read({str(tmp_path)!r}), '1')\n"
        "print(sorted({'torch', 'brian2', 'numba', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[]"


STEP_SOURCES = {"rumelhart1986", "gerstner2014", "song2000", "stigler1981", "cox1958", "minsky1969", "kingma2015"}


def keys(report: Report) -> list[str]:
    """Of the BibTeX entries."""
    text = next(b.text for s in report.sections if s.anchor == "bibtex" for b in s.blocks if isinstance(b, Code))
    return re.findall(r"^@\w+\{([^,]+),", text, flags=re.MULTILINE)


def test_the_page_of_its_own_names_its_methods_and_cites_them_and_nothing_else(gathered: dict[str, Any]) -> None:
    script = Path(__file__).parents[4] / "experiments" / "learn_step_by_step.py"
    report = runpy.run_path(str(script))["report_of"](gathered)
    assert [one.anchor for one in report.sections] == ["step-by-step", "methods", "bibtex"]
    assert [one.number for one in report.sections] == ["1", "A", "B"]
    found = keys(report)
    assert set(found) >= STEP_SOURCES
    assert set(found) - STEP_SOURCES == {"neurocontrast", "hunter2007", "paszke2019", "lam2015"}  # what drew and ran it
    methods = {row[0].text for t in report.tables if t.anchor == "tab-methods" for row in t.rows}
    assert {"Backpropagation, number by number", "Pair STDP", "Gradient descent on a line"} <= methods
    assert "Unbiased linear CKA" not in methods
    sources = " ".join(row[2].text for t in report.tables if t.anchor == "tab-methods" for row in t.rows)
    assert "Paszke et al. 2019" in sources
    assert "others" not in sources


class _Material:
    def __init__(self, path: Path) -> None:
        self.study = type("study", (), {"path": path})()


def test_a_folder_without_the_file_has_no_section_and_a_damaged_one_is_said(tmp_path: Path) -> None:
    assert step_by_step.section(_Material(tmp_path)) is None  # type: ignore[arg-type]
    (tmp_path / FILE).write_text("no json", encoding="utf-8")
    with pytest.raises(StoreError, match="is damaged"):
        step_by_step.section(_Material(tmp_path))  # type: ignore[arg-type]


def test_a_studys_report_shows_it_behind_the_limits_when_its_folder_holds_the_file(
    synthetic_study: Study, gathered: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compare.report import build
    from compare.report.sections import limits, reproduce

    place = build.SECTIONS.index(step_by_step)
    assert build.SECTIONS[place - 1 : place + 2] == (limits, step_by_step, reproduce)
    folder = tmp_path / "study"
    shutil.copytree(synthetic_study.path, folder)
    # The others take seconds and are not what this is about.
    monkeypatch.setattr(build, "SECTIONS", build.SECTIONS[place - 1 : place + 2])
    without = build.build(Study(folder))
    assert [one.number for one in without.sections] == ["12", "A", "B", "C"]
    assert not {"cox1958", "stigler1981", "kingma2015"} & set(keys(without))
    write(gathered, folder)
    report = build.build(Study(folder))
    assert [one.number for one in report.sections] == ["12", "13", "A", "B", "C"]
    found = keys(report)
    assert set(found) >= STEP_SOURCES
    assert len(found) == len(set(found))
