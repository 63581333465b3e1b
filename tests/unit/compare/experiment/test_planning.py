"""A run's key holds the content of the user's own files, and of nothing else that has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from compare import Experiment
from compare.errors import EnvironmentFault
from compare.planning import check_unchanged, fingerprint_of
from compare.tasks import XOR, CsvFile

LOGISTIC = {"logistic": {"type": "classifier", "model": "logistic"}}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text("x,y\n" + "".join(f"{n / 100},{n % 2}\n" for n in range(100)))
    return path


def planned(*tasks: Any) -> list[tuple[str, str | None]]:
    """Key and fingerprint of each run."""
    experiment = Experiment(question="Which?", tasks=list(tasks), learners=LOGISTIC, seeds=[3], inputs=["clean"])
    return [(run.key, run.fingerprint) for run in experiment.plan()]


def test_keys_of_tasks_without_own_files_are_what_they_were() -> None:
    # Noted before fingerprints came. A version of a part or an option may change a key, nothing else.
    experiment = Experiment(question="Which?", tasks=["xor"], learners=LOGISTIC, seeds=[3])
    assert {run.input: run.key for run in experiment.plan()} == {
        "encoded": "d1460b1bfcce5591b5f8c02741be6b2556980318937b4d1997bf54472b0f5919",
        "clean": "bc65f061677a63a3c54a7753998b233ad855eb96156453040eb66919cdcb2de5",
    }
    assert all("fingerprint" not in task for task in experiment.as_plan_dict()["tasks"])


def test_a_changed_table_is_a_new_key_and_the_old_content_the_old_key(table: Path) -> None:
    own, text = {"type": "csv_file", "file": str(table)}, table.read_text()
    before = planned(own, "xor")
    table.write_text(text.replace("0.5,0", "0.6,0"))
    after = planned(own, "xor")
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, False]
    table.write_text(text)
    assert planned(own, "xor") == before


def test_a_renamed_image_is_another_key_though_the_names_of_classes_stay(tmp_path: Path) -> None:
    for number in range(20):
        (folder := tmp_path / "ab"[number % 2]).mkdir(exist_ok=True)
        Image.fromarray(np.full((4, 4), 10 * number, np.uint8)).save(folder / f"{number}.png")
    own = {"type": "image_folder", "folder": str(tmp_path), "size": 4}
    before = planned(own)
    (tmp_path / "a" / ".hidden.png").write_bytes(b"is not read")
    assert planned(own) == before
    (tmp_path / "a" / "0.png").rename(tmp_path / "a" / "1.png")  # its place in the order, and so its part, may change
    assert planned(own) != before


def test_the_plan_keeps_the_fingerprint_that_sha256_would_pin(table: Path) -> None:
    own = CsvFile(file=str(table))
    kept = Experiment(question="Which?", tasks=[own], learners=LOGISTIC, seeds=1).as_plan_dict()["tasks"][0]
    assert kept["fingerprint"] == own.fingerprint()
    CsvFile(file=str(table), sha256=kept["fingerprint"]).load(0)


def test_data_that_changed_after_planning_are_refused(table: Path) -> None:
    task = CsvFile(file=str(table))
    then = fingerprint_of(task)
    check_unchanged(task, then)
    check_unchanged(XOR(), fingerprint_of(XOR()))
    table.write_text(table.read_text() + "0.5,1\n")
    with pytest.raises(EnvironmentFault, match="data of task csv_file were changed while the study ran"):
        check_unchanged(task, then)
