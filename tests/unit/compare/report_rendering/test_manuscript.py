import json
from dataclasses import dataclass

import pytest

from compare.report.document import Paragraph, Report, Section
from compare.report.manuscript import manuscript, names
from tests.sample_document import sample_document


def test_figures_and_tables_are_numbered_through_the_whole_report():
    called = names(sample_document())
    assert [called[a] for a in ("fig-accuracy", "fig-learning-curves", "fig-cka")] == [
        "Figure 1",
        "Figure 2",
        "Figure 3",
    ]
    assert [called[a] for a in ("tab-accuracy", "tab-wide", "tab-long")] == ["Table 1", "Table 2", "Table 3"]
    assert (called["sec-limits"], called["app-reproduce"]) == ("Section 12", "Appendix A")


def spans_of(text):
    report = Report("t", "q", "s", (Section("a", "1", "t", (Paragraph(text),)),))
    return manuscript(report)["sections"][0]["blocks"][0]["spans"]


def test_a_link_without_words_gets_its_target_s_name():
    assert [s["text"] for s in spans_of("See [](#a).")] == ["See ", "Section 1", "."]


def test_a_link_that_leads_nowhere_stays_as_words():
    assert all(s["kind"] == "text" for s in spans_of("See [that](#absent)."))


def test_a_link_without_words_that_leads_nowhere_says_so():
    assert "".join(s["text"] for s in spans_of("See [](#absent).")) == "See (not in this report)."


def test_control_signs_and_line_ends_become_spaces():
    assert spans_of("a\x00b\n  c")[0]["text"] == "a b c"


def test_the_manuscript_is_plain_data():
    made = manuscript(sample_document())
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_a_block_of_an_unknown_kind_is_named():
    @dataclass(frozen=True)
    class Video:
        text: str = ""

    report = Report("t", "q", "s", (Section("a", "1", "t", (Video(),)),))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Video is not a block"):
        manuscript(report)
