"""Reads event cameras' AEDAT files: version 2.0 of the DVS128, and version 3.1 of any camera.

Both begin with lines of text. Then 2.0 has eight bytes an event, big-endian: an address and a time in microseconds.
3.1 has packets, little-endian: 28 bytes that say what and how many, then the events, of which type 1 is a change of a
pixel's light. As documented at docs.inivation.com, "File formats"; but 2.0 holds a DVS128's addresses as the chip sends
them, and there a polarity of 0 is ON and x run from the right: as jAER (DVS128.java), which writes such files, and
iniVation's libcaer (dvs128.c) read them, and against that page's table.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np

from compare.tasks._events import Events, contents, damaged

VERSION = re.compile(rb"#!AER-DAT(\d+\.\d+)\r?\n")
END_OF_HEADER = re.compile(rb"^#!END-HEADER\r?\n", re.MULTILINE)
CHIP = re.compile(rb"^# *AEChip: *(\S+)", re.MULTILINE)
FORMAT = re.compile(rb"^# *Format: *(\S+)", re.MULTILINE)
COMMENTS = re.compile(rb"(?:#[^\n]*\n)*")
DVS128_SIZE, EXTERNAL = 128, 1 << 15
PACKET = struct.Struct(
    "<hhiiiiii"
)  # type, source, size of an event, offset of its time, overflow, capacity, number, valid
POLARITY, POLARITY_BYTES = 1, 8


def read_aedat(path: Path) -> Events:
    """The events of one file; times in microseconds as they are written, the origin in the upper left corner.

    Raises:
        EnvironmentFault: the file cannot be read, is of a version or camera that is not known here, or is damaged.
    """
    content = contents(path)
    version = VERSION.match(content)
    if version is None:
        damaged(path, f"it begins with {content[:12]!r}; AEDAT files begin with #!AER-DAT and their version")
    readers = {b"2.0": _version_2, b"3.1": _version_3}
    if version[1] not in readers:
        damaged(path, f"it is AEDAT {version[1].decode()}; 2.0 and 3.1 are read here. Save it as one of these")
    return readers[version[1]](path, content)


def _version_2(path: Path, content: bytes) -> Events:
    """DVS128: bit 0 is 0 for ON, 1 to 7 are x from the right, 8 to 14 y from below, 15 an external signal."""
    start = COMMENTS.match(content).end()  # type: ignore[union-attr] - it matches nothing too
    chip = CHIP.search(content[:start])
    if chip is not None and not chip[1].endswith(b"DVS128"):
        damaged(path, f"its camera is {chip[1].decode(errors='replace')}; of AEDAT 2.0 the DVS128 is read here")
    if (len(content) - start) % 8:
        damaged(path, f"{len(content) - start:,} bytes follow its header; expected 8 for each event")
    words = np.frombuffer(content, ">u4", offset=start).astype(np.int64).reshape(-1, 2)
    if len(words) and words[:, 0].max() >= 2 * EXTERNAL:
        damaged(path, f"it has the address {words[:, 0].max():#x}; those of a DVS128 have 16 bits")
    address, time_us = words[(words[:, 0] & EXTERNAL) == 0].T
    last = DVS128_SIZE - 1
    return Events(time_us, last - (address >> 1 & 127), last - (address >> 8 & 127), 1 - (address & 1))


def _version_3(path: Path, content: bytes) -> Events:
    """Polarity events: bit 0 says whether it is valid, 1 is the polarity, 2 to 16 are y, 17 to 31 are x."""
    end = END_OF_HEADER.search(content)
    if end is None:
        damaged(path, "its header has no end, the line #!END-HEADER")
    how = FORMAT.search(content[: end.start()])
    if how is not None and how[1] != b"RAW":
        damaged(path, f"its format is {how[1].decode(errors='replace')}; RAW is read here")
    packets, at = [np.empty((0, 2), np.int64)], end.end()
    while at < len(content):
        packet, at = _packet(path, content, at)
        packets.append(packet)
    data, time_us = np.concatenate(packets).T
    valid = (data & 1) == 1
    data = data[valid]
    return Events(time_us[valid], data >> 17, (data >> 2) & 0x7FFF, (data >> 1) & 1)


def _packet(path: Path, content: bytes, at: int) -> tuple[np.ndarray, int]:
    """The polarity events of the packet that begins there, int64 (event, 2): data, time_us; and where it ends."""
    start = at + PACKET.size
    if start > len(content):
        damaged(path, f"its last packet is cut off in its head of {PACKET.size} bytes")
    kind, _, size, _, overflow, capacity, number, _ = PACKET.unpack_from(content, at)
    end = start + capacity * size
    if size < 1 or not 0 <= number <= capacity or end > len(content):
        damaged(path, f"a packet announces {capacity:,} x {size} bytes; {len(content) - start:,} bytes follow its head")
    if kind != POLARITY:
        return np.empty((0, 2), np.int64), end
    if size != POLARITY_BYTES:
        damaged(path, f"its events of changed light have {size} bytes; expected {POLARITY_BYTES}")
    words = np.frombuffer(content, "<u4", 2 * number, offset=start).astype(np.int64).reshape(-1, 2)
    return words + np.array([0, overflow << 31], np.int64), end
