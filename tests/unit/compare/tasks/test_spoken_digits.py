"""Spoken digits: made recordings whose tones and lengths say what they are, found, read, divided and scaled."""

import hashlib
import io
import os
import wave
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from compare.errors import DataMissing, EnvironmentFault
from compare.tasks import SpokenDigits, _fsdd
from compare.tasks._fsdd import SPEAKERS, names
from compare.tasks._mel import MelBank
from compare.testing.tasks import check_task

HERE = os.environ.get("NEUROCONTRAST_DATA")
real = pytest.mark.skipif(
    HERE is None or not (Path(HERE) / "fsdd" / "recordings" / "0_george_0.wav").exists(),
    reason="FSDD is not on this machine: set NEUROCONTRAST_DATA to the folder that holds fsdd/recordings",
)
CENTRES = MelBank().edges_hz[1:-1]


def tones(digit: int, who: int, take: int) -> np.ndarray:
    """A tone in band 2 + 2 digit, a softer one in band 26 + 2 who; 3 + take windows long."""
    t = np.arange(200 + 80 * (2 + take)) / 8000
    loud, soft = (np.sin(2 * np.pi * CENTRES[band] * t) for band in (2 + 2 * digit, 26 + 2 * who))
    return 0.5 * loud + 0.25 * soft


def wav(sound: np.ndarray, rate: int = 8000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def decoded(X: np.ndarray) -> list[tuple[int, int, int]]:
    """Digit, speaker and take that each sample's bands and length say."""
    mean = X.sum(1)
    digits, who = mean[:, :24].argmax(1) / 2 - 1, (mean[:, 25:].argmax(1) - 1) / 2
    takes = (X.max(2) > 0).sum(1) - 3
    return [(int(a), int(b), int(c)) for a, b, c in zip(digits, who, takes, strict=True)]


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    cells = ((digit, who, take) for digit in range(10) for who in range(6) for take in range(50))
    return dict(zip(names(), (wav(tones(*cell)) for cell in cells), strict=True))


@pytest.fixture(scope="module")
def recordings(contents, tmp_path_factory) -> Path:
    """A folder of data with fsdd/recordings in it."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "fsdd" / "recordings").mkdir(parents=True)
    for name, content in contents.items():
        (folder / "fsdd" / "recordings" / name).write_bytes(content)
    return folder


@pytest.fixture
def made(contents, recordings, monkeypatch) -> Path:
    """A machine with the made recordings, which are taken for the published ones."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents.values()))
    monkeypatch.setattr(_fsdd, "CONTENT_SHA256", digest.hexdigest())
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(recordings))
    return recordings


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


def test_it_keeps_a_tasks_promises(made):
    check_task(SpokenDigits(frames=10))


def test_the_official_test_set_is_takes_0_to_4_and_validation_has_each_speaker_and_digit_equally_often(made):
    split = SpokenDigits().load(0)
    found = {part: decoded(getattr(split, part)[0]) for part in ("train", "validation", "test", "probe")}
    for part, cells in found.items():
        assert [digit for digit, _, _ in cells] == getattr(split, part)[1].tolist()
    assert found["test"] == [(d, w, t) for d in range(10) for w in range(6) for t in range(5)]
    learned = set(found["train"]) | set(found["validation"])
    assert learned == {(d, w, t) for d in range(10) for w in range(6) for t in range(5, 50)}
    assert len(found["train"]) == 2400
    assert set(Counter((d, w) for d, w, _ in found["validation"]).values()) == {5}
    assert len(found["validation"]) == 300
    assert set(found["probe"]) < set(found["test"])


def test_a_speaker_who_is_left_out_is_the_test_set_and_nowhere_else(made):
    split = SpokenDigits("leave one speaker out", speaker="nicolas").load(0)
    test = decoded(split.test[0])
    assert sorted(test) == [(d, 3, t) for d in range(10) for t in range(50)]
    others = {who for part in (split.train, split.validation) for _, who, _ in decoded(part[0])}
    assert others == {0, 1, 2, 4, 5}
    assert len(split.train[0]) == 2250
    assert len(split.validation[0]) == 250


def test_a_short_recording_has_silence_before_it_and_a_long_one_fills_all_steps(made):
    split = SpokenDigits(frames=10).load(0)
    X = split.test[0]  # takes 0 to 4: 3 to 7 windows
    assert (X[0, :7] == 0).all()
    assert (X[0, 7:].max(1) > 0).all()
    assert (split.train[0][:, 0].max(1) > 0).mean() == pytest.approx(43 / 45, abs=0.01)  # of takes 5 to 49 from 7 on


def test_the_scale_is_that_of_the_training_recordings_alone(monkeypatch):
    levels = -60 * np.random.default_rng(0).random((3000, 10, 4), dtype=np.float32)
    heard = np.ones((3000, 10), bool)
    task = SpokenDigits(frames=10, bands=4)
    monkeypatch.setattr(SpokenDigits, "_levels", lambda self: (levels, heard))
    before = task.load(0)
    judged = np.arange(3000) % 50 < 5
    levels[judged] *= 3
    after = task.load(0)
    assert np.array_equal(before.train[0], after.train[0])
    assert not np.array_equal(before.test[0], after.test[0])
    assert abs((after.train[0] == 0).mean() - 0.1) < 1e-3  # the 10th percentile and what is below it


def test_recordings_are_read_from_the_archive_as_well(contents, nowhere):
    folder = nowhere / "cache" / "spoken_digits"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "v1.0.10.zip", "w") as file:
        for name, content in contents.items():
            file.writestr(f"free-spoken-digit-dataset-1.0.10/recordings/{name}", content)
    found = _fsdd.find_recordings("spoken_digits")
    assert [path.name for path in found] == names()
    assert list(found.values()) == list(contents.values())


def test_an_archive_that_lacks_a_recording_or_is_none_is_refused(nowhere):
    folder = nowhere / "data"
    folder.mkdir()
    with zipfile.ZipFile(folder / "v1.0.10.zip", "w") as file:
        file.writestr("x/recordings/0_george_0.wav", b"")
    with pytest.raises(EnvironmentFault, match=r"v1\.0\.10\.zip lacks 2,999 of 3,000 recordings, 0_george_1\.wav"):
        SpokenDigits().load(0)
    (folder / "v1.0.10.zip").write_bytes(b"<html>")
    with pytest.raises(EnvironmentFault, match=r"v1\.0\.10\.zip is damaged: .*fetch it again"):
        SpokenDigits().load(0)


def test_without_data_and_network_the_message_says_where_to_get_it_and_which_folder_is_incomplete(nowhere):
    folder = nowhere / "data" / "fsdd" / "recordings"
    folder.mkdir(parents=True)
    for name in names()[:-1]:
        (folder / name).write_bytes(b"")
    with pytest.raises(DataMissing) as caught:
        SpokenDigits().load(0)
    message = str(caught.value)
    for part in (
        f"\n  {nowhere / 'data' / 'spoken_digits'}",
        "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip",
        "--data FOLDER",
        "FOLDER/fsdd/recordings",
        f"{folder} holds 2,999 of 3,000; 9_yweweler_49.wav is missing",
    ):
        assert part in message


@pytest.mark.parametrize("place", ["fsdd/recordings", "recordings", "fsdd", "", "spoken_digits/recordings"])
def test_a_folder_of_recordings_is_found_in_each_place(nowhere, place):
    folder = nowhere / "data" / place
    folder.mkdir(parents=True)
    for name in names():
        (folder / name).touch()
    found = _fsdd.find_recordings("spoken_digits")
    assert [path.parent for path in found] == [folder] * 3000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:-100], r"5_theo_7\.wav cannot be used: its header announces"),
        (lambda content: wav(tones(5, 4, 7), rate=16000), r"5_theo_7\.wav cannot be used: its rate is 16,000 Hz"),
        (lambda content: wav(0.9 * tones(5, 4, 7)), "not those of version 1.0.10: their digest is .* Fetch https"),
    ],
    ids=["truncated", "another rate", "another sound"],
)
def test_a_recording_that_is_not_the_published_one_is_refused(made, monkeypatch, change, message):
    whole = _fsdd._read
    monkeypatch.setattr(
        _fsdd, "_read", lambda path: change(whole(path)) if path.name == "5_theo_7.wav" else whole(path)
    )
    with pytest.raises(EnvironmentFault, match=message):
        SpokenDigits().load(0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "random"}, 'split = \'random\': write "official" or "leave one speaker out"'),
        ({"speaker": "theo"}, "needs split"),
        ({"split": "leave one speaker out"}, "speaker = '': write who is left out, one of george, jackson"),
        ({"split": "leave one speaker out", "speaker": "bob"}, "speaker = 'bob'"),
        ({"frames": 5}, "frames = 5: write 10 to 250"),
        ({"bands": 65}, "bands = 65: write 4 to 64"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        SpokenDigits(**options)


@real
def test_the_published_recordings_are_those_that_are_expected():
    split = SpokenDigits().load(0)
    assert np.bincount(split.test[1]).tolist() == [30] * 10
    cut = (split.train[0][:, 0].max(1) > 0).mean()
    assert 0.01 < cut < 0.03  # 1.9 % of all recordings are longer than 80 windows; a few fill them exactly


def test_the_six_speakers_are_those_of_the_file_names():
    assert len(names()) == len(set(names())) == 3000
    assert {name.split("_")[1] for name in names()} == set(SPEAKERS)
