import csv
import io
import math

import pytest

from compare.report.csv_files import csv_text
from compare.report.document import Caption, Cell, Column, Table


def table(columns, *rows):
    return Table("tab-a", "A", tuple(columns), tuple(tuple(row) for row in rows), Caption("c"))


def rows_of(made):
    return list(csv.reader(io.StringIO(csv_text(made))))


def test_numbers_are_written_in_full_precision_under_a_head_with_the_unit():
    made = table([Column("time", "ms", numeric=True)], [Cell("0.333", 1 / 3)])
    assert rows_of(made) == [["time (ms)"], [repr(1 / 3)]]


def test_texts_that_say_more_than_the_number_get_a_column_of_their_own():
    made = table([Column("accuracy", numeric=True)], [Cell("0.94 [0.93, 0.95]", 0.9412)], [Cell("-, needs two tasks")])
    assert rows_of(made) == [
        ["accuracy", "accuracy, as shown"],
        ["0.9412", "0.94 [0.93, 0.95]"],
        ["", "-, needs two tasks"],
    ]


@pytest.mark.parametrize("text", ["1,000", "−0.5", "94.2 %", "1e-3", "1 000"])
def test_a_typographic_number_says_no_more_than_the_number(text):
    assert rows_of(table([Column("n", numeric=True)], [Cell(text, 1.0)]))[0] == ["n"]


def test_a_numeric_cell_without_a_value_is_read_from_its_text():
    assert rows_of(table([Column("n", numeric=True)], [Cell("−1,250.5")]))[1] == ["-1250.5"]


@pytest.mark.parametrize(("value", "written"), [(math.nan, ""), (math.inf, "inf"), (-math.inf, "-inf"), (3.0, "3")])
def test_undefined_is_empty_and_never_nan(value, written):
    assert csv_text(table([Column("n", numeric=True)], [Cell("3", value)])).splitlines()[1] in {written, '""'}


@pytest.mark.parametrize("text", ["=1+1", "+A1", "@SUM(A1)", "-cmd|' /C calc'!A0", "-2+3"])
def test_a_spreadsheet_does_not_take_a_label_for_a_formula(text):
    assert rows_of(table([Column("learner")], [Cell(text)]))[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["-0.5", "-, needs two tasks", "STDP = fast", '"a", b\nc'])
def test_other_texts_come_back_as_they_were(text):
    assert rows_of(table([Column("learner")], [Cell(text)]))[1] == [text]


def test_markup_leaves_no_marks():
    assert rows_of(table([Column("x")], [Cell("**a** `b` [c](#d)")]))[1] == ["a b c"]
