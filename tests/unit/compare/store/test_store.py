"""The store: what is written comes back, damage is named, and reading runs no foreign code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from synthetic_study import FAILED, REFUSED, synthetic_plan

from compare import _writing
from compare.errors import EnvironmentFault, StoreError
from compare.store import Record, Study, create_study, pack, remove_leftovers, write_index, write_run


@pytest.fixture
def study_folder(synthetic_study: Study, tmp_path: Path) -> Path:
    """A small study of two runs that a test may damage."""
    plan = {**synthetic_study.plan, "runs": synthetic_study.plan["runs"][:2]}
    create_study(tmp_path / "study", plan=plan, toml="seeds = 1\n", provenance={"python": "3"})
    for planned in plan["runs"]:
        shutil.copytree(synthetic_study.path / "runs" / planned["key"], tmp_path / "study" / "runs" / planned["key"])
    return tmp_path / "study"


def record(**facts: object) -> Record:
    """A record of one run with every kind of file."""
    weights = {"final/w": np.arange(6, dtype=np.float32).reshape(2, 3), "initial/w": np.zeros((2, 3), np.float64)}
    return Record(
        {"key": "k", "status": "done", "message": "", **facts},
        config="seed = 1\n",
        metrics=pd.DataFrame([["k", "xor", "old label", "clean", 1, "test", 8, "accuracy", 0.75, ""]],
                             columns=_writing.METRIC_COLUMNS),
        operations=pd.DataFrame([["inference", "hidden", "MAC", 8.0, 4.0]], columns=_writing.OPERATION_COLUMNS),
        spikes=pd.DataFrame([[0, "input", 3, 0.002]], columns=_writing.SPIKE_COLUMNS),
        arrays=xr.Dataset({"test_target": ("test", np.array([0, 1, 1]), {"quantity": "target", "units": ""})}),
        weights=weights,
        log="INFO fit\n",
    )  # fmt: skip


def one_run_plan(label: str = "MLP") -> dict[str, object]:
    planned = {"key": "k", "label": label, "task": "xor", "input": "clean", "seed": 1}
    return {**synthetic_plan(1), "runs": [planned]}


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    create_study(tmp_path, plan=one_run_plan(), toml="seeds = 1\n", provenance={"python": "3"})
    written = record(flags=["silent"])
    write_run(tmp_path, "k", pack(written))
    (run,) = Study(tmp_path).runs()
    assert run.facts["flags"] == ["silent"]
    assert run.config() == written.config
    assert run.log() == written.log
    pd.testing.assert_frame_equal(run.operations(), written.operations)
    pd.testing.assert_frame_equal(run.spikes(), written.spikes)
    xr.testing.assert_identical(run.arrays(), written.arrays)
    assert set(run.weights()) == set(written.weights)
    for name, array in run.weights().items():
        assert array.dtype == written.weights[name].dtype
        np.testing.assert_array_equal(array, written.weights[name])


def test_a_learner_that_was_renamed_keeps_its_runs_under_the_new_label(tmp_path: Path) -> None:
    create_study(tmp_path, plan=one_run_plan("new label"), toml="", provenance={})
    write_run(tmp_path, "k", pack(record()))
    study = Study(tmp_path)
    assert [run.label for run in study.runs()] == ["new label"]
    assert study.metrics.learner.tolist() == ["new label"]


def test_the_index_tells_done_refused_failed_and_missing_apart(synthetic_study: Study, study_folder: Path) -> None:
    counts = synthetic_study.index.status.value_counts().to_dict()
    assert counts == {"done": 64, "refused": 1, "failed": 1}
    (refused,) = synthetic_study.runs("refused")
    (failed,) = synthetic_study.runs("failed")
    assert (refused.label, refused.input) == REFUSED
    assert (failed.label, failed.input) == FAILED
    assert "NaN" in failed.message
    missing = Study(study_folder).plan["runs"][1]["key"]
    shutil.rmtree(study_folder / "runs" / missing)
    assert Study(study_folder).index.status.tolist() == ["done", "missing"]


def test_runs_are_found_by_label_input_and_seed(synthetic_study: Study) -> None:
    found = synthetic_study.runs(label="MLP", input="clean")
    assert [run.seed for run in found] == [0, 1, 2]
    assert synthetic_study.runs(label="MLP", input="clean", seed=1)[0].facts["seed"] == 1
    assert synthetic_study.runs(label="nobody") == []
    assert len(synthetic_study.runs(None)) == 66


def test_a_failed_run_has_empty_tables_with_the_usual_columns(synthetic_study: Study) -> None:
    (failed,) = synthetic_study.runs("failed")
    assert failed.arrays().sizes == {}
    assert failed.weights() == {}
    assert list(failed.spikes().columns) == _writing.SPIKE_COLUMNS
    assert list(failed.operations().columns) == _writing.OPERATION_COLUMNS
    assert list(failed.metrics().columns) == _writing.METRIC_COLUMNS
    assert failed.description == {}


def test_stimuli_and_their_spikes_come_back(synthetic_study: Study) -> None:
    stimuli = synthetic_study.stimuli("digits")
    assert stimuli.stimulus.dims == ("class_", "channel", "height", "width")
    assert stimuli.raster.shape == (10, 350, 784)
    with pytest.raises(StoreError, match="keeps no stimuli of task 'mnist'"):
        synthetic_study.stimuli("mnist")


def test_the_index_file_can_be_rebuilt(study_folder: Path) -> None:
    write_index(study_folder)
    before = pd.read_parquet(study_folder / "index.parquet")
    (study_folder / "index.parquet").unlink()
    write_index(study_folder)
    pd.testing.assert_frame_equal(pd.read_parquet(study_folder / "index.parquet"), before)
    assert before.status.tolist() == ["done", "done"]


def test_a_folder_that_is_no_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"is not a study: it has no plan\.json") as caught:
        Study(tmp_path)
    assert caught.value.exit_code == 3
    with pytest.raises(StoreError, match="is not a folder"):
        Study(tmp_path / "nothing")


def test_a_study_of_a_newer_format_asks_for_an_update(study_folder: Path) -> None:
    plan = json.loads((study_folder / "plan.json").read_text())
    (study_folder / "plan.json").write_text(json.dumps({**plan, "format": 99}))
    with pytest.raises(StoreError, match="format 99; this version reads up to 1"):
        Study(study_folder)


@pytest.mark.parametrize("name", ["arrays.nc", "metrics.parquet", "weights.safetensors", "log.txt"])
def test_a_file_that_was_cut_short_or_is_missing_is_named(study_folder: Path, name: str) -> None:
    run = study_folder / "runs" / Study(study_folder).plan["runs"][0]["key"]
    (run / name).write_bytes((run / name).read_bytes()[:-1])
    with pytest.raises(
        StoreError, match=rf"{name} is damaged \(it has \d+ bytes, \d+ were written\).*delete its folder"
    ):
        Study(study_folder).runs()
    (run / name).unlink()
    with pytest.raises(StoreError, match=rf"{name} is damaged \(it is missing\)"):
        Study(study_folder).index  # noqa: B018


@pytest.mark.parametrize("name", ["arrays.nc", "metrics.parquet", "weights.safetensors"])
def test_a_file_of_the_right_size_with_other_bytes_is_named_when_it_is_read(study_folder: Path, name: str) -> None:
    run = study_folder / "runs" / Study(study_folder).plan["runs"][0]["key"]
    (run / name).write_bytes(bytes(len((run / name).read_bytes())))
    read = {"arrays.nc": "arrays", "metrics.parquet": "metrics", "weights.safetensors": "weights"}[name]
    with pytest.raises(StoreError, match=f"{name} is damaged"):
        getattr(Study(study_folder).runs()[0], read)()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}'])
def test_a_broken_run_json_is_named(study_folder: Path, text: str) -> None:
    run = study_folder / "runs" / Study(study_folder).plan["runs"][0]["key"]
    (run / "run.json").write_text(text)
    with pytest.raises(StoreError, match=r"run\.json is damaged"):
        Study(study_folder).runs()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentFault, match=r"Cannot write to .*Choose another folder") as caught:
        create_study(tmp_path / "file" / "study", plan=one_run_plan(), toml="", provenance={})
    assert caught.value.exit_code == 4


def test_a_disk_that_fills_up_during_a_run_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_study(tmp_path, plan=one_run_plan(), toml="", provenance={})
    real = _writing._write_flushed

    def full(path: Path, content: bytes) -> None:
        if path.name == "weights.safetensors":
            raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(_writing, "_write_flushed", full)
    with pytest.raises(EnvironmentFault, match="No space left on device"):
        write_run(tmp_path, "k", pack(record()))
    assert list((tmp_path / "runs").iterdir()) == []


def test_replacing_a_run_leaves_the_new_one_alone(tmp_path: Path) -> None:
    create_study(tmp_path, plan=one_run_plan(), toml="", provenance={})
    write_run(tmp_path, "k", pack(record(message="old")))
    write_run(tmp_path, "k", pack(record(message="new")))
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["k"]
    assert Study(tmp_path).runs()[0].message == "new"


@pytest.mark.parametrize("stop_at", [*pack(record()), "rename", "aside"])
def test_a_write_that_is_cut_off_anywhere_leaves_the_old_run_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: str
) -> None:
    """SystemExit stands for a kill: unlike OSError, nothing in the writer cleans up after it."""
    create_study(tmp_path, plan=one_run_plan(), toml="", provenance={})
    write_run(tmp_path, "k", pack(record(message="old")))
    real_write, real_rename = _writing._write_flushed, Path.rename

    def cut_write(path: Path, content: bytes) -> None:
        if path.name == stop_at:
            path.write_bytes(content[: len(content) // 2])
            raise SystemExit
        real_write(path, content)

    def cut_rename(path: Path, target: Path) -> Path:
        going_in = path.name.startswith(_writing.TEMPORARY)
        if stop_at == ("rename" if going_in else "aside"):
            raise SystemExit
        return real_rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(_writing, "_write_flushed", cut_write)
        patched.setattr(Path, "rename", cut_rename)
        with pytest.raises(SystemExit):
            write_run(tmp_path, "k", pack(record(message="new")))
    assert Study(tmp_path).index.status.tolist() == (["missing"] if stop_at == "rename" else ["done"])
    assert [run.message for run in Study(tmp_path).runs()] == ([] if stop_at == "rename" else ["old"])
    assert remove_leftovers(tmp_path) != []
    write_run(tmp_path, "k", pack(record(message="new")))
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["k"]
    assert remove_leftovers(tmp_path) == []


def test_a_leftover_says_what_was_written_and_by_which_process(tmp_path: Path) -> None:
    assert _writing.temporary_name("k").startswith(f".writing-k-{os.getpid()}-")


def test_json_holds_numpy_numbers_and_turns_nan_into_null() -> None:
    value = {"a": np.float32(0.5), "b": np.arange(2), "c": (1, float("nan")), 3: {"x"}, "d": np.inf}
    assert json.loads(_writing.json_bytes(value)) == {"a": 0.5, "b": [0, 1], "c": [1, None], "3": ["x"], "d": None}


def test_nothing_in_a_study_is_pickled(study_folder: Path) -> None:
    signatures = {".parquet": b"PAR1", ".nc": b"\x89HDF", ".json": b"{"}
    for path in study_folder.rglob("*.*"):
        if path.suffix in signatures:
            assert path.read_bytes().startswith(signatures[path.suffix]), path
        else:
            assert path.suffix in (".toml", ".txt", ".safetensors"), path


def test_reading_a_study_imports_neither_torch_nor_brian_nor_numba(synthetic_study: Study) -> None:
    code = (
        "import sys; from compare.store import Study; s = Study(sys.argv[1]); s.index; s.metrics; r = s.runs()[9];"
        "r.arrays(); r.weights(); r.spikes(); s.stimuli('digits');"
        "sys.exit(', '.join({'torch', 'brian2', 'numba'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(synthetic_study.path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
