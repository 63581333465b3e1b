"""Spiking Heidelberg Digits: read from HDF5, gzipped or not, and checked."""

import gzip
import hashlib
from pathlib import Path

import h5py
import numpy as np
import pytest

from compare.errors import EnvironmentFault
from compare.tasks import Shd, shd
from compare.testing import check_task

WHOLE = {"validation": 40, "test": None}


def draw(part: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Times in s (float16, as published) and channels of one recording."""
    generator = np.random.default_rng([len(part), number])
    return np.sort(generator.random(80) * 1.39).astype(np.float16), generator.integers(0, 700, 80).astype(np.uint16)


def write(path: Path, part: str, count: int) -> None:
    recordings = [draw(part, number) for number in range(count)]
    with h5py.File(path, "w") as file:
        for place, (name, kind) in enumerate((("times", np.float16), ("units", np.uint16))):
            data = file.create_dataset(f"spikes/{name}", (count,), dtype=h5py.vlen_dtype(kind))
            for number in range(count):
                data[number] = recordings[number][place]
        file["labels"] = (np.arange(count) % 20).astype(np.uint16)


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """A data folder with 200 + 240 recordings in the published form, and a task that expects these."""
    (tmp_path / "shd").mkdir()
    for part, count in (("train", 200), ("test", 240)):
        write(tmp_path / "shd" / f"shd_{part}.h5", part, count)
    monkeypatch.setattr(Shd, "published", (200, 240))
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path))
    return tmp_path / "shd"


def test_it_keeps_what_a_task_promises(small):
    check_task(Shd(**WHOLE))
    check_task(Shd(units=70, steps=20, most=4, train=80, validation=20, test=200))


def test_frames_are_the_spikes_of_each_recording_in_its_class(small):
    split = Shd(most=3, **WHOLE).load(0)
    expected = set()
    for number in range(240):
        times, channels = draw("test", number)
        bins = [np.arange(101) * 14_000, np.arange(141) * 5]
        whole_us = (times.astype(float) * 1e6).round()
        counts = np.histogram2d(whole_us, channels.astype(float), bins=bins)[0]
        expected.add(((np.minimum(counts, 3) / 3).astype(np.float32).tobytes(), number % 20))
    assert {(x.tobytes(), int(label)) for x, label in zip(*split.test, strict=True)} == expected


def test_gzipped_files_are_checked_by_their_published_md5(small, monkeypatch):
    before, digests = Shd(**WHOLE).load(0).checksum, {}
    for name in shd.GZIPPED_MD5:
        plain = small / name.removesuffix(".gz")
        (small / name).write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
        digests[name] = hashlib.md5((small / name).read_bytes()).hexdigest()
    with pytest.raises(
        EnvironmentFault, match=r"shd_train\.h5\.gz is damaged.*expected d47c9825dee33347913e8ce0f2be08b0"
    ):
        Shd(**WHOLE).load(0)
    monkeypatch.setattr(shd, "GZIPPED_MD5", digests)
    assert Shd(**WHOLE).load(0).checksum == before


def test_facts_are_known_without_files():
    facts = Shd().facts()
    assert (facts.axes, facts.shape, facts.classes) == (("time", "feature"), (100, 140), 20)
    assert facts.examples == {"train": 7_156, "validation": 1_000, "test": 2_264}


def test_files_of_another_form_or_size_are_named(small):
    path = small / "shd_test.h5"
    write(path, "test", 239)
    with pytest.raises(EnvironmentFault, match=r"shd_test\.h5 is damaged.*239 recordings; expected 240"):
        Shd(**WHOLE).load(0)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(EnvironmentFault, match="spikes/times, spikes/units and labels cannot be read"):
        Shd(**WHOLE).load(0)
    with h5py.File(path, "w") as file:
        file["labels"] = np.zeros(3)
    with pytest.raises(EnvironmentFault, match="units and labels cannot be read"):
        Shd(**WHOLE).load(0)
    path.write_bytes(b"not HDF5")
    with pytest.raises(EnvironmentFault, match=r"shd_test\.h5 is damaged"):
        Shd(**WHOLE).load(0)


def test_a_channel_beyond_the_700_is_refused(small):
    with h5py.File(small / "shd_test.h5", "r+") as file:
        file["spikes/units"][7] = np.array([700], np.uint16)
    with pytest.raises(EnvironmentFault, match="channels reach 700"):
        Shd(**WHOLE).load(0)


@pytest.mark.parametrize(
    "options", [{"units": 0}, {"units": 300}, {"validation": 3}, {"train": 8_000}, {"test": 100}, {"most": 0}]
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} = {next(iter(options.values()))}"):
        Shd(**options)
