"""Spoken digits: 3,000 recordings by six speakers, as levels in mel bands over time

The Free Spoken Digit Dataset, 8 kHz. It is looked for in the data folder (`--data`, NEUROCONTRAST_DATA), then in the
user's cache, then downloaded there, and checked against the digest of its recordings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.errors import EnvironmentFault
from compare.tasks._fsdd import DIGITS, SPEAKERS, TAKES, check_content, find_recordings
from compare.tasks._mel import MelBank
from compare.tasks._split import shuffled, split_of, stratified_order
from compare.tasks._wav import read_wav

__all__ = ["SpokenDigits"]

TEST_TAKES = 5  # the published test set: takes 0 to 4 of each speaker and digit
PER_CELL = 5  # validation recordings of each speaker and digit
PROBE = 200
QUIET = 10  # percentile of the training levels that becomes 0


@dataclass(frozen=True)
class SpokenDigits:
    """Which digit was said? Sequences (time, feature): the level in each mel band, a step each 10 ms.

    Windows of 25 ms, log energies of triangular bands from 100 to 4,000 Hz, in dB below the loudest value of the same
    recording, since microphones differ by tens of dB. 0 dB is 1; the 10th percentile of the training recordings, and
    whatever is below, is 0. A recording shorter than `frames` has silence (0) before it, so that the last step is the
    end of the word; of a longer one the beginning is taken (80 frames: 2 % of the recordings).

    Attributes:
        split: "official" tests on takes 0 to 4 of every speaker; "leave one speaker out" on all takes of `speaker`.
            Validation is a fixed part of the rest, 5 recordings of each remaining speaker and digit.
        speaker: who is left out: george, jackson, lucas, nicolas, theo or yweweler.
        frames: steps of a sequence.
        bands: of the filter bank.

    The source is of version 1.0.8, with four speakers; 1.0.10, which is used here, has six.

    Raises:
        ValueError: an unknown split, a speaker who is not one of the six or is not needed, or too few or many frames
            or bands.
    """

    split: Literal["official", "leave one speaker out"] = "official"
    speaker: str = ""
    frames: int = 80
    bands: int = 40

    name: ClassVar[str] = "spoken_digits"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Spoken digits (FSDD 1.0.10, 3,000 recordings)"
    licence: ClassVar[str] = "CC BY-SA 4.0"
    source: ClassVar[Source] = Source(
        "Jackson et al. 2018, Free Spoken Digit Dataset, Zenodo",
        authors="Jackson, Zohar and Souza, César and Flaks, Jason and Pan, Yuxin and Nicolas, Hereman and "
        "Thite, Adhish",
        title="Jakobovski/free-spoken-digit-dataset: v1.0.8",
        journal="Zenodo",
        year=2018,
        doi="10.5281/zenodo.1342401",
    )

    def __post_init__(self) -> None:
        if self.split not in ("official", "leave one speaker out"):
            raise ValueError(f'split = {self.split!r}: write "official" or "leave one speaker out".')
        if self.split == "official" and self.speaker:
            raise ValueError(f'speaker = {self.speaker!r} needs split = "leave one speaker out".')
        if self.split != "official" and self.speaker not in SPEAKERS:
            raise ValueError(f"speaker = {self.speaker!r}: write who is left out, one of {', '.join(SPEAKERS)}.")
        if not 10 <= self.frames <= 250:
            raise ValueError(f"frames = {self.frames}: write 10 to 250; the longest recording has 227.")
        if not 4 <= self.bands <= 64:
            raise ValueError(f"bands = {self.bands}: write 4 to 64; narrower bands hold no frequency of the transform.")

    def facts(self) -> Facts:
        """What is known before loading."""
        return Facts(
            target="class",
            axes=("time", "mel_band"),
            shape=(self.frames, self.bands),
            classes=DIGITS,
            chance=1 / DIGITS,
            examples={part: len(indices) for part, indices in self._parts().items() if part != "probe"},
        )

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, band) in [0, 1], y (sample,).

        Raises:
            DataMissing: the recordings are nowhere and cannot be downloaded; the message says where to get them.
            EnvironmentFault: a recording is damaged or not the published one.
        """
        levels, heard = self._levels()
        parts = self._parts()
        quiet = np.percentile(levels[parts["train"]][heard[parts["train"]]], QUIET)
        if not quiet < 0:
            raise EnvironmentFault("The training recordings of spoken digits hold no sound. Fetch them again.")
        X = np.where(heard[..., None], np.clip(1.0 - levels / quiet, 0.0, 1.0), 0.0).astype(np.float32)
        digits = _cells()[0]
        return split_of(self.facts(), *((X[indices], digits[indices]) for indices in parts.values()))

    def _levels(self) -> tuple[np.ndarray, np.ndarray]:
        """dB below each recording's loudest value, (recording, time, band), and where there is a recording."""
        bank, found = MelBank(bands=self.bands), find_recordings(self.name)
        levels = np.zeros((len(found), self.frames, self.bands), np.float32)
        heard = np.zeros((len(found), self.frames), bool)
        for i, (path, content) in enumerate(found.items()):
            sound = read_wav(str(path), content, bank.rate_hz)
            windows = min(self.frames, bank.windows_of(len(sound)))
            own = bank.levels_db(sound, windows)
            levels[i, -windows:], heard[i, -windows:] = own - own.max(), True
        check_content(list(found.values()))
        return levels, heard

    def _parts(self) -> dict[str, np.ndarray]:
        """Indices of the recordings in each part, in the order of compare.contract.Split."""
        digit, who, take = _cells()
        test = take < TEST_TAKES if self.split == "official" else who == SPEAKERS.index(self.speaker or SPEAKERS[0])
        cell, pool, judged = digit * len(SPEAKERS) + who, np.flatnonzero(~test), np.flatnonzero(test)
        order = pool[stratified_order(cell[pool], f"{self.name} train")]
        validation, train = np.split(order, [PER_CELL * len(np.unique(cell[pool]))])
        probe = judged[stratified_order(cell[judged], f"{self.name} test")[:PROBE]]
        return {
            "train": shuffled(train, f"{self.name} train"),
            "validation": shuffled(validation, f"{self.name} validation"),
            "test": judged,
            "probe": shuffled(probe, f"{self.name} probe"),
        }


def _cells() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Digit, speaker's place in SPEAKERS and take of each recording, int64, in the order of _fsdd.names."""
    digit, who, take = np.indices((DIGITS, len(SPEAKERS), TAKES), np.int64).reshape(3, -1)
    return digit, who, take
