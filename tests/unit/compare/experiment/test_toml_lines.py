"""Keys of a TOML text are found on their lines, and TOML that is written is read back."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from compare._toml_lines import line_of, lines_of, split_key
from compare.toml_text import toml_text

TEXT = '''question = """one
two = 3 # [x] """
seeds = 10 # ten
tasks = [{ type = "digits", size = 28 },
   "xor"]
contrasts = [["a]", 'b#'],   # ]
  ["c", "d"],
]
# [not.a.table]
[learners."STDP (Diehl & Cook)"]
type = "diehl_cook"
a.b = 1979-05-27T07:32:00Z
[learners.'x.y']
model = { type = "mlp", hidden = [1,
  2] }
[[z]]
q = 1
[[z]]
[z.k]
r = -2e3
'''


def test_every_key_is_on_its_line() -> None:
    found = lines_of(TEXT)
    expected = {
        ("question",): 1, ("seeds",): 3, ("tasks", 0, "size"): 4, ("tasks", 1): 5, ("contrasts", 0): 6,
        ("contrasts", 1): 7, ("learners", "STDP (Diehl & Cook)"): 10, ("learners", "STDP (Diehl & Cook)", "a", "b"): 12,
        ("learners", "x.y"): 13, ("learners", "x.y", "model", "hidden"): 14,
        ("learners", "x.y", "model", "hidden", 1): 15, ("z", 0, "q"): 17, ("z", 1): 18, ("z", 1, "k", "r"): 20,
    }  # fmt: skip
    assert {place: found[place] for place in expected} == expected


def test_a_place_without_a_line_has_that_of_the_table_around_it() -> None:
    assert line_of(lines_of(TEXT), ("learners", "x.y", "rule", "name")) == 13
    assert line_of(lines_of(TEXT), ("nothing",)) is None


def test_every_value_that_tomllib_reads_has_a_line() -> None:
    def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [place for key, item in items for place in [(*at, key), *places(item, (*at, key))]]

    assert set(places(tomllib.loads(TEXT))) == set(lines_of(TEXT))


def test_dotted_keys_are_split_as_toml_does_and_labels_need_no_quotes() -> None:
    assert split_key('learners."a.b".epochs') == ("learners", "a.b", "epochs")
    assert split_key("shuffled labels.epochs") == ("shuffled labels", "epochs")


PLAIN = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), PLAIN, max_size=4))
def test_toml_that_is_written_is_read_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(table)) == table


def test_none_is_left_out() -> None:
    assert toml_text({"a": None, "b": {"c": {"d": None, "e": 1}}}) == "\n[b.c]\ne = 1\n"
