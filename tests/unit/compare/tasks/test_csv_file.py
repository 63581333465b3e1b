"""A user's own table: which column is the answer, which are inputs, and what is refused."""

import numpy as np
import pytest

from compare.errors import ConfigurationError, EnvironmentFault
from compare.tasks import CsvFile
from compare.testing import check_task

AGE, PRESSURE = (np.random.default_rng(seed).permutation(100) / 128 for seed in (0, 1))  # each once, exact in float32
STATE = np.array(["well", "ill"])[np.arange(100) % 2]


@pytest.fixture
def write(tmp_path):
    """Writes lines under a head of names, and gives the file's name."""

    def written(head: str, *columns, separator: str = ",") -> str:
        rows = [separator.join(str(cell) for cell in cells) for cells in zip(*columns, strict=True)]
        path = tmp_path / "patients.csv"
        path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        return str(path)

    return written


def test_the_last_column_is_the_answer_and_text_is_classes_in_alphabetical_order(write):
    task = CsvFile(file=write("age,pressure,state", AGE, PRESSURE, STATE), scale="none")
    facts, split = task.facts(), task.load(0)
    assert (facts.target, facts.shape, facts.classes, facts.chance) == ("class", (2,), 2, 0.5)
    for X, y in (split.train, split.validation, split.test):
        rows = [AGE.tolist().index(x) for x in X[:, 0]]
        assert PRESSURE[rows].tolist() == X[:, 1].tolist()
        assert (STATE[rows] == "well").tolist() == y.tolist()
    check_task(task, change=lambda: write("age,pressure,state", AGE, PRESSURE, STATE[::-1]))


def test_a_named_column_is_the_answer_and_ignored_ones_are_no_inputs(write):
    file = write("patient; pressure; age", np.arange(100), PRESSURE, AGE, separator=";")
    task = CsvFile(file=file, column="pressure", ignore=("patient",), separator=";")
    facts, split = task.facts(), task.load(0)
    assert (facts.target, facts.shape, facts.classes) == ("value", (1,), None)
    rows = [PRESSURE.tolist().index(y) for y in split.train[1]]
    low, high = AGE[rows].min(), AGE[rows].max()
    np.testing.assert_allclose(split.train[0][:, 0], (AGE[rows] - low) / (high - low), rtol=0, atol=2**-24)  # float32
    check_task(task)


def test_whole_numbers_are_classes_unless_values_are_asked_for(write):
    file = write("age,visits", AGE, np.arange(100) % 3)
    assert CsvFile(file=file).facts().classes == 3
    assert CsvFile(file=file, target="value").facts().target == "value"


def test_truth_values_are_inputs_of_0_and_1(write):
    file = write("smokes,age,state", np.arange(100) % 2 == 0, AGE, STATE)
    assert set(np.unique(CsvFile(file=file).load(0).train[0][:, 0])) == {0, 1}


def test_columns_of_text_are_named_with_their_first_word(write):
    file = write("town,age,colour,state", ["Bern", "Basel"] * 50, AGE, ["3", "red"] * 50, STATE)
    with pytest.raises(EnvironmentFault, match=r"hold text: 'town' \('Bern'\), 'colour' \('red'\)\. .*ignore"):
        CsvFile(file=file).facts()
    assert CsvFile(file=file, ignore=("town", "colour")).facts().shape == (1,)


def test_empty_cells_are_counted_by_column(write):
    age = [*AGE[:97], "", "", "NA"]
    with pytest.raises(EnvironmentFault, match=r"empty cells: 'age' \(3\)"):
        CsvFile(file=write("age,pressure,state", age, PRESSURE, STATE)).facts()
    with pytest.raises(EnvironmentFault, match=r"'age' has no answer in 3 of 100 rows"):
        CsvFile(file=write("pressure,age", PRESSURE, age)).facts()


def test_a_word_that_stands_for_nothing_is_no_class_and_the_message_says_so(write):
    file = write("age,state", AGE, np.array(["None", "ill"])[np.arange(100) % 2])
    with pytest.raises(EnvironmentFault, match=r"no answer in 50 of 100 rows .*NA, nan, null and None"):
        CsvFile(file=file).facts()


def test_row_numbers_without_a_name_can_be_left_out_and_numbered_columns_are_names(write):
    numbered = write(",age,state", np.arange(100), AGE, STATE)
    assert CsvFile(file=numbered, ignore=("Unnamed: 0",)).facts().shape == (1,)
    assert CsvFile(file=write("0,1,2", AGE, PRESSURE, np.arange(100) % 2)).facts().shape == (2,)  # pandas' own names


def test_a_byte_order_mark_and_spaces_are_no_part_of_a_name(tmp_path):
    rows = "".join(f"{age}; {state}\n" for age, state in zip(AGE, STATE, strict=True))
    (tmp_path / "x.csv").write_bytes(("\ufeffage ; state\n" + rows).encode())
    task = CsvFile(file=str(tmp_path / "x.csv"), separator=";", column="state", ignore=("age",))
    with pytest.raises(EnvironmentFault, match="its columns are age, state"):
        task.facts()


def test_an_unknown_column_is_told_with_those_that_there_are(write):
    file = write("age,pressure,state", AGE, PRESSURE, STATE)
    with pytest.raises(
        ConfigurationError, match=r"no column 'presure'\. Did you mean .pressure.* age, pressure, state"
    ):
        CsvFile(file=file, column="presure").facts()
    with pytest.raises(ConfigurationError, match="no column 'weight'"):
        CsvFile(file=file, ignore=("weight",)).facts()


def test_a_wrong_separator_is_suspected_where_there_is_one_column(write):
    file = write("age;state", AGE, STATE, separator=";")
    with pytest.raises(EnvironmentFault, match=r"columns are age;state, and no inputs are left\. Check the separator"):
        CsvFile(file=file).facts()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read as a table: No columns"),
        (b"a,b\n", "no rows below the names"),
        (b"a,b\n1,2\n1,2,3,4\n", "cannot be read as a table: .*line 3"),
        (b"a,b\n1,2,3\n1,2,3\n", "cannot be read as a table: .*(more|longer|does not match)"),
        (b"0.5,1\n0.6,0\n", "its first row, 0.5, 1, holds numbers; expected names of columns"),
        (b"a,a ,b\n1,2,3\n", "two columns are named 'a'"),
        (b",a,b\n0,1,2\n", r"column 1 has no name. .* ignore = \['Unnamed: 0'\]"),
        (b"a,b\n1,\xff\xfe\n", "cannot be read as a table: .*utf-8"),
    ],
)
def test_what_is_no_table_says_what_is_wrong(tmp_path, content, message):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=message):
        CsvFile(file=str(path)).facts()


def test_a_changed_file_is_read_anew(write):
    task = CsvFile(file=write("age,state", AGE, STATE))
    before = task.load(0).checksum
    write("age,state", AGE + 1 * (AGE > 0.6), STATE)
    assert task.load(0).checksum != before


def test_a_pinned_content_is_demanded(write):
    with pytest.raises(EnvironmentFault, match="has changed"):
        CsvFile(file=write("age,state", AGE, STATE), sha256="0" * 64).load(0)


def test_a_separator_is_one_character():
    with pytest.raises(ValueError, match="separator"):
        CsvFile(separator="")
