"""A user's own event recordings: AEDAT and ATIS files in a folder for each class."""

import struct
from pathlib import Path

import numpy as np
import pytest

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks import EventFolder
from compare.testing import check_task

SMALL = {"width": 16, "height": 12, "pool": 2, "steps": 4, "duration": "40 ms"}


def draw(seed: int, n: int = 60) -> np.ndarray:
    """Events (event, 4) of time_us, x, y, polarity; the first at 1 s by the camera's clock."""
    generator = np.random.default_rng(seed)
    times = np.sort(generator.integers(0, 40_000, n))
    times[0] = 0
    return np.stack([times + 1_000_000, *(generator.integers(0, size, n) for size in (16, 12, 2))], axis=1)


def atis(events: np.ndarray) -> bytes:
    return b"".join(struct.pack(">BB", x, y) + (p << 23 | t).to_bytes(3, "big") for t, x, y, p in events.tolist())


def aedat(events: np.ndarray) -> bytes:
    n = len(events)
    head = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#!END-HEADER\r\n" + struct.pack("<hhiiiiii", 1, 1, 8, 4, 0, n, n, n)
    return head + b"".join(struct.pack("<Ii", x << 17 | y << 2 | p << 1 | 1, t) for t, x, y, p in events.tolist())


@pytest.fixture
def gestures(tmp_path) -> Path:
    for label, name in enumerate(("wave", "clap")):
        (tmp_path / "own" / name).mkdir(parents=True)
        for number in range(10):
            write, ending = (atis, "bin") if number % 2 else (aedat, "AEDAT")
            (tmp_path / "own" / name / f"{number}.{ending}").write_bytes(write(draw(10 * label + number)))
    return tmp_path / "own"


def test_it_keeps_what_a_task_promises(gestures):
    changed = gestures / "wave" / "1.bin"
    check_task(EventFolder(folder=str(gestures), **SMALL), change=lambda: changed.write_bytes(atis(draw(99))))


def test_frames_are_the_events_since_the_first_of_the_recording(gestures):
    split = EventFolder(folder=str(gestures), most=255, **SMALL).load(0)
    expected = set()
    for seed in range(20):
        time, x, y, p = draw(seed).T
        sample = ((time - 1_000_000) // 10_000, p, y // 2, x // 2)
        counts = np.histogramdd(np.stack(sample, 1), bins=[np.arange(size + 1) for size in (4, 2, 6, 8)])[0]
        expected.add(((counts.reshape(4, -1) / 255).astype(np.float32).tobytes(), int(seed < 10)))  # clap sorts first
    found = {
        (sample.tobytes(), int(label))
        for X, y in (split.train, split.validation, split.test)
        for sample, label in zip(X, y, strict=True)
    }
    assert found == expected


def test_facts_are_known_without_reading_a_recording(gestures):
    for path in gestures.rglob("*.*"):
        path.write_bytes(b"")
    facts = EventFolder(folder=str(gestures), **SMALL).facts()
    assert (facts.axes, facts.shape, facts.classes) == (("time", "feature"), (4, 2 * 6 * 8), 2)


def test_a_recording_without_events_is_a_sample_without_events(gestures):
    (gestures / "clap" / "1.bin").write_bytes(b"")
    split = EventFolder(folder=str(gestures), **SMALL).load(0)
    silent = [int((X.reshape(len(X), -1).sum(1) == 0).sum()) for X, _ in (split.train, split.validation, split.test)]
    assert sum(silent) == 1


def test_a_sensor_that_is_larger_than_told_is_refused(gestures):
    with pytest.raises(EnvironmentFault, match=r"events at x = .*expected 0 to 7"):
        EventFolder(folder=str(gestures), **(SMALL | {"width": 8})).load(0)


def test_a_damaged_recording_an_empty_class_and_an_absent_folder_are_named(gestures):
    (gestures / "clap" / "1.bin").write_bytes(b"xyz")
    with pytest.raises(EnvironmentFault, match=r"clap/1\.bin is damaged"):
        EventFolder(folder=str(gestures), **SMALL).load(0)
    (gestures / "bow").mkdir()
    with pytest.raises(EnvironmentFault, match=r"'bow' is empty: .* holds no \.aedat or \.bin"):
        EventFolder(folder=str(gestures)).facts()
    with pytest.raises(DataMissing, match="folder = 'nowhere'"):
        EventFolder(folder="nowhere").facts()


@pytest.mark.parametrize("options", [{"width": 0}, {"pool": 0}, {"steps": 0}, {"train": 0}])
def test_options_without_meaning_are_refused(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} = 0"):
        EventFolder(**options)
