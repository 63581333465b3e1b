"""How a user's own samples are divided, and how a path and a pinned content are taken."""

import hashlib
import subprocess

import numpy as np
import pytest

from compare.errors import ConfigurationError, DataMissing, EnvironmentFault
from compare.tasks import NpzFile
from compare.tasks._own_files import content_sha256, own_file, own_folder
from compare.tasks._own_parts import divided, refuse_thin_classes

LABELS = np.repeat([0, 1, 2], [60, 30, 10])


def test_without_wishes_a_fifth_judges_a_fifth_chooses_and_the_rest_teaches():
    parts = divided(NpzFile(), LABELS)
    assert {which: len(indices) for which, indices in parts.items()} == {"train": 60, "validation": 20, "test": 20}
    assert sorted(np.concatenate(list(parts.values()))) == list(range(100))
    assert np.bincount(LABELS[parts["test"]]).tolist() == [12, 6, 2]


def test_a_smaller_training_set_lies_inside_a_larger_one_and_the_test_set_stays():
    large, small = divided(NpzFile(), LABELS), divided(NpzFile(train=20, validation=20), LABELS)
    assert set(small["train"]) < set(large["train"])
    assert small["test"].tolist() == large["test"].tolist()
    assert set(small["validation"]) == set(large["validation"])


def test_a_test_part_of_the_data_alone_judges():
    parts = divided(NpzFile(), LABELS, own_test=40)
    assert sorted(parts["test"]) == list(range(60, 100))
    assert len(parts["validation"]) == 12
    assert len(parts["train"]) == 48
    assert len(divided(NpzFile(test=10), LABELS, own_test=40)["test"]) == 10


@pytest.mark.parametrize(
    ("task", "labels", "own_test", "message"),
    [
        (NpzFile(), LABELS[:4], 0, "have 4 samples, too few for train = 4, validation = 0, test = 0"),
        (NpzFile(train=90), LABELS, 0, "have 100 samples, too few for train = 90, validation = 20, test = 20"),
        (NpzFile(train=60), LABELS, 40, "60 samples beside their test part, too few for train = 60, validation = 12"),
        (NpzFile(test=41), LABELS, 40, "has 40 samples, too few for .*test = 41"),
    ],
)
def test_too_few_samples_for_the_parts_are_counted_in_the_message(task, labels, own_test, message):
    with pytest.raises(ConfigurationError, match=message):
        divided(task, labels, own_test)


def test_one_class_and_a_class_that_a_part_lacks_are_refused_by_name():
    labels = np.repeat([0, 1], [50, 1])
    parts = divided(NpzFile(), labels)
    with pytest.raises(
        EnvironmentFault, match="class 'dog' has too few samples, 1: none falls into the test part of 10"
    ):
        refuse_thin_classes(["cat", "dog"], labels, parts, "Add some.")
    with pytest.raises(EnvironmentFault, match=r"one class only, cat; two are needed\. Add some"):
        refuse_thin_classes(["cat"], labels * 0, parts, "Add some.")


@pytest.mark.parametrize("options", [{"train": 0}, {"validation": -1}, {"test": 0}, {"sha256": "abc"}])
def test_options_without_meaning_are_refused(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} = "):
        NpzFile(**options)


def test_a_relative_path_is_looked_for_in_the_data_folder_then_where_the_command_runs(tmp_path, monkeypatch):
    data, here = tmp_path / "data", tmp_path / "here"
    for folder in (data, here):
        folder.mkdir()
        (folder / "both.npz").write_bytes(b"")
    (here / "mine.npz").write_bytes(b"")
    monkeypatch.chdir(here)
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(data))
    assert own_file("npz_file", "both.npz") == data / "both.npz"
    assert own_file("npz_file", "mine.npz") == here / "mine.npz"
    assert own_file("npz_file", str(here / "both.npz")) == here / "both.npz"
    monkeypatch.delenv("NEUROCONTRAST_DATA")
    assert own_file("npz_file", "both.npz") == here / "both.npz"


def test_an_absent_path_is_told_with_all_the_places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path / "data"))
    with pytest.raises(DataMissing) as caught:
        own_folder("image_folder", "pets")
    for part in (f"\n  {tmp_path / 'data' / 'pets'}\n", f"\n  {tmp_path / 'pets'}\n", "--data FOLDER"):
        assert part in str(caught.value)


def test_a_folder_is_no_file_and_a_file_no_folder(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(EnvironmentFault, match="is a folder"):
        own_file("csv_file", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="is a file"):
        own_folder("image_folder", str(tmp_path / "x"))


def test_the_checksum_of_a_folder_is_that_of_sha256sum_s_list(tmp_path):
    (tmp_path / "b").mkdir()
    files = [tmp_path / "b" / "2", tmp_path / "a"]
    for path in files:
        path.write_bytes(path.name.encode())
    listed = subprocess.run(["sha256sum", "a", "b/2"], cwd=tmp_path, capture_output=True, check=True).stdout
    assert content_sha256(files, tmp_path) == hashlib.sha256(listed).hexdigest()
    assert content_sha256([files[1]], files[1]) == hashlib.sha256(b"a").hexdigest()
