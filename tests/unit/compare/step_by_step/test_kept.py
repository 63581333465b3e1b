"""The file beside a study: what was written is read, what is damaged is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compare.errors import StoreError
from compare.step_by_step import FILE, read, write


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    data = {"format": 1, "seed": 3, "numbers": [0.1, -2.5e-17]}
    assert write(data, tmp_path) == tmp_path / FILE
    assert read(tmp_path) == data


def test_a_folder_without_the_file_has_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) is None


@pytest.mark.parametrize("text", ["{", "[]", '{"seed": 1}', '{"format": "one"}'])
def test_a_damaged_file_is_refused_with_the_command_that_mends_it(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=r"is damaged .*learn_step_by_step\.py --out"):
        read(tmp_path)


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"format": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match="has format 99; this version reads format 1"):
        read(tmp_path)


def test_a_number_that_is_none_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write({"format": 1, "loss": float("nan")}, tmp_path)
    assert read(tmp_path) is None
