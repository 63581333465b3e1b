"""The certificate in the report: exactly the learners' definitions, faults in red, refusals with their sentence."""

from __future__ import annotations

import dataclasses
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest

from compare._certification import Certification
from compare.report.csv_files import csv_text
from compare.report.document import Callout, Paragraph, Report, Section, Table
from compare.report.html.render import render_html
from compare.report.inline import plain
from compare.report.manuscript import manuscript
from compare.report.pdf.render import render_pdf
from compare.report.sections import learners
from compare.report.sections._material import Material
from compare.store import Study
from tests.endtoend.test_report_contract import Words, squeezed

sys.path.insert(0, str(Path(__file__).parent))

from studies import write_study

SPIKING = "STDP (Diehl & Cook)"
ABOUT = {"kind": "open loop", "method": "exponential_euler", "setting": "currents", "dt_s": 1e-4, "duration_s": 0.2,
         "neurons": 270, "until_s": 0.2, "spikes": 1619, "matched": 1619, "extra": 0, "usable": 1619, "low_hz": 5.0,
         "high_hz": 50.0, "state_error": 1.24e-14, "weight_error": 0.0, "own_error": 0.0, "learned": 0.0, "held": 9,
         "lost": 9, "delayed": 9, "resets": 9, "refusal": "", "ours": True}  # fmt: skip
RULE = {"name": "my_rule", "kind": "plasticity", "digest": "bbb", "method": "euler"}
NEURON = {"name": "my_neuron", "kind": "neuron", "digest": "aaa", "method": "exponential_euler"}


def cell(definition: dict[str, Any], engine: str, **changes: Any) -> dict[str, Any]:
    own = {"definition": definition["name"], "digest": definition["digest"], "method": definition["method"]}
    key = f"{definition['digest']} {engine} {changes.get('kind', '')} {changes.get('setting', '')}"
    return {**ABOUT, **own, "engine": engine, "key": key, **changes}


CELLS = [
    (cell(NEURON, "native"), "agrees"),
    (cell(NEURON, "tensor", spikes=1700, matched=1698, extra=3), "differs"),
    (cell(NEURON, "fused, training", refusal='the threshold is "v > a and b", no comparison'), "not run"),
    (cell(NEURON, "native", kind="closed loop", setting="coupled", until_s=0.15), "agrees"),
    (cell(RULE, "native", kind="plasticity", setting="one delay", weight_error=3.5e-16), "agrees"),
    (cell({**NEURON, "digest": "older"}, "native", spikes=777, matched=777), "agrees"),  # other numbers, the same name
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up study of three learners; the tests of this file give it one certificate after another."""
    return write_study(
        tmp_path_factory.mktemp("studies") / "study", seeds=1, labels=("MLP", "surrogate LIF", SPIKING)
    ).path


def certified(folder: Path, **changes: Any) -> Study:
    """The study with a certificate of two definitions."""
    told = {
        "size": "small", "versions": {"brian2": "2.9.0", "numba": "0.68.1"}, "left_out": [],
        "cells": [one for one, _ in CELLS], "verdicts": {one["key"]: verdict for one, verdict in CELLS},
        "definitions": [{**NEURON, "learners": [SPIKING]}, {**RULE, "learners": [SPIKING]}],
        "asked": asked(Study(folder)),
    }  # fmt: skip
    (folder / "fidelity.json").write_text(json.dumps({**told, **changes}))
    return Study(folder)


def asked(study: Study) -> str:
    return Certification(study.path, study.plan)._asked


def section_of(study: Study) -> Section:
    return learners.section(Material(study))


def tables(section: Section) -> dict[str, Table]:
    return {one.anchor: one for one in section.blocks if isinstance(one, Table) and "fidelity" in one.anchor}


@pytest.fixture(scope="module")
def section(folder: Path) -> Section:
    return section_of(certified(folder))


def test_each_definition_has_a_table_with_every_engine_and_trial(section: Section) -> None:
    neuron, rule = tables(section)["tab-fidelity-my-neuron"], tables(section)["tab-fidelity-my-rule"]
    shown = [[one.text for one in row] for row in neuron.rows]
    assert [head.title for head in neuron.columns] == [
        "definition", "method", "trial", "engine", "spikes matched", "largest state difference", "verdict",
    ]  # fmt: skip
    assert shown[0] == ["my_neuron", "exponential euler", "open loop, currents, 270 neurons for 200 ms", "native",
                        "1,619 of 1,619", "1.2e-14", "agrees"]  # fmt: skip
    assert shown[3][2] == "closed loop, coupled, 270 neurons for 200 ms, compared for 150 ms"
    assert [one.text for one in rule.rows[0]][-3:] == ["1.2e-14", "3.5e-16", "agrees"]


def test_a_definition_of_the_same_name_with_other_numbers_is_left_out(section: Section) -> None:
    assert "777" not in " ".join(one.text for table in tables(section).values() for row in table.rows for one in row)
    assert len(tables(section)["tab-fidelity-my-neuron"].rows) == 4


def test_a_fault_is_red_with_its_word_and_stands_before_the_tables(section: Section) -> None:
    row = tables(section)["tab-fidelity-my-neuron"].rows[1]
    assert (row[-1].text, row[-1].status, row[4].text) == ("differs", "red", "1,698 of 1,700, 3 others")
    (red,) = [one for one in section.blocks if isinstance(one, Callout) and one.level == "red"]
    assert "3 of 4 comparisons agree, over 6,557 spikes; 1 was not possible." in red.text
    assert "my_neuron on tensor, open loop, currents, 270 neurons for 200 ms: differs." in plain(red.text)


def test_a_refusal_is_a_row_with_its_sentence(section: Section) -> None:
    row = tables(section)["tab-fidelity-my-neuron"].rows[2]
    assert row[-1].status == "gap"
    assert plain(row[-1].text) == 'not run: the threshold is "v > a and b", no comparison'
    assert {one.text for one in row[4:-1]} == {"-, not run"}


def test_captions_hold_the_versions_the_learners_and_the_digest(section: Section) -> None:
    for name, digest in (("my-neuron", "aaa"), ("my-rule", "bbb")):
        caption = plain(tables(section)[f"tab-fidelity-{name}"].caption.text)
        assert "brian2 2.9.0, numba 0.68.1" in caption
        assert f"simulated by {SPIKING}" in caption
        assert f"Definition {digest}." in caption


def test_learners_outside_of_it_are_named(section: Section) -> None:
    said = [plain(one.text) for one in section.blocks if isinstance(one, Paragraph)]
    assert (
        "surrogate LIF is outside of the certificate: its neuron, lif, is no definition, so Brian2 cannot run it."
        in said
    )
    assert "Without neurons to certify: MLP." in said


def test_all_agreeing_is_a_note_and_no_red(folder: Path) -> None:
    good = [(one, verdict) for one, verdict in CELLS if verdict == "agrees"]
    study = certified(folder, cells=[one for one, _ in good], verdicts={one["key"]: "agrees" for one, _ in good})
    callouts = [one for one in section_of(study).blocks if isinstance(one, Callout)]
    assert [one.level for one in callouts] == ["note"]
    assert "3 of 3 comparisons agree" in callouts[0].text


def test_what_is_missing_is_a_labelled_gap_with_the_command_that_mends_it(folder: Path) -> None:
    study = certified(folder, left_out=["my_rule: not asked yet"])
    (gap,) = [one.text for one in section_of(study).blocks if isinstance(one, Callout) and one.level == "gap"]
    assert "The certificate is not whole: my_rule: not asked yet." in plain(gap)
    assert "`neurocontrast run experiments/digits.toml --jobs 2`" in gap
    (folder / "fidelity.json").unlink()
    (gap,) = [one.text for one in section_of(Study(folder)).blocks if isinstance(one, Callout) and one.level == "gap"]
    assert "Fidelity certificate: -, not made in this study. Give the same command again" in plain(gap)
    assert "`neurocontrast validate fidelity --only NAME`" in gap


def test_a_certificate_of_other_learners_says_so(folder: Path) -> None:
    study = certified(folder, asked="of something else")
    (gap,) = [one.text for one in section_of(study).blocks if isinstance(one, Callout) and one.level == "gap"]
    assert "the learners have changed since it was made" in gap


def test_html_and_pdf_hold_the_same_certificate(section: Section) -> None:
    blocks = tuple(one for one in section.blocks if one in tables(section).values() or isinstance(one, Callout))
    report = Report("Title", "Question?", "Summary.", (dataclasses.replace(section, blocks=blocks),))
    pages = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(render_pdf(report))).pages)
    texts = {"html": squeezed("".join(Words(render_html(report)).parts)), "pdf": squeezed(pages)}
    wanted = [plain(one.text) for table in report.tables for row in table.rows for one in row]
    wanted += [plain(one.text) for one in blocks if isinstance(one, Callout)]
    for block in manuscript(report)["sections"][0]["blocks"]:
        if block["kind"] == "table":
            wanted += ["".join(span["text"] for span in line["spans"]) for line in block["caption"]]
    assert len(wanted) > 40
    for text in texts.values():
        assert [one for one in wanted if squeezed(one) not in text] == []


def test_the_csv_of_a_table_holds_the_full_numbers(section: Section) -> None:
    lines = csv_text(tables(section)["tab-fidelity-my-neuron"]).splitlines()
    assert "1.24e-14" in lines[1]
    assert '"1,698 of 1,700, 3 others"' in lines[2]


def test_reading_a_certificate_imports_no_simulator(folder: Path) -> None:
    certified(folder)
    code = (
        "import sys; from compare.store import Study; from compare.report.sections import learners\n"
        f"from compare.report.sections._material import Material; learners.section(Material(Study({str(folder)!r})))\n"
        "print([m for m in ('torch', 'brian2', 'numba', 'bio', 'ann.learners') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
