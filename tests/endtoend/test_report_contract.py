"""HTML and PDF say the same: the same sections, figures, tables and captions, in the same order."""

import io
import re
from html.parser import HTMLParser

import pypdf
import pytest

from compare.report.html.render import render_html
from compare.report.inline import plain
from compare.report.manuscript import manuscript
from compare.report.pdf.render import render_pdf
from tests.sample_document import sample_document

STUDIES = ("study", "every kind of target")


class Words(HTMLParser):
    """The words of a page that a reader sees with everything folded away."""

    HIDDEN = frozenset({"style", "script", "title", "details", "svg", "button", "nav"})

    def __init__(self, text):
        super().__init__()
        self.depth, self.parts = 0, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.depth += tag in self.HIDDEN

    def handle_endtag(self, tag):
        self.depth -= tag in self.HIDDEN

    def handle_data(self, data):
        if not self.depth:
            self.parts.append(data)


def squeezed(text):
    """Without spaces and line ends, which the two set in their own ways."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


@pytest.fixture(scope="module", params=["sample", *(pytest.param(name, marks=pytest.mark.slow) for name in STUDIES)])
def report(request, tmp_path_factory):
    if request.param == "sample":
        return sample_document()
    from compare.report.build import build
    from tests.mixed_study import write_mixed_study
    from tests.synthetic_study import write_synthetic_study

    if request.param == "every kind of target":
        return build(write_mixed_study(tmp_path_factory.mktemp("mixed"), seeds=2))
    return build(write_synthetic_study(tmp_path_factory.mktemp("study"), seeds=3))


@pytest.fixture(scope="module")
def outputs(report):
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(report))).pages
    body = [page.extract_text() for page in pages][1:]  # the first page is the table of contents
    head = re.compile(rf"^{re.escape(report.title)}\s*\S+\s*[^\n]*$", re.MULTILINE)
    foot = re.compile(r"^neurocontrast\s*\d+ / \d+$", re.MULTILINE)
    pdf = "\n".join(foot.sub("", head.sub("", text)) for text in body)
    return {"html": squeezed("".join(Words(render_html(report)).parts)), "pdf": squeezed(pdf)}


def in_order(text, parts):
    """The first part that does not come after those before it, or None."""
    place = 0
    for part in parts:
        place = text.find(squeezed(part), place)
        if place < 0:
            return part
        place += len(squeezed(part))
    return None


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_sections_come_in_order_with_their_numbers(report, outputs, kind):
    assert in_order(outputs[kind], [f"{s.number}{s.title}" for s in report.sections]) is None


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_figures_and_tables_come_in_order_with_number_title_and_caption(report, outputs, kind):
    blocks = [block for section in manuscript(report)["sections"] for block in section["blocks"]]
    exhibits = [block for block in blocks if block["kind"] in {"figure", "table"}]
    wanted = []
    for exhibit in exhibits:
        wanted.append(f"{exhibit['name']} {exhibit['title']}")
        wanted += [line["lead"] + "".join(span["text"] for span in line["spans"]) for line in exhibit["caption"]]
    assert [e["anchor"] for e in exhibits if e["kind"] == "figure"] == [figure.anchor for figure in report.figures]
    assert [e["anchor"] for e in exhibits if e["kind"] == "table"] == [table.anchor for table in report.tables]
    assert len(wanted) >= 2 * len(exhibits) >= 12
    assert in_order(outputs[kind], wanted) is None


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_every_cell_of_every_table_is_there(report, outputs, kind):
    for table in report.tables:
        missing = [c.text for row in table.rows for c in row if squeezed(plain(c.text)) not in outputs[kind]]
        assert missing == []


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_every_sentence_between_figures_is_there(report, outputs, kind):
    blocks = [b for s in manuscript(report)["sections"] for b in s["blocks"]]
    lists = [b["spans"] for b in blocks if b["kind"] in {"paragraph", "callout"}]
    lists += [item for b in blocks if b["kind"] == "items" for item in b["items"]]
    sentences = ["".join(span["text"] for span in spans) for spans in lists]
    sentences += [b["text"] for b in blocks if b["kind"] == "code"]
    assert len(sentences) >= 10
    assert [s for s in sentences if squeezed(s) not in outputs[kind]] == []


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_no_figure_or_table_is_there_that_the_document_lacks(report, outputs, kind):
    assert f"Figure{len(report.figures) + 1}" not in outputs[kind]
    assert f"Table{len(report.tables) + 1}" not in outputs[kind]
