"""N-MNIST: MNIST's digits seen by an event camera that moves, 34x34 pixels

60,000 + 10,000 recordings of about 300 ms: the camera makes three quick movements of 100 ms before each digit, and each
pixel tells when its light rises (ON) or falls (OFF). The unpacked folders Train/0 to Train/9 and Test/0 to Test/9 are
looked for in the data folder (`--data`, NEUROCONTRAST_DATA), then in the user's cache, in each as n_mnist/.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Split
from compare.errors import DataMissing, EnvironmentFault
from compare.tasks._atis import read_atis
from compare.tasks._events import Pixels
from compare.tasks._files import VARIABLE, folders_of
from compare.tasks._own_parts import divided, split_parts
from compare.tasks._published_events import PublishedEvents

__all__ = ["NMnist"]

SIZE, CLASSES = 34, 10
FROM = "https://www.garrickorchard.com/datasets/n-mnist (doi 10.17632/468j46mzdv.1)"


@dataclass(frozen=True)
class NMnist(PublishedEvents):
    """Which digit moved before the camera? Sequences (time, feature): the units of a step are (polarity, y, x).

    Unless told otherwise it takes a part of the recordings, in steps of 20 ms, which is 1.1 GB; see PublishedEvents for
    the order, and EventFrames for how events become values. Files are read, not listed: only those that are needed.

    Attributes:
        pool: squares of so many pixels a side are one unit.
        steps, duration, most: see EventFrames.
        train, validation, test: see PublishedEvents.
    """

    pool: int = 1
    steps: int = 15
    duration: str = "300 ms"
    train: int | None = 5_000
    test: int | None = 2_000

    name: ClassVar[str] = "n_mnist"
    version: ClassVar[int] = 1
    published: ClassVar[tuple[int, int]] = (60_000, 10_000)
    classes: ClassVar[int] = CLASSES
    title: ClassVar[str] = "N-MNIST, handwritten digits seen by an event camera (70,000 recordings)"
    licence: ClassVar[str] = "CC BY-SA 4.0"
    source: ClassVar[Source] = Source(
        "Orchard, Jayawant, Cohen & Thakor 2015, Front. Neurosci. 9:437",
        authors="Orchard, G. and Jayawant, A. and Cohen, G. K. and Thakor, N.",
        title="Converting Static Image Datasets to Spiking Neuromorphic Datasets Using Saccades",
        journal="Frontiers in Neuroscience",
        year=2015,
        doi="10.3389/fnins.2015.00437",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.pool <= SIZE:
            raise ValueError(f"pool = {self.pool}: write 1 to {SIZE} pixels.")

    def units_in_all(self) -> int:
        """2 polarities of pooled pixels."""
        return Pixels(SIZE, SIZE, self.pool).units

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, feature) in [0, 1], y (sample,).

        Raises:
            DataMissing: the folders are nowhere; the message says where to get them.
            EnvironmentFault: files are absent or damaged.
        """
        folder = _folder()
        found = [_listed(folder / part, count) for part, count in zip(("Train", "Test"), self.published, strict=True)]
        paths = [path for files, _ in found for path in files]
        labels = np.concatenate([digits for _, digits in found])
        pixels = Pixels(SIZE, SIZE, self.pool)

        def recording(path: Path) -> tuple[np.ndarray, np.ndarray]:
            events = read_atis(path)
            return events.time_us, pixels.unit(events, path)

        def read(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return self.stacked([recording(paths[index]) for index in indices]), labels[indices]

        return split_parts(self.facts(), divided(self, labels, self.published[1]), read)


def _folder() -> Path:
    folders = folders_of(NMnist.name)
    for folder in folders:
        if (folder / "Train").is_dir() and (folder / "Test").is_dir():
            return folder
    looked = "".join(f"\n  {folder}" for folder in folders)
    raise DataMissing(
        f"The data of task {NMnist.name} is not on this machine: folders Train and Test were looked for in{looked}\n"
        f"Fetch Train.zip and Test.zip from {FROM}, unpack both into a folder named {NMnist.name} and give its parent: "
        f"--data FOLDER, or {VARIABLE}=FOLDER. They are not downloaded by themselves."
    )


def _listed(folder: Path, count: int) -> tuple[list[Path], np.ndarray]:
    """The files of one part, sorted by digit and name, and their digits."""
    files = [sorted((folder / str(digit)).glob("*.bin")) for digit in range(CLASSES)]
    total = sum(map(len, files))
    if total != count:
        raise EnvironmentFault(
            f"{folder} holds {total:,} recordings (0 to 9, *.bin); expected {count:,}. Unpack the archive again."
        )
    return [path for own in files for path in own], np.repeat(np.arange(CLASSES), [len(own) for own in files])
