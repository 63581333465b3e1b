"""N-MNIST: read from its unpacked folders, as many files as are asked for."""

import struct
from pathlib import Path

import numpy as np
import pytest

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks import NMnist
from compare.testing import check_task

WHOLE = {"train": None, "validation": 20, "test": None}


def draw(part: str, number: int) -> np.ndarray:
    """Events (event, 4) of time_us, x, y, polarity."""
    generator = np.random.default_rng([len(part), number])
    times = np.sort(generator.integers(0, 310_000, 50))
    return np.stack([times, *(generator.integers(0, size, 50) for size in (34, 34, 2))], axis=1)


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """A data folder with 100 + 200 recordings in the published form, and a task that expects these."""
    for part, count in (("Train", 100), ("Test", 200)):
        for number in range(count):
            folder = tmp_path / "n_mnist" / part / str(number % 10)
            folder.mkdir(parents=True, exist_ok=True)
            rows = draw(part, number).tolist()
            content = b"".join(struct.pack(">BB", x, y) + (p << 23 | t).to_bytes(3, "big") for t, x, y, p in rows)
            (folder / f"{number:05d}.bin").write_bytes(content)
    monkeypatch.setattr(NMnist, "published", (100, 200))
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path))
    return tmp_path / "n_mnist"


def test_it_keeps_what_a_task_promises(small):
    check_task(NMnist(**WHOLE))
    check_task(NMnist(pool=2, steps=30, most=2, train=30, validation=10, test=200))


def test_frames_are_the_events_of_each_file_in_its_class(small):
    split = NMnist(most=9, **WHOLE).load(0)
    expected = set()
    for number in range(200):
        time, x, y, p = draw("Test", number).T
        bins = [np.arange(16) * 20_000, *(np.arange(size + 1) for size in (2, 34, 34))]
        inside = time < 300_000
        counts = np.histogramdd(np.stack([time, p, y, x], 1)[inside], bins=bins)[0].reshape(15, -1)
        expected.add(((np.minimum(counts, 9) / 9).astype(np.float32).tobytes(), number % 10))
    assert {(x.tobytes(), int(label)) for x, label in zip(*split.test, strict=True)} == expected


def test_facts_are_known_without_files_and_defaults_fit_into_a_gigabyte_and_a_bit():
    facts = NMnist().facts()
    assert facts.examples == {"train": 5_000, "validation": 1_000, "test": 2_000}
    assert (facts.axes, facts.shape) == (("time", "feature"), (15, 2312))
    size = 4 * sum(facts.examples.values()) * 15 * 2312
    assert size == pytest.approx(1.1e9, rel=0.01)
    assert NMnist(train=None, test=None).facts().examples == {"train": 59_000, "validation": 1_000, "test": 10_000}


def test_an_archive_that_was_unpacked_in_part_is_refused(small):
    (small / "Test" / "3" / "00003.bin").unlink()
    with pytest.raises(EnvironmentFault, match=r"Test holds 199 recordings .*expected 200\. Unpack"):
        NMnist(**WHOLE).load(0)


def test_where_it_is_absent_the_message_says_where_to_get_it(tmp_path, monkeypatch):
    import platformdirs

    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path))
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *a, **k: str(tmp_path / "cache"))
    with pytest.raises(DataMissing, match=r"(?s)n_mnist\n.*garrickorchard.*not downloaded by themselves"):
        NMnist().load(0)


@pytest.mark.parametrize(
    "options", [{"pool": 0}, {"validation": 0}, {"train": 60_000}, {"test": 10}, {"steps": 0}, {"validation": 60_000}]
)
def test_impossible_sizes_are_refused(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} = {next(iter(options.values()))}"):
        NMnist(**options)
