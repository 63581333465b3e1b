"""Reads a WAV file of one channel and 16 bits, and says what is wrong with one that is not that."""

from __future__ import annotations

import io
import struct
import wave
from typing import NoReturn

import numpy as np

from compare.errors import EnvironmentFault

_FULL_SCALE = 2.0**15


def read_wav(name: str, content: bytes, rate_hz: int) -> np.ndarray:
    """The sound pressure in a WAV file, in [-1, 1): float64, (sample,).

    Args:
        name: of the file, for messages.
        content: its bytes; linear PCM, mono, 16 bits.
        rate_hz: the sampling rate that it must have.

    Raises:
        EnvironmentFault: it is no WAV file, is shorter than its header says, is empty, or has another rate, width or
            number of channels.
    """
    try:
        with wave.open(io.BytesIO(content)) as file:
            form, announced = file.getparams(), file.getnframes()
            data = file.readframes(announced)
    except (wave.Error, EOFError, struct.error) as error:
        _wrong(name, f"it is no readable WAV file ({str(error) or 'it ends in its header'}; {len(content):,} bytes)")
    if (form.nchannels, form.sampwidth) != (1, 2):
        _wrong(name, f"it has {form.nchannels} channels of {8 * form.sampwidth} bits, expected one of 16 bits")
    if form.framerate != rate_hz:
        _wrong(name, f"its rate is {form.framerate:,} Hz, expected {rate_hz:,} Hz")
    if len(data) != 2 * announced or not announced:
        _wrong(name, f"its header announces {announced:,} samples, {len(data) // 2:,} were found")
    return np.frombuffer(data, "<i2") / _FULL_SCALE


def _wrong(name: str, what: str) -> NoReturn:
    raise EnvironmentFault(f"{name} cannot be used: {what}. Delete it and fetch it again.")
