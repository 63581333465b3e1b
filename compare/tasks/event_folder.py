"""Your own recordings of an event camera: a folder with a folder for each class

FOLDER/wave/1.aedat, FOLDER/clap/2.aedat ..., or FOLDER/train/wave/..., FOLDER/test/wave/... where you have divided them
yourself. Read are AEDAT 2.0 of the DVS128, AEDAT 3.1 (such as the DVS128 Gesture data, cut into one file for each
gesture), and the ATIS camera's .bin files of N-MNIST and N-Caltech101.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from compare.contract import Facts, Split
from compare.tasks._aedat import read_aedat
from compare.tasks._atis import read_atis
from compare.tasks._events import AXES, EventFrames, Events, Pixels
from compare.tasks._own_files import check_content, own_folder
from compare.tasks._own_folders import OwnFiles, list_classes
from compare.tasks._own_parts import OwnParts, class_facts, divided, refuse_thin_classes, split_parts

__all__ = ["EventFolder"]

READERS: dict[str, Callable[[Path], Events]] = {".aedat": read_aedat, ".bin": read_atis}
WIDEST = 4096


@dataclass(frozen=True)
class EventFolder(OwnParts, EventFrames):
    """Which class was recorded? Sequences (time, feature): the units of a step are (polarity, y, x), OFF first.

    Time begins with a recording's first event. See EventFrames for how events become values. They are kept in memory:
    4 bytes x steps x units for each recording, 0.8 MB unless told otherwise. Version 1 took ON for OFF and left for
    right in AEDAT 2.0.

    Attributes:
        folder: absolute, or relative to the data folder or to the folder that the command runs in.
        width, height: of the sensor, in pixels.
        pool: squares of so many pixels a side are one unit.
        steps, duration, most: see EventFrames.
        train, validation, test, sha256: of every task of own data; see OwnParts.
    """

    folder: str = "events"
    width: int = 128
    height: int = 128
    pool: int = 4

    name: ClassVar[str] = "event_folder"
    version: ClassVar[int] = 2

    def __post_init__(self) -> None:
        OwnParts.__post_init__(self)
        EventFrames.__post_init__(self)
        for option in ("width", "height", "pool"):
            if not 1 <= getattr(self, option) <= WIDEST:
                raise ValueError(f"{option} = {getattr(self, option)}: write 1 to {WIDEST} pixels.")

    @property
    def title(self) -> str:
        """The folder's name."""
        return f"Own recordings of events ({Path(self.folder).name})"

    def facts(self) -> Facts:
        """What the names of the files tell; no recording is read.

        Raises:
            DataMissing, EnvironmentFault: the folder is absent or does not hold two classes of recordings.
            ConfigurationError: it has too few for the parts that are asked for.
        """
        return self._facts(*self._listed())

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, feature) in [0, 1], y (sample,).

        Raises:
            DataMissing, EnvironmentFault: as `facts`; or a file is damaged, or the content is not the pinned one.
        """
        listed, parts = self._listed()
        check_content(self.sha256, listed.paths, listed.folder)

        def read(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            X = np.empty((len(indices), *self._shape()), np.float32)
            for place, index in enumerate(indices):
                X[place] = self._recording(listed.paths[index])
            return X, listed.labels[indices]

        return split_parts(self._facts(listed, parts), parts, read)

    def _recording(self, path: Path) -> np.ndarray:
        events, pixels = READERS[path.suffix.lower()](path), Pixels(self.width, self.height, self.pool)
        begin = events.time_us.min(initial=np.iinfo(np.int64).max)
        return self.frames(events.time_us - begin, pixels.unit(events, path), pixels.units)

    def _content(self) -> tuple[tuple[Path, ...], Path]:
        listed = self._listed()[0]
        return listed.paths, listed.folder

    def _listed(self) -> tuple[OwnFiles, dict[str, np.ndarray]]:
        listed = list_classes(own_folder(self.name, self.folder), tuple(READERS))
        parts = divided(self, listed.labels, listed.own_test)
        refuse_thin_classes(listed.names, listed.labels, parts, f"Put more recordings into {listed.folder}.")
        return listed, parts

    def _facts(self, listed: OwnFiles, parts: dict[str, np.ndarray]) -> Facts:
        return class_facts(AXES, self._shape(), len(listed.names), listed.labels, parts)

    def _shape(self) -> tuple[int, int]:
        return self.steps, Pixels(self.width, self.height, self.pool).units
