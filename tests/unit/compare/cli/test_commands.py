"""Commands that only look: what they say about parts, studies and the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compare.cli import doctor
from compare.cli._app import answer
from compare.cli._result import _cell, verdict_sentences
from compare.cli.doctor import Finding
from compare.scores import Score

if TYPE_CHECKING:
    from compare.store import Study

EXPERIMENT = """question = "Is it linear?"
seeds = 1
tasks = ["xor"]

[learners.logistic]
type = "classifier"
model = "logistic"
"""
Capture = pytest.CaptureFixture[str]


def test_list_names_every_kind(capsys: Capture) -> None:
    assert answer(["list"]) == 0
    shown = capsys.readouterr().out
    for name in ("tasks", "learners", "models", "rules", "neurons", "encoders", "metrics", "measures"):
        assert f" {name} " in shown
    assert "backprop " in shown
    assert "Handwritten digits" in shown


def test_list_of_one_kind_shows_only_that(capsys: Capture) -> None:
    assert answer(["list", "tasks"]) == 0
    shown = capsys.readouterr().out
    assert "digits" in shown
    assert "backprop" not in shown


def test_list_shows_where_a_plugins_part_comes_from(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compare.catalogue._plugins", {})
    path = tmp_path / "mine.py"
    path.write_text('import ann\nclass Mine(ann.MLP):\n    """My recipe."""\n    name = "mine"\n')
    assert answer(["list", "models", "--plugin", str(path)]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "My recipe" in line)
    assert line.split() == ["mine", "My", "recipe", "mine.py"]


def test_list_of_an_unknown_kind_is_a_usage_error(capsys: Capture) -> None:
    assert answer(["list", "modls"]) == 2
    assert 'no list of "modls". Did you mean "models"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["lst"], ["run"], ["list", "--nothing"], ["run", "a.toml", "--jobs", "many"]], ids=str
)
def test_a_command_typed_wrongly_ends_with_code_2(words: list[str], capsys: Capture) -> None:
    assert answer(words) == 2


def test_show_counts_runs_and_says_why_some_are_not_done(synthetic_study: Study, capsys: Capture) -> None:
    assert answer(["show", str(synthetic_study.path)]) == 0
    shown = capsys.readouterr().out
    index = synthetic_study.index
    counts = {state: int((index["status"] == state).sum()) for state in ("done", "refused", "failed")}
    assert all(counts.values())
    assert (
        f"{counts['done']} done, {counts['refused']} refused, {counts['failed']} failed of {len(index)} runs" in shown
    )
    for status in ("refused", "failed"):
        run = synthetic_study.runs(status)[0]
        assert f"{status} {run.label} on {run.task}" in shown
        assert run.message.split(".")[0] in shown


def test_show_one_run_gives_its_numbers_its_config_and_its_log(synthetic_study: Study, capsys: Capture) -> None:
    run = synthetic_study.runs()[0]
    assert answer(["show", str(synthetic_study.path), run.key[:16]]) == 0
    shown = capsys.readouterr().out
    assert run.key in shown
    assert "accuracy" in shown
    assert run.config().splitlines()[0] in shown
    assert run.log().splitlines()[-1] in shown


def test_show_takes_a_label(synthetic_study: Study, capsys: Capture) -> None:
    run = synthetic_study.runs()[0]
    assert answer(["show", str(synthetic_study.path), run.label]) == 0
    assert run.key in capsys.readouterr().out


def test_show_of_an_unknown_or_ambiguous_run_is_a_usage_error(synthetic_study: Study, capsys: Capture) -> None:
    assert answer(["show", str(synthetic_study.path), "no such run"]) == 2
    assert 'There is no run "no such run"' in capsys.readouterr().err
    assert answer(["show", str(synthetic_study.path), ""]) == 2
    assert "runs have a key that begins with" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["show", "report"])
def test_a_folder_that_is_no_study_ends_with_code_3(command: str, tmp_path: Path, capsys: Capture) -> None:
    assert answer([command, str(tmp_path)]) == 3
    assert "is not a study: it has no plan.json" in capsys.readouterr().err


def test_an_error_is_one_message_and_debug_adds_the_traceback(tmp_path: Path, capsys: Capture) -> None:
    assert answer(["show", str(tmp_path)]) == 3
    assert "Traceback" not in capsys.readouterr().err
    assert answer(["show", str(tmp_path), "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_message_with_brackets_is_shown_as_it_is(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "[bold]x"
    folder.mkdir()
    answer(["show", str(folder)])
    assert "[bold]x" in capsys.readouterr().err


def test_doctor_ends_with_0_where_all_is_in_order_and_4_where_not(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    fine, bad = Finding("torch", True, "2.13"), Finding("typst", False, "absent", "pip install typst")
    optional = Finding("compiler", False, "none", "apt install g++", needed=False)
    monkeypatch.setattr(doctor, "examine", lambda: [fine, optional])
    assert answer(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "All that is needed is in order." in shown
    assert "apt install g++" in shown
    monkeypatch.setattr(doctor, "examine", lambda: [fine, bad])
    assert answer(["doctor"]) == 4
    captured = capsys.readouterr()
    assert "pip install typst" in captured.out
    assert "Not in order: typst" in captured.err


def test_doctor_finds_a_missing_library_a_missing_folder_and_an_unwritable_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor._library("no-such-library").mend == "pip install -c constraints.txt no-such-library"
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path / "none"))
    assert not doctor._data().fine
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path))
    assert doctor._data().fine
    (tmp_path / "file").write_text("")
    assert not doctor._writable("folder", tmp_path / "file").fine


def test_a_check_that_breaks_is_a_finding_with_a_remedy() -> None:
    def _broken() -> Finding:
        raise OSError("libfoo.so is missing")

    found = doctor._tried(_broken)
    assert (found.what, found.fine, found.found) == ("broken", False, "OSError: libfoo.so is missing")
    assert found.mend


def test_the_verdicts_are_told_for_the_named_contrasts(synthetic_study: Study) -> None:
    sentences = verdict_sentences(synthetic_study, "digits")
    assert len(sentences) == len(synthetic_study.plan["contrasts"])
    for (a, b), sentence in zip(synthetic_study.plan["contrasts"], sentences, strict=True):
        assert a in sentence
        assert b in sentence


def test_a_cell_has_mean_interval_and_n_and_a_dash_where_nothing_ran() -> None:
    assert _cell([], Score()) == "-"
    assert _cell([0.5], Score()) == "50.0 % (n = 1)"
    assert _cell([2.5], Score("mean_squared_error", "target²", "lower", percent=False)) == "2.5 target² (n = 1)"
    assert _cell([0.5, 0.6, 0.7], Score()) == "60.0 % (35.2 to 84.8, n = 3)"  # 0.6 ± 4.303 * 0.1 / sqrt(3)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["run", "none.toml"], 3, "none.toml cannot be read"),
        (["run", "tiny.toml", "--seeds", "0"], 3, "-s seeds=0  seeds = 0 runs nothing"),
        (["run", "tiny.toml", "-s", "rule.x=1"], 3, "the experiment has no"),
        (["run", "tiny.toml", "--jobs", "0"], 2, "--jobs 0 cannot run anything"),
        (["run", "tiny.toml", "--data", "nowhere"], 2, "--data nowhere is not a folder"),
        (["run", "tiny.toml", "--plugin", "none.py"], 3, "The plugin none.py cannot be read"),
        (["run", "tiny.toml", "--out", "tiny.toml"], 3, "is a file. Give a folder for the study"),
        (["run", "broken.toml"], 3, 'broken.toml:2  An experiment has no "sedes"'),
        (["show", "nowhere"], 3, "nowhere is not a folder"),
        (["run"], 2, "file"),
    ],
)
def test_what_goes_wrong_has_one_message_and_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, words: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.toml").write_text(EXPERIMENT)
    (tmp_path / "broken.toml").write_text(EXPERIMENT.replace("seeds", "sedes", 1))
    assert answer(words) == code
    assert message in capsys.readouterr().err
