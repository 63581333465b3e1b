from dataclasses import replace

import pytest

from compare.report.document import Callout, Caption, Cell, Column, Figure, Report, Section, Table
from tests.sample_document import sample_document


@pytest.mark.parametrize("anchor", ["", "1a", "a b", "../a", "a/b", "a#b", "é"])
def test_an_anchor_that_could_not_name_a_file_is_refused(anchor):
    with pytest.raises(ValueError, match="is not an anchor"):
        Section(anchor, "1", "t", ())


def test_an_anchor_stands_for_one_thing():
    section = Section("a", "1", "t", (Callout("note", "x"),))
    with pytest.raises(ValueError, match="occur twice: a"):
        Report("t", "q", "s", (section, section))


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="has 2 cells, expected 1"):
        Table("a", "t", (Column("x"),), ((Cell("1"), Cell("2")),), Caption("c"))


def test_a_figure_without_alt_text_is_refused():
    figure = sample_document().figures[0]
    with pytest.raises(ValueError, match="has no alt text"):
        replace(figure, alt=" ")
    assert isinstance(figure, Figure)
