"""Fashion-MNIST: read as MNIST is, from files that are its own."""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks import FashionMnist, Mnist, _idx_images
from compare.tasks.fashion_mnist import GZIPPED_MD5, MIRRORS, UNZIPPED_MD5
from compare.testing import check_task

NAMES = tuple(GZIPPED_MD5)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """A data folder with 300 + 250 random images in the published format, and a task that expects these."""
    draw = np.random.default_rng(0)
    arrays = [draw.integers(0, 256, (n, 28, 28)) for n in (300, 250)]
    labels = [np.arange(n) % 10 for n in (300, 250)]
    contents = [idx(arrays[0]), idx(labels[0]), idx(arrays[1]), idx(labels[1])]
    folder = tmp_path / "fashion_mnist"
    folder.mkdir()
    for name, content in zip(NAMES, contents, strict=True):
        (folder / name).write_bytes(gzip.compress(content))
    digests = {name: hashlib.md5(content).hexdigest() for name, content in zip(NAMES, contents, strict=True)}
    monkeypatch.setattr(FashionMnist, "unzipped_md5", digests)
    monkeypatch.setattr(_idx_images, "POOL", 300)
    monkeypatch.setattr(_idx_images, "TEST", 250)
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path))
    return tmp_path


def test_it_keeps_what_a_task_promises(small):
    check_task(FashionMnist(validation=50))


def test_images_and_labels_are_those_of_the_files(small):
    split = FashionMnist(validation=50).load(0)
    images = np.random.default_rng(0).integers(0, 256, (300, 28, 28)).astype(np.float32) / np.float32(255)
    place = {image.tobytes(): i for i, image in enumerate(images)}
    assert [place[x.tobytes()] % 10 for x in split.train[0]] == split.train[1].tolist()
    assert len({place[x.tobytes()] for x in np.concatenate([split.train[0], split.validation[0]])}) == 300


def test_where_it_is_absent_the_message_names_its_own_folder_and_where_to_get_it(tmp_path, monkeypatch):
    import platformdirs
    import pooch

    def offline(*args, **kwargs):
        raise ConnectionError("Name or service not known")

    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path))
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *a, **k: str(tmp_path / "cache"))
    monkeypatch.setattr(pooch, "retrieve", offline)
    with pytest.raises(DataMissing) as caught:
        FashionMnist().load(0)
    assert f"{tmp_path / 'fashion_mnist'}\n" in str(caught.value)
    assert MIRRORS[0] in str(caught.value)


def test_mnist_files_beside_it_are_not_taken_for_damaged_ones_to_delete(small):
    for name in NAMES:
        (small / "fashion_mnist" / name).rename(small / name)
    with pytest.raises(
        EnvironmentFault, match=r"another data set in MNIST's format.* keep it .*put those of mnist into"
    ):
        Mnist(validation=50).load(0)


def test_a_file_that_is_not_the_published_one_is_named_with_both_checksums(small, monkeypatch):
    monkeypatch.setattr(FashionMnist, "unzipped_md5", UNZIPPED_MD5)
    with pytest.raises(
        EnvironmentFault, match=r"train-images-idx3-ubyte\.gz is damaged.*f4a8712d7a061bf5bd6d2ca38dc4d50a"
    ):
        FashionMnist(validation=50).load(0)


def test_its_order_is_not_that_of_mnist(small):
    """The names draw the orders, so a learner sees the two data sets in unrelated orders."""
    split = FashionMnist(validation=50).load(0)
    order = _idx_images.stratified_order(np.arange(300) % 10, "mnist train")[50:]
    assert split.train[1].tolist() != (_idx_images.shuffled(order, "mnist train") % 10).tolist()
