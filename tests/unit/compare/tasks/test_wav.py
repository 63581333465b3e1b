"""A WAV file is read as scipy reads it, and one of another form or length is refused with its reason."""

import io
import wave

import numpy as np
import pytest
from scipy.io import wavfile

from compare.errors import EnvironmentFault
from compare.tasks._wav import read_wav

SOUND = np.random.default_rng(0).integers(-(2**15), 2**15, 300).astype("<i2")


def wav(data: bytes = SOUND.tobytes(), rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return buffer.getvalue()


def test_samples_are_those_that_scipy_reads():
    rate, expected = wavfile.read(io.BytesIO(wav()))
    assert rate == 8000
    assert np.array_equal(read_wav("a.wav", wav(), 8000) * 32768, expected)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (wav(rate=16000), r"a\.wav cannot be used: its rate is 16,000 Hz, expected 8,000 Hz\. Delete it and fetch"),
        (wav(channels=2), "2 channels of 16 bits, expected one of 16 bits"),
        (wav(width=1), "1 channels of 8 bits"),
        (wav()[:-100], "announces 300 samples, 250 were found"),
        (wav(b""), "announces 0 samples, 0 were found"),
        (wav()[:20], "no readable WAV file .*20 bytes"),
        (b"", "no readable WAV file .*0 bytes"),
        (b"<html>not found</html>" * 10, "no readable WAV file .*RIFF"),
    ],
)
def test_a_file_that_is_not_what_was_expected_is_refused_with_its_reason(content, message):
    with pytest.raises(EnvironmentFault, match=message):
        read_wav("a.wav", content, 8000)
