import io
import re

import pypdf
import pytest

from compare.report.document import Caption, Cell, Column, Report, Section, Table
from compare.report.pdf.fit import TEXT_PT, TURNED_PT, breakable, fit_figure, fit_table
from compare.report.pdf.render import render_pdf
from tests.sample_document import ATTACK, TYPST_ATTACK, sample_document


@pytest.fixture(scope="module")
def content():
    return render_pdf(sample_document())


@pytest.fixture(scope="module")
def pdf(content):
    return pypdf.PdfReader(io.BytesIO(content))


@pytest.fixture(scope="module")
def words(pdf):
    return re.sub(r"[\s\u200b]+", " ", " ".join(page.extract_text() for page in pdf.pages))


def test_a_learner_s_name_is_text_and_never_typst_code(words):
    assert ATTACK in words
    assert TYPST_ATTACK in words
    assert "root:" not in words


def test_code_is_printed(words):
    assert "dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)" in words
    assert '[learners."a < b & c"]' in words


def test_the_same_report_gives_the_same_bytes(content):
    assert render_pdf(sample_document()) == content


def test_the_title_and_the_language_are_in_the_metadata(pdf):
    assert pdf.metadata.title == sample_document().title
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_pages_are_a4_and_numbered(pdf):
    sizes = {tuple(sorted(round(float(side)) for side in page.mediabox[2:])) for page in pdf.pages}
    assert sizes == {(595, 842)}
    for number, page in enumerate(pdf.pages, 1):
        assert f"{number} / {len(pdf.pages)}" in page.extract_text()


def test_sections_are_bookmarks(pdf):
    titles = [re.sub(r"\s+", " ", entry.title) for entry in pdf.outline if not isinstance(entry, list)]
    assert len(titles) == len(sample_document().sections)
    assert all(s.title in title for s, title in zip(sample_document().sections, titles, strict=True))


def test_every_font_is_embedded(pdf):
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert descriptor.keys() & {"/FontFile2", "/FontFile3"}


def test_the_head_of_a_long_table_is_repeated(pdf):
    texts = [page.extract_text() for page in pdf.pages]
    with_rows = [text for text in texts if "run-0" in text]
    assert len(with_rows) > 1
    assert all("similarity" in text for text in with_rows)


def table(columns, text="12.345"):
    row = tuple(Cell(text, 1.0) for _ in range(columns))
    heads = tuple(Column(f"c{n}", numeric=True) for n in range(columns))
    return Table("tab-a", "A", heads, (row,), Caption("c"))


def test_a_table_too_wide_for_an_upright_page_goes_on_a_turned_one_with_its_heading():
    report = Report("t", "q", "s", (Section("a", "1", "Only one", (table(26),)),))
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(report))).pages
    assert [page.mediabox.width > page.mediabox.height for page in pages] == [False, True]
    assert "Only one" in pages[1].extract_text(), "the heading goes with its table"


def test_an_empty_report_and_an_empty_table_can_be_set():
    empty = Table("tab-a", "A", (Column("x"),), (), Caption("Nothing ran."))
    report = Report("t", "", "", (Section("a", "1", "t", ()), Section("b", "2", "u", (empty,))))
    assert render_pdf(report).startswith(b"%PDF")


@pytest.mark.parametrize("columns", [1, 5, 10, 14, 20, 30])
def test_columns_of_numbers_fit_the_page(columns):
    from compare.report.manuscript import manuscript

    made = manuscript(Report("t", "q", "s", (Section("a", "1", "t", (table(columns),)),)))
    fit = fit_table(made["sections"][0]["blocks"][0])
    room = TURNED_PT if fit["landscape"] else TEXT_PT
    assert sum(fit["widths"]) <= room + 0.01 * columns
    assert fit["landscape"] == (columns > 16)


def test_only_wide_figures_reach_into_the_margins():
    assert fit_figure(1200, 400, "wide")["bleed"] > 0
    assert fit_figure(1200, 400, "figure") == {"drawn_width": TEXT_PT, "bleed": 0}
    assert fit_figure(400, 200, "text")["drawn_width"] == 300


def test_a_tall_figure_keeps_its_shape_within_the_page():
    assert fit_figure(600, 2400, "figure")["drawn_width"] == pytest.approx(140)


def test_a_digest_can_go_over_several_lines_and_short_words_stay_whole():
    assert breakable("0123456789abcdef" * 4).count("\u200b") >= 3
    assert breakable("a short sentence of words") == "a short sentence of words"
