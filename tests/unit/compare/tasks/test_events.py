"""Events in steps of time, the sensor's pixels as units, and the files of event cameras, byte by byte."""

import struct

import numpy as np
import pytest

from compare.errors import EnvironmentFault
from compare.tasks._aedat import read_aedat
from compare.tasks._atis import read_atis
from compare.tasks._events import EventFrames, Events, Pixels

HEAD_2 = b"#!AER-DAT2.0\r\n# This is a raw AE data file\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n"
HEAD_3 = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#Start-Time: 2016-01-01\r\n#!END-HEADER\r\n"


def packet(events: list[tuple[int, int, int, int]], overflow: int = 0, kind: int = 1, valid: int = 1) -> bytes:
    """An AEDAT 3.1 packet of (time_us, x, y, polarity), as libcaer writes it."""
    head = struct.pack("<hhiiiiii", kind, 1, 8, 4, overflow, len(events), len(events), len(events))
    return head + b"".join(struct.pack("<Ii", x << 17 | y << 2 | p << 1 | valid, t) for t, x, y, p in events)


def listed(events: Events) -> list[tuple[int, ...]]:
    return list(zip(*(part.tolist() for part in events), strict=True))


def test_events_are_counted_in_steps_whose_borders_are_exact():
    frames = EventFrames(steps=10, duration="300 ms", most=3)
    times = np.array([0, 29_999, 30_000, 30_001, 59_999, 60_000, 299_999, 300_000, -1])
    found = frames.frames(times, np.array([0, 0, 0, 1, 0, 0, 1, 0, 0]), 2)
    expected = np.zeros((10, 2))
    expected[0, 0], expected[1], expected[2, 0], expected[9, 1] = 2, (2, 1), 1, 1
    np.testing.assert_allclose(found, expected / 3, rtol=1e-7)  # float32
    assert found.dtype == np.float32


def test_more_events_than_most_count_as_one():
    found = EventFrames(steps=1, duration="1 s", most=2).frames(np.zeros(7, np.int64), np.zeros(7, np.int64), 2)
    assert found.tolist() == [[1.0, 0.0]]


def test_numpy_s_histogram_agrees_on_random_events():
    draw = np.random.default_rng(0)
    times, units = draw.integers(0, 1_400_000, 5000), draw.integers(0, 7, 5000)
    found = EventFrames(steps=100, duration="1.4 s", most=255).frames(times, units, 7)
    expected = np.histogram2d(times, units, bins=[np.arange(101) * 14_000, np.arange(8) - 0.5])[0]
    assert np.array_equal(np.rint(found * 255), expected)


@pytest.mark.parametrize("options", [{"steps": 0}, {"steps": 11, "duration": "10 us"}, {"most": 0}, {"most": 256}])
def test_frames_without_meaning_are_refused(options):
    with pytest.raises(ValueError, match=f"{next(iter(options))} = "):
        EventFrames(**options)


def test_a_duration_needs_its_unit():
    with pytest.raises(ValueError, match="duration"):
        EventFrames(duration="300")
    assert EventFrames(duration="300*ms").duration == "300 ms"


def test_units_are_polarity_row_and_column_and_pools_join_squares(tmp_path):
    x, y, p = (np.array(values) for values in ([0, 4, 1], [0, 2, 1], [0, 1, 1]))
    events = Events(np.zeros(3, np.int64), x, y, p)
    fine, coarse = Pixels(5, 3), Pixels(5, 3, pool=2)
    assert (fine.units, coarse.units) == (30, 2 * 2 * 3)
    assert np.array_equal(fine.unit(events, tmp_path), np.ravel_multi_index((p, y, x), (2, 3, 5)))
    assert np.array_equal(coarse.unit(events, tmp_path), np.ravel_multi_index((p, y // 2, x // 2), (2, 2, 3)))


def test_an_address_outside_the_sensor_is_told(tmp_path):
    events = Events(*(np.array([value]) for value in (0, 128, 5, 1)))
    with pytest.raises(EnvironmentFault, match=r"x is damaged.*events at x = 128 to 128; expected 0 to 127"):
        Pixels(128, 128).unit(events, tmp_path / "x")


def test_an_atis_file_is_read_as_it_is_documented(tmp_path):
    path = tmp_path / "00001.bin"
    written = [(0, 3, 33, 1), (5, 0, 0, 0), (300_000, 33, 1, 1), (2**23 - 1, 255, 239, 0)]
    path.write_bytes(b"".join(struct.pack(">BB", x, y) + (p << 23 | t).to_bytes(3, "big") for t, x, y, p in written))
    assert listed(read_atis(path)) == written


def test_the_timer_s_overflow_in_an_atis_file_is_no_event_but_later_time(tmp_path):
    path = tmp_path / "x.bin"
    rows = [(7, 1, 1, 1), (0, 0, 240, 0), (9, 2, 2, 0), (0, 0, 240, 0), (1, 3, 3, 1)]
    path.write_bytes(b"".join(struct.pack(">BB", x, y) + (p << 23 | t).to_bytes(3, "big") for t, x, y, p in rows))
    assert listed(read_atis(path)) == [(7, 1, 1, 1), (9 + 8192, 2, 2, 0), (1 + 16384, 3, 3, 1)]


def test_aedat_2_of_the_dvs128_is_read_as_jaer_shows_it_upright_and_without_external_signals(tmp_path):
    path = tmp_path / "a.aedat"
    written = [(10, 0, 0, 1), (20, 127, 127, 0), (30, 35, 5, 1)]  # the first byte of (35, ...) is no comment
    # jAER's DVS128 and libcaer: a raw polarity of 0 is ON, raw x run from the right, raw y from below
    words = [(t, (127 - y) << 8 | (127 - x) << 1 | 1 - p) for t, x, y, p in written] + [(40, 1 << 15 | 6)]
    path.write_bytes(HEAD_2 + b"".join(struct.pack(">Ii", address, t) for t, address in words))
    assert listed(read_aedat(path)) == written


def test_aedat_3_1_is_read_over_packets_of_which_only_polarity_and_valid_events_count(tmp_path):
    path = tmp_path / "a.aedat"
    first, second = [(10, 0, 0, 1), (11, 127, 3, 0)], [(5, 300, 200, 1)]
    other = struct.pack("<hhiiiiii", 0, 1, 20, 4, 0, 2, 2, 2) + bytes(40)  # two special events of 20 bytes
    path.write_bytes(HEAD_3 + packet(first) + other + packet([(9, 1, 1, 1)], valid=0) + packet(second, overflow=1))
    assert listed(read_aedat(path)) == [*first, (2**31 + 5, 300, 200, 1)]


def test_a_file_without_events_has_none(tmp_path):
    for content, read in ((b"", read_atis), (HEAD_2, read_aedat), (HEAD_3, read_aedat)):
        path = tmp_path / "x"
        path.write_bytes(content)
        assert listed(read(path)) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"RIFF....", r"begins with b'RIFF\.\.\.\.'; AEDAT files begin"),
        (b"#!AER-DAT4.0\r\n", r"it is AEDAT 4\.0; 2\.0 and 3\.1 are read"),
        (HEAD_2 + bytes(9), "9 bytes follow its header; expected 8"),
        (HEAD_2 + struct.pack(">Ii", 1 << 22, 0), "address 0x400000; those of a DVS128 have 16 bits"),
        (HEAD_2.replace(b"retina.DVS128", b"Davis346") + bytes(8), "camera is ch.unizh.ini.jaer.chip.Davis346"),
        (HEAD_3[:-16], "header has no end"),
        (HEAD_3.replace(b"RAW", b"Serial-TS"), "format is Serial-TS; RAW"),
        (HEAD_3 + packet([(1, 1, 1, 1)])[:20], "cut off in its head"),
        (HEAD_3 + packet([(1, 1, 1, 1)])[:-1], "announces 1 x 8 bytes; 7 bytes follow"),
        (HEAD_3 + struct.pack("<hhiiiiii", 1, 1, 12, 4, 0, 1, 1, 1) + bytes(12), "have 12 bytes; expected 8"),
    ],
)
def test_a_damaged_or_foreign_aedat_file_says_what_was_found(tmp_path, content, message):
    path = tmp_path / "a.aedat"
    path.write_bytes(content)
    with pytest.raises(EnvironmentFault, match=rf"a\.aedat is damaged.*{message}"):
        read_aedat(path)


def test_a_truncated_atis_file_says_how_many_bytes_it_has(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(14))
    with pytest.raises(EnvironmentFault, match=r"a\.bin is damaged.*14 bytes were found; expected 5 bytes for each"):
        read_atis(path)
    with pytest.raises(EnvironmentFault, match="cannot be read: No such file"):
        read_atis(tmp_path / "none.bin")
