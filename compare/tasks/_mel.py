"""A mel filter bank: how strong a sound is in each of some frequency bands, in each of some short windows.

Bands are spaced evenly on the mel scale, mel = 2595 log10(1 + f / 700 Hz) (O'Shaughnessy 1987, Speech Communication,
Addison-Wesley), as places along the cochlea nearly are. Each is a triangle over frequency that rises from the centre of
the band below to 1 at its own and falls to the centre of the band above (Davis & Mermelstein 1980, doi
10.1109/TASSP.1980.1163420), so between the first and the last centre the triangles add up to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

_SILENCE = 1e-12  # power at which the logarithm stops; the last bit of 16 is 9e-10 of full scale


def mel_of_hz(frequency_hz: np.ndarray | float) -> np.ndarray:
    """The mel of a frequency; 1000 Hz is 1000 mel."""
    return 2595.0 * np.log10(1.0 + np.asarray(frequency_hz, float) / 700.0)


def hz_of_mel(mel: np.ndarray | float) -> np.ndarray:
    """The frequency of a mel."""
    return 700.0 * (10.0 ** (np.asarray(mel, float) / 2595.0) - 1.0)


@dataclass(frozen=True)
class MelBank:
    """Windows of a sound, their power spectra, and these weighted by triangles.

    Attributes:
        rate_hz: sampling rate of the sound.
        bands: how many triangles.
        low_hz, high_hz: where the first triangle begins and the last one ends.
        window, hop: length of a window and distance of two, in samples.
        points: of the Fourier transform; more than `window` interpolates, so that the narrowest triangle has points.
    """

    rate_hz: int = 8000
    bands: int = 40
    low_hz: float = 100.0
    high_hz: float = 4000.0
    window: int = 200
    hop: int = 80
    points: int = 512

    @cached_property
    def edges_hz(self) -> np.ndarray:
        """Band b rises from edge b to edge b + 1, its centre, and falls to edge b + 2: (bands + 2,)."""
        return hz_of_mel(np.linspace(mel_of_hz(self.low_hz), mel_of_hz(self.high_hz), self.bands + 2))

    @cached_property
    def weights(self) -> np.ndarray:
        """Triangles over the frequencies of the transform: (bands, points // 2 + 1)."""
        frequency = np.fft.rfftfreq(self.points, 1.0 / self.rate_hz)
        low, centre, high = self.edges_hz[:-2, None], self.edges_hz[1:-1, None], self.edges_hz[2:, None]
        rising, falling = (frequency - low) / (centre - low), (high - frequency) / (high - centre)
        return np.maximum(np.minimum(rising, falling), 0.0)

    @cached_property
    def taper(self) -> np.ndarray:
        """Hann's window, periodic: (window,)."""
        return 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(self.window) / self.window)

    def windows_of(self, samples: int) -> int:
        """Windows that a sound of that many samples fills, the last one perhaps in part."""
        return 1 + -(-max(samples - self.window, 0) // self.hop)

    def power(self, sound: np.ndarray, windows: int) -> np.ndarray:
        """Power spectra of Hann windows, from the first sample on: (windows, points // 2 + 1).

        A sine of amplitude 1 at a frequency of the transform has power 1 there. Beyond its end the sound is silent.

        Args:
            sound: (sample,).
            windows: how many.
        """
        length = self.window + (windows - 1) * self.hop
        padded = np.zeros(length)
        padded[: min(length, len(sound))] = sound[:length]
        pieces = np.lib.stride_tricks.sliding_window_view(padded, self.window)[:: self.hop]
        found = np.fft.rfft(pieces * self.taper, self.points)
        return (found.real**2 + found.imag**2) * (2.0 / self.taper.sum()) ** 2

    def levels_db(self, sound: np.ndarray, windows: int) -> np.ndarray:
        """10 log10 of each band's power in each window: (windows, bands), at least -120 dB."""
        return 10.0 * np.log10(np.maximum(self.power(sound, windows) @ self.weights.T, _SILENCE))
