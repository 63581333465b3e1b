"""Reads recordings of the ATIS camera as N-MNIST and N-Caltech101 have them: five bytes an event.

Byte 0 is x, byte 1 is y, bit 7 of byte 2 the polarity (1 is ON), the other 23 bits the time in microseconds (Orchard
et al. 2015). An event at y = 240 is none, but a timer's overflow: what follows is 2^13 us later, as the authors' own
reader has it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from compare.tasks._events import Events, contents, damaged

BYTES, OVERFLOW_Y, OVERFLOW_US = 5, 240, 2**13


def read_atis(path: Path) -> Events:
    """The events of one file, times as they are written.

    Raises:
        EnvironmentFault: the file cannot be read, or its length is no multiple of five bytes.
    """
    content = contents(path)
    if len(content) % BYTES:
        damaged(path, f"{len(content):,} bytes were found; expected {BYTES} bytes for each event")
    rows = np.frombuffer(content, np.uint8).reshape(-1, BYTES).astype(np.int64)
    x, y = rows[:, 0], rows[:, 1]
    overflow = y == OVERFLOW_Y
    time_us = ((rows[:, 2] & 127) << 16) + (rows[:, 3] << 8) + rows[:, 4] + OVERFLOW_US * np.cumsum(overflow)
    event = ~overflow
    return Events(time_us[event], x[event], y[event], rows[event, 2] >> 7)
