"""MNIST: where it is looked for, what a damaged file says, and which images a size takes."""

import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks import Mnist
from compare.tasks._files import find_files, folders_of
from compare.tasks._idx import read_idx
from compare.tasks.mnist import GZIPPED_MD5, MIRRORS

HERE = os.environ.get("NEUROCONTRAST_DATA")
real = pytest.mark.skipif(
    HERE is None or not any((folder / "train-images-idx3-ubyte.gz").exists() for folder in folders_of("mnist")),
    reason="MNIST is not on this machine: set NEUROCONTRAST_DATA to the folder that holds mnist/",
)
NAMES = tuple(GZIPPED_MD5)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> Path:
    """A machine without data and without a network."""
    import platformdirs
    import pooch

    def offline(*args, **kwargs):
        raise ConnectionError("Name or service not known")

    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *a, **k: str(tmp_path / "cache"))
    monkeypatch.setattr(pooch, "retrieve", offline)
    return tmp_path


def test_without_data_and_network_the_message_says_where_it_looked_and_where_to_get_it(nowhere):
    with pytest.raises(DataMissing) as caught:
        Mnist().load(0)
    message = str(caught.value)
    for part in (nowhere / "data" / "mnist", nowhere / "data", nowhere / "cache" / "mnist"):
        assert f"\n  {part}" in message
    assert MIRRORS[0] in message
    assert "--data FOLDER" in message
    assert "NEUROCONTRAST_DATA=FOLDER" in message
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("place", ["data/mnist", "data", "cache/mnist"])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_files_are_found_in_each_place_gzipped_or_not(nowhere, place, ending):
    folder = nowhere / place
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / (name.removesuffix(".gz") + ending)).write_bytes(b"")
    assert {path.parent for path in find_files("mnist", NAMES, GZIPPED_MD5, MIRRORS).values()} == {folder}


def test_a_folder_that_lacks_one_file_does_not_count(nowhere):
    folder = nowhere / "data"
    folder.mkdir()
    for name in NAMES[:3]:
        (folder / name).write_bytes(b"")
    with pytest.raises(DataMissing):
        find_files("mnist", NAMES, GZIPPED_MD5, MIRRORS)


def test_the_second_mirror_serves_when_the_first_is_silent(nowhere, monkeypatch):
    import pooch

    def retrieve(url, known_hash, fname, path, downloader):
        if url.startswith(MIRRORS[0]):
            raise ConnectionError("down")
        assert known_hash == f"md5:{GZIPPED_MD5[fname]}"
        return str(Path(path) / fname)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    found = find_files("mnist", NAMES, GZIPPED_MD5, MIRRORS)
    assert found[NAMES[0]] == nowhere / "cache" / "mnist" / NAMES[0]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_an_idx_file_is_read_plain_and_gzipped(tmp_path, pack):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    path = tmp_path / "some-idx3-ubyte"
    path.write_bytes(pack(idx(array)))
    assert np.array_equal(read_idx(path), array)


def test_a_truncated_idx_file_is_named_with_expected_and_found_bytes(tmp_path):
    path = tmp_path / "t10k-images-idx3-ubyte"
    path.write_bytes(idx(np.zeros((10, 28, 28)))[:-1000])
    with pytest.raises(EnvironmentFault, match=r"t10k-images-idx3-ubyte is damaged.*7,856 bytes.* 6,856 bytes"):
        read_idx(path)


def test_a_truncated_gzip_file_is_named_with_expected_and_found_bytes(tmp_path):
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    noise = np.random.default_rng(0).integers(0, 256, (10, 28, 28))
    path.write_bytes(gzip.compress(idx(noise))[:-2000])
    with pytest.raises(EnvironmentFault, match=r"\.gz is damaged: its header announces 7,856 bytes .* \d,\d+ bytes"):
        read_idx(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "at least 4 bytes, 0 bytes"),
        (b"\x00\x00\x08\x03\x00\x00", "needs 16 bytes, 6 bytes"),
        (b"<html>not found</html>", "3c 68 74 6d.*00 00 08"),
        (b"\x1f\x8b\x00garbage garbage", "not valid gzip"),
        (idx(np.zeros((2, 2))) + b"xx", r"announces 16 bytes \(axes \(2, 2\)\), 18 bytes"),
    ],
)
def test_what_is_not_idx_says_what_it_is(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=message):
        read_idx(path)


def test_other_content_of_the_right_size_is_refused_by_its_checksum(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(idx(np.zeros((2, 2))))
    with pytest.raises(EnvironmentFault, match="expected 6bbc9ace898e44ae57da46a324031adb"):
        read_idx(path, "6bbc9ace898e44ae57da46a324031adb")


@pytest.mark.parametrize("options", [{"train": 0}, {"train": 60_000}, {"validation": 60_000}, {"test": 10}])
def test_impossible_sizes_are_refused(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} = {next(iter(options.values()))}"):
        Mnist(**options)


@real
def test_a_smaller_training_set_lies_inside_a_larger_one_with_the_same_validation_and_test():
    small, large = Mnist(train=300, validation=100).load(0), Mnist(train=900, validation=100).load(0)
    inside = {image.tobytes() for image in large.train[0]}
    assert all(image.tobytes() in inside for image in small.train[0])
    assert np.array_equal(small.validation[0], large.validation[0])
    assert np.array_equal(small.test[0], large.test[0])
    assert np.bincount(small.probe[1], minlength=10).min() >= 17


@real
def test_the_test_set_is_the_published_one_in_its_order():
    split = Mnist(train=100, validation=100).load(0)
    assert split.test[0].shape == (10_000, 1, 28, 28)
    assert split.test[1][:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
