"""Spiking Heidelberg Digits: spoken digits as spikes of 700 channels of a model of the inner ear

Digits from 0 to 9 in German and English, of twelve speakers; two of them are heard in the test part alone. Which digit
and language a class is, the files say in extra/keys. The files shd_train.h5 and shd_test.h5, gzipped or not, are looked
for in the data folder (`--data`, NEUROCONTRAST_DATA), then in the user's cache, then downloaded there.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ann.source import Source
from compare.contract import Split
from compare.errors import EnvironmentFault
from compare.tasks._events import contents, damaged
from compare.tasks._files import find_files
from compare.tasks._own_parts import divided, split_parts
from compare.tasks._published_events import PublishedEvents

__all__ = ["Shd"]

MIRRORS = ("https://zenkelab.org/datasets/", "https://compneuro.net/datasets/")
GZIPPED_MD5 = {
    "shd_train.h5.gz": "d47c9825dee33347913e8ce0f2be08b0",
    "shd_test.h5.gz": "3062a80ec0c5719404d5b02e166543b1",
}
CHANNELS, CLASSES = 700, 20


@dataclass(frozen=True)
class Shd(PublishedEvents):
    """Which digit was said, in which language? Sequences (time, feature) of 1.4 s, longer than any of the recordings.

    Neighbouring channels are joined five by five, as Hammouamri, Khalfaoui-Hassani & Masquelier 2023
    (arXiv:2306.17670) do; steps = 100 of 1.4 s are those of Cramer's and Zenke's tutorial. See EventFrames for how
    spikes become values.

    Attributes:
        units: how many are left of the 700 channels, a divisor of 700.
        steps, duration, most: see EventFrames.
        train, validation, test: see PublishedEvents.
    """

    units: int = 140
    duration: str = "1.4 s"

    name: ClassVar[str] = "shd"
    version: ClassVar[int] = 1
    published: ClassVar[tuple[int, int]] = (8_156, 2_264)
    classes: ClassVar[int] = CLASSES
    title: ClassVar[str] = "Spiking Heidelberg Digits (10,420 recordings)"
    licence: ClassVar[str] = "CC BY 4.0"
    source: ClassVar[Source] = Source(
        "Cramer, Stradmann, Schemmel & Zenke 2022, IEEE Trans. Neural Netw. Learn. Syst. 33:2744",
        authors="Cramer, B. and Stradmann, Y. and Schemmel, J. and Zenke, F.",
        title="The Heidelberg Spiking Data Sets for the Systematic Evaluation of Spiking Neural Networks",
        journal="IEEE Transactions on Neural Networks and Learning Systems",
        year=2022,
        doi="10.1109/TNNLS.2020.3044364",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.units < 1 or CHANNELS % self.units:
            raise ValueError(f"units = {self.units} does not divide {CHANNELS} channels. Write 700, 350, 140, 70 ...")

    def units_in_all(self) -> int:
        """Units of joined channels."""
        return self.units

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, feature) in [0, 1], y (sample,).

        Raises:
            DataMissing: the files are nowhere and cannot be downloaded; the message says where to get them.
            EnvironmentFault: a file is damaged.
        """
        paths = find_files(self.name, tuple(GZIPPED_MD5), GZIPPED_MD5, MIRRORS)
        found = [_spikes(paths[name], count) for name, count in zip(GZIPPED_MD5, self.published, strict=True)]
        recordings = [pair for part in found for pair in zip(part.times_s, part.channels, strict=True)]
        labels = np.concatenate([part.labels for part in found])

        def read(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return self.stacked([self._recording(*recordings[index]) for index in indices]), labels[indices]

        return split_parts(self.facts(), divided(self, labels, self.published[1]), read)

    def _recording(self, times_s: np.ndarray, channels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        time_us = np.rint(times_s.astype(np.float64) * 1e6).astype(np.int64)
        return time_us, channels.astype(np.int64) * self.units // CHANNELS


class _Spikes(NamedTuple):
    times_s: np.ndarray  # (sample,) of arrays
    channels: np.ndarray  # (sample,) of arrays
    labels: np.ndarray  # (sample,) int64


def _spikes(path: Path, count: int) -> _Spikes:
    """All spikes of one file.

    Raises:
        EnvironmentFault: it is no HDF5 file of that form, or not the published one.
    """
    import h5py

    try:
        with h5py.File(io.BytesIO(_unzipped(path)), "r") as file:
            times_s, channels, labels = (_array(file, name) for name in ("spikes/times", "spikes/units", "labels"))
    except (OSError, KeyError, TypeError, RuntimeError) as error:
        damaged(path, f"spikes/times, spikes/units and labels cannot be read ({' '.join(str(error).split())})")
    if not len(times_s) == len(channels) == len(labels) == count:
        damaged(path, f"it holds {len(labels):,} recordings; expected {count:,}")
    highest = max((int(own.max()) for own in channels if len(own)), default=0)
    if highest >= CHANNELS or int(labels.max()) >= CLASSES:
        damaged(path, f"channels reach {highest} and labels {labels.max()}; expected {CHANNELS - 1} and {CLASSES - 1}")
    return _Spikes(times_s, channels, labels.astype(np.int64))


def _array(file: Any, name: str) -> np.ndarray:
    return file[name][:]


def _unzipped(path: Path) -> bytes:
    """The content of the file; of a gzipped one checked against the published MD5."""
    content = contents(path)
    if not path.name.endswith(".gz"):
        return content
    found, expected = hashlib.md5(content, usedforsecurity=False).hexdigest(), GZIPPED_MD5[path.name]
    if found != expected:
        damaged(path, f"its MD5 is {found}, expected {expected}")
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise EnvironmentFault(f"{path} cannot be unpacked: {error}. Fetch it again.") from error
