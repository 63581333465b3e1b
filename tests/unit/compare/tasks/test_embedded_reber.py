"""Embedded Reber strings, against the grammar written once more as a regular expression."""

import re

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from compare.tasks import EmbeddedReber
from compare.tasks.embedded_reber import inner_strings

LOWER = r"(?:T*VPX)*T*V"  # from the state after P: loops, then V
REBER = rf"B(?:TS*X(?:S|X{LOWER}(?:V|PS))|P{LOWER}(?:V|PS))E"
EMBEDDED = re.compile(rf"B([TP]){REBER}\1E")
FRAMED = re.compile(rf"B[TP]({REBER})[TP]E")


def read(X):
    return ["".join("BTPSXVE"[step.argmax()] for step in sample if step.any()) for sample in X]


def test_the_label_is_whether_the_grammar_allows_the_string():
    split = EmbeddedReber().load(0)
    for part in (split.train, split.validation, split.test):
        strings = read(part[0])
        assert [bool(EMBEDDED.fullmatch(string)) for string in strings] == part[1].astype(bool).tolist()
        assert all(FRAMED.fullmatch(string) for string in strings)


def test_inner_strings_are_all_those_that_the_expression_allows():
    # every word of six letters of the alphabet after the B that the expression accepts, by trying all 7**6
    from itertools import product

    words = {"B" + "".join(word) for word in product("BTPSXVE", repeat=6)}
    assert {one for one in inner_strings(7) if len(one) == 7} == {w for w in words if re.fullmatch(REBER, w)}


def test_strings_of_the_original_experiments_are_there():
    known = set(inner_strings(10))
    assert {"BTXSE", "BPVVE", "BTSXSE", "BPTVPSE", "BTXXVVE", "BPVPXVVE"} <= known
    assert "BTVVE" not in known


def test_every_inner_string_comes_in_four_variants_and_in_one_part_only():
    split, seen = EmbeddedReber().load(0), set()
    for X, y in (split.train, split.validation, split.test):
        inner = [FRAMED.fullmatch(string).group(1) for string in read(X)]
        assert np.unique(inner, return_counts=True)[1].tolist() == [4] * (len(X) // 4)
        assert np.mean(y) == 0.5
        assert not seen & set(inner)
        seen |= set(inner)


def test_what_weighs_each_place_for_itself_stays_at_chance():
    split = EmbeddedReber().load(0)
    flat = [(X.reshape(len(X), -1), y) for X, y in (split.train, split.test)]
    # each place's symbol comes with both answers equally often, in every part
    assert LogisticRegression(C=0.01).fit(*flat[0]).score(*flat[1]) == pytest.approx(0.5, abs=0.08)  # 4 s.e. of 600


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"longest": 8}, "longest = 8: write 9 to 30"),
        ({"longest": 12}, "there are 16 inner strings so short, 510 are wanted"),
        ({"test": 10}, "test = 10: write a multiple of 4"),
        ({"validation": 0}, "validation = 0: write at least 4"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        EmbeddedReber(**options)
