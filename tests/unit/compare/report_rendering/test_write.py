import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from compare.errors import EnvironmentFault
from compare.report.as_json import from_json, to_json
from compare.report.document import Caption, Cell, Column, Report, Section, Table
from compare.report.write import Report as StudyReport
from compare.report.write import write_document
from tests.sample_document import sample_document


def small(anchor="tab-a", value: Any = 1.0):
    table = Table(anchor, "T", (Column("x", numeric=True),), ((Cell("1", value),),), Caption("c"))
    return Report("t", "q", "s", (Section("sec-a", "1", "t", (table,)),))


def test_all_files_of_a_report_are_written(tmp_path):
    report = sample_document()
    paths = write_document(report, tmp_path / "new" / "folder")
    assert paths["html"].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert paths["pdf"].read_bytes().startswith(b"%PDF")
    assert {p.stem for p in paths["data"].iterdir()} == {b.anchor for b in (*report.figures, *report.tables)}
    assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == [
        "data",
        "report.html",
        "report.json",
        "report.pdf",
    ]


def test_only_what_is_asked_for_is_written(tmp_path):
    paths = write_document(small(), tmp_path, html=False, pdf=False)
    assert set(paths) == {"json", "data"}
    assert not (tmp_path / "report.pdf").exists()


def test_report_json_holds_the_whole_document(tmp_path):
    paths = write_document(sample_document(), tmp_path, html=False, pdf=False)
    assert from_json(paths["json"].read_text(encoding="utf-8")) == sample_document()


def test_numpy_numbers_are_numbers_and_undefined_ones_null():
    assert from_json(to_json(small(value=np.int64(3)))) == small(value=3)
    assert (
        json.loads(to_json(small(value=float("nan"))))["report"]["sections"][0]["blocks"][0]["rows"][0][0]["value"]
        is None
    )


def test_json_of_another_format_is_refused():
    with pytest.raises(ValueError, match="has format 99; this version reads 1"):
        from_json('{"format": 99}')


def test_csv_files_of_an_earlier_report_go_and_other_files_stay(tmp_path):
    write_document(small("tab-old"), tmp_path, html=False, pdf=False)
    (tmp_path / "data" / "mine.csv").write_text("x")
    write_document(small("tab-new"), tmp_path, html=False, pdf=False)
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["mine.csv", "tab-new.csv"]


def test_a_folder_that_cannot_be_made_is_an_environment_fault(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFault, match=r"Cannot write to .*file.*Choose another folder"):
        write_document(small(), tmp_path / "file" / "report")


def test_a_report_that_cannot_be_rendered_leaves_the_earlier_one_whole(tmp_path):
    paths = write_document(sample_document(), tmp_path, pdf=False)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    figure = replace(sample_document().figures[0], svg="broken")
    with pytest.raises(ValueError, match="figure fig-accuracy"):
        write_document(Report("t", "q", "s", (Section("a", "1", "t", (figure,)),)), tmp_path, pdf=False)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert paths["html"].exists()


def test_a_report_is_computed_on_one_thread_so_that_its_last_bits_do_not_depend_on_how_many_there_are(monkeypatch):
    seen = []

    def build(_):
        seen.extend(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")

    monkeypatch.setattr("compare.report.build.build", build)
    with threadpool_limits(2):
        StudyReport(None).build()  # type: ignore[arg-type]
    assert seen
    assert set(seen) == {1}
