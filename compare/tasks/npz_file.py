"""Your own arrays in a NumPy file (.npz): X and y, or X_train, y_train, X_test and y_test

Written by `numpy.savez("data.npz", X=X, y=y)`. Where a file has a test part of its own, it judges, and nothing else
does. Names may be written small. Files that hold Python objects are refused: reading them could run foreign code.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, NoReturn

import numpy as np

from compare.errors import ConfigurationError, EnvironmentFault
from compare.tasks._own_arrays import Answers, OwnArrays, answers_of
from compare.tasks._own_files import check_content, own_file

__all__ = ["NpzFile"]

WHOLE, PARTED = ("x", "y"), ("x_train", "y_train", "x_test", "y_test")
SAMPLES = ("auto", "features", "sequence", "image", "channels_last")
IMAGE, SEQUENCE = ("channel", "height", "width"), ("time", "feature")
MOST_CHANNELS = 4
FAULTS = (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error)  # of a damaged file


@dataclass(frozen=True)
class NpzFile(OwnArrays):
    """Which class, or which value, belongs to a sample of your own? See OwnArrays for how inputs are scaled.

    Attributes:
        file: the .npz file, absolute, or relative to the data folder or to the folder that the command runs in.
        samples: what a sample is: "features" (sample, feature), "sequence" (sample, time, feature), "image"
            (sample, height, width) or (sample, channel, height, width), "channels_last" (sample, height, width,
            channel); "auto" where the number of axes tells.
        target, scale, train, validation, test, sha256: of every task of own arrays; see OwnArrays and OwnParts.
    """

    file: str = "data.npz"
    samples: Literal["auto", "features", "sequence", "image", "channels_last"] = "auto"

    name: ClassVar[str] = "npz_file"
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.samples not in SAMPLES:
            raise ValueError(f"samples = {self.samples!r} is none of {', '.join(map(repr, SAMPLES))}.")

    @property
    def title(self) -> str:
        """The file's name."""
        return f"Own arrays ({Path(self.file).name})"

    def _content(self) -> tuple[list[Path], Path]:
        path = own_file(self.name, self.file)
        return [path], path

    def _answers(self) -> Answers:
        path = own_file(self.name, self.file)
        inputs, targets = _names(path)
        arrays = [_read(path, name) for name in targets]
        for name, y, other in zip(targets, arrays, inputs, strict=True):
            if y.ndim == 0 or len(y) != (_shape(path, other) or (0,))[0]:
                _unusable(path, f"{name} has the shape {y.shape} and {other} {_shape(path, other)}; sizes must agree")
        own_test = len(arrays[1]) if len(arrays) > 1 else 0
        _check_alike(path, targets, [y.shape for y in arrays])
        return answers_of(np.concatenate(arrays), self.target, f"{targets[0]} of {path}", own_test)

    def _axes(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        path = own_file(self.name, self.file)
        shapes = [_shape(path, name) for name in _names(path)[0]]
        _check_alike(path, _names(path)[0], shapes)
        if 0 in shapes[0][1:]:
            _unusable(path, f"{_names(path)[0][0]} has the shape {shapes[0]}; a sample holds nothing")
        return _axes_of(self.samples, shapes[0], path)

    def _samples(self) -> np.ndarray:
        path = own_file(self.name, self.file)
        check_content(self.sha256, *self._content())
        names, (axes, shape) = _names(path)[0], self._axes()
        X = np.concatenate([_read(path, name) for name in names])
        if X.dtype.kind not in "biuf":
            _unusable(path, f"{names[0]} holds {X.dtype}; expected numbers")
        X = np.moveaxis(X, -1, 1) if axes == IMAGE and self.samples == "channels_last" else X
        return (X.astype(np.uint8) if X.dtype.kind == "b" else X).reshape(len(X), *shape)


def _axes_of(samples: str, shape: tuple[int, ...], path: Path) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and lengths of a sample's axes, from what the user says and the array's shape, sample axis first."""
    own = shape[1:]
    if samples in ("auto", "features") and len(own) <= 1:
        return ("feature",), own or (1,)
    if samples == "sequence" and len(own) == 2:
        return SEQUENCE, own
    if samples == "image" and len(own) == 2:
        return IMAGE, (1, *own)
    if len(own) == 3 and (samples == "image" or (samples == "auto" and own[0] <= MOST_CHANNELS)):
        return IMAGE, own
    if samples == "channels_last" and len(own) == 3:
        return IMAGE, (own[2], *own[:2])
    raise ConfigurationError(
        f"samples = {samples!r} does not tell what an array of the shape {shape} holds ({path}). Write samples = "
        '"features" for (sample, feature), "sequence" for (sample, time, feature), "image" for (sample, height, width) '
        'or (sample, channel, height, width), "channels_last" for (sample, height, width, channel).'
    )


def _names(path: Path) -> tuple[list[str], list[str]]:
    """Names of the inputs and of the answers, as they are written; training part first."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member.removesuffix(".npy") for member in archive.namelist()]
    except (zipfile.BadZipFile, OSError) as error:
        raise EnvironmentFault(
            f'{path} is no .npz file ({error}). Write it with numpy.savez("data.npz", X=X, y=y).'
        ) from error
    written = {member.lower(): member for member in members}
    complete = next((names for names in (PARTED, WHOLE) if set(names) <= set(written)), None)
    if complete is None:
        held = ", ".join(members) or "nothing"
        _unusable(path, f"it holds {held}; expected X and y, or X_train, y_train, X_test and y_test")
    found = [written[name] for name in complete]
    return found[0::2], found[1::2]


def _read(path: Path, name: str) -> np.ndarray:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return np.asarray(archive[name])
    except FAULTS as error:
        _unusable(path, f"{name} cannot be read ({error}); arrays of numbers, text or truth values are expected")


def _shape(path: Path, name: str) -> tuple[int, ...]:
    """Of an array, from its header alone."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as member:
            version = np.lib.format.read_magic(member)
            first = version == (1, 0)
            header = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
            return header(member)[0]
    except FAULTS as error:
        _unusable(path, f"{name} cannot be read ({error})")


def _check_alike(path: Path, names: list[str], shapes: list[tuple[int, ...]]) -> None:
    if len({shape[1:] for shape in shapes}) > 1:
        _unusable(path, f"{' and '.join(names)} have the shapes {' and '.join(map(str, shapes))}, of unlike samples")


def _unusable(path: Path, what: str) -> NoReturn:
    raise EnvironmentFault(f"{path} is not usable: {what}.")
