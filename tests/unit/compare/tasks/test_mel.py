"""The mel filter bank: the published scale, triangles that add up to 1, scipy's spectra, and sines in their bands."""

import numpy as np
import pytest
from scipy import signal

from compare.tasks._mel import MelBank, hz_of_mel, mel_of_hz

BANK = MelBank()


def sine(frequency_hz: float, samples: int = 200, rate_hz: int = 8000) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * np.arange(samples) / rate_hz)


def test_a_thousand_hertz_are_a_thousand_mel_and_back():
    assert abs(mel_of_hz(1000.0) - 1000.0) < 0.02  # the scale's constants are rounded to four digits
    frequencies = np.linspace(0, 4000, 50)
    np.testing.assert_allclose(hz_of_mel(mel_of_hz(frequencies)), frequencies, atol=1e-9)


def test_edges_are_those_of_a_published_worked_example():
    # J. Lyons, "Mel Frequency Cepstral Coefficient (MFCC) tutorial", practicalcryptography.com: ten filters, 300 to
    # 8000 Hz. It computes with mels rounded to 0.01, which move its highest edges by up to 0.1 Hz.
    published = [300, 517.33, 781.90, 1103.97, 1496.04, 1973.32, 2554.33, 3261.62, 4122.63, 5170.76, 6446.70, 8000]
    found = MelBank(rate_hz=16000, bands=10, low_hz=300, high_hz=8000).edges_hz
    np.testing.assert_allclose(found, published, atol=0.1)


def test_triangles_add_up_to_one_between_the_first_and_the_last_centre():
    frequency = np.fft.rfftfreq(512, 1 / 8000)
    inside = (frequency >= BANK.edges_hz[1]) & (frequency <= BANK.edges_hz[-2])
    np.testing.assert_allclose(BANK.weights.sum(0)[inside], 1.0, atol=1e-12)
    outside = (frequency < 100) | (frequency > 4000)
    assert (BANK.weights[:, outside] == 0).all()
    assert BANK.weights.min() == 0
    assert BANK.weights.max() <= 1


@pytest.mark.parametrize("bands", [4, 40, 64])
def test_every_band_has_a_frequency(bands):
    assert (MelBank(bands=bands).weights.max(1) > 0.25).all()


def test_power_spectra_are_scipys():
    sound = np.random.default_rng(0).normal(size=1000)
    found = BANK.power(sound, 11)  # the last window begins at sample 800
    for i in range(11):
        piece = sound[80 * i : 80 * i + 200]
        _, expected = signal.periodogram(piece, 8000, "hann", 512, detrend=False, scaling="spectrum")  # type: ignore[arg-type]
        # scipy gives mean squares, A^2 / 2 of a sine, ours A^2; its ends are not doubled
        np.testing.assert_allclose(found[i, 1:-1], 2 * expected[1:-1], rtol=1e-9)


def test_a_sine_is_loudest_in_the_band_whose_centre_it_has():
    for band, centre in enumerate(BANK.edges_hz[1:-1]):
        assert BANK.levels_db(sine(centre), 1)[0].argmax() == band


def test_a_sine_of_amplitude_one_at_a_frequency_of_the_transform_has_power_one_there():
    assert abs(BANK.power(sine(1000), 1)[0, 64] - 1) < 1e-3  # the negative frequency leaks in: -60 dB and less


def test_ten_times_the_amplitude_is_twenty_decibel_more():
    sound = np.random.default_rng(1).normal(size=400)
    np.testing.assert_allclose(BANK.levels_db(10 * sound, 3) - BANK.levels_db(sound, 3), 20.0, atol=1e-9)


def test_silence_is_the_lowest_level():
    assert (BANK.levels_db(np.zeros(200), 1) == -120).all()


def test_a_sound_fills_as_many_windows_as_reach_its_end():
    assert [BANK.windows_of(n) for n in (1, 200, 201, 280, 281, 8000)] == [1, 1, 2, 2, 3, 99]
    late = np.r_[np.zeros(280), 1.0]  # a click at the very end
    power = BANK.power(late, 3).sum(1)
    assert power[:2].tolist() == [0, 0]
    assert power[2] > 0


def test_a_longer_sound_is_cut_at_the_end():
    sound = np.random.default_rng(2).normal(size=1000)
    assert np.array_equal(BANK.levels_db(sound, 2), BANK.levels_db(sound, 11)[:2])
