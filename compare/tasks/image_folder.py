"""Your own images: a folder with a folder for each class

FOLDER/cat/1.png, FOLDER/dog/2.jpg ..., or FOLDER/train/cat/..., FOLDER/test/cat/... where you have divided them
yourself: then the images in test judge, and nothing else does. Classes are the folders' names, sorted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from compare.contract import Facts, Split
from compare.errors import EnvironmentFault
from compare.tasks._own_files import check_content, own_folder
from compare.tasks._own_folders import OwnFiles, list_classes
from compare.tasks._own_parts import OwnParts, class_facts, divided, refuse_thin_classes, split_parts

__all__ = ["ImageFolder"]

ENDINGS = (".png", ".jpg", ".jpeg")
EIGHT_BIT = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV")


@dataclass(frozen=True)
class ImageFolder(OwnParts):
    """Which class is it? Each image is turned upright, cut to a square about its middle and scaled to `size`.

    Scaling is bilinear; where an image shrinks, with a triangle two new pixels wide. Grey is 0.299 R + 0.587 G +
    0.114 B (ITU-R 601). Values are 0 to 255 divided by 255. Transparency is ignored.

    Attributes:
        folder: absolute, or relative to the data folder or to the folder that the command runs in.
        size: height and width in pixels.
        colour: three channels, red, green and blue, instead of one of grey.
        train, validation, test, sha256: of every task of own data; see OwnParts.
    """

    folder: str = "images"
    size: int = 28
    colour: bool = False

    name: ClassVar[str] = "image_folder"
    version: ClassVar[int] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.size <= 1024:
            raise ValueError(f"size = {self.size}: write 1 to 1024 pixels.")

    @property
    def title(self) -> str:
        """The folder's name."""
        return f"Own images ({Path(self.folder).name})"

    def facts(self) -> Facts:
        """What the names of the files tell; no image is read.

        Raises:
            DataMissing, EnvironmentFault: the folder is absent or does not hold two classes of images.
            ConfigurationError: it has too few images for the parts that are asked for.
        """
        return self._facts(*self._listed())

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, channel, size, size) in [0, 1], y (sample,).

        Raises:
            DataMissing, EnvironmentFault: as `facts`; or an image cannot be read, or the content is not the pinned one.
        """
        listed, parts = self._listed()
        check_content(self.sha256, listed.paths, listed.folder)

        def read(indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            X = np.empty((len(indices), *self._shape()), np.float32)
            for place, index in enumerate(indices):
                X[place] = _pixels(listed.paths[index], self.size, self.colour) / np.float32(255)
            return X, listed.labels[indices]

        return split_parts(self._facts(listed, parts), parts, read)

    def _content(self) -> tuple[tuple[Path, ...], Path]:
        listed = self._listed()[0]
        return listed.paths, listed.folder

    def _listed(self) -> tuple[OwnFiles, dict[str, np.ndarray]]:
        listed = list_classes(own_folder(self.name, self.folder), ENDINGS)
        parts = divided(self, listed.labels, listed.own_test)
        refuse_thin_classes(listed.names, listed.labels, parts, f"Put more images into {listed.folder}.")
        return listed, parts

    def _facts(self, listed: OwnFiles, parts: dict[str, np.ndarray]) -> Facts:
        return class_facts(("channel", "height", "width"), self._shape(), len(listed.names), listed.labels, parts)

    def _shape(self) -> tuple[int, int, int]:
        return (3 if self.colour else 1, self.size, self.size)


def _pixels(path: Path, size: int, colour: bool) -> np.ndarray:
    """One image, uint8 (channel, size, size).

    Raises:
        EnvironmentFault: it cannot be read, or has more than eight bits a channel.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            if image.mode not in EIGHT_BIT:
                raise EnvironmentFault(f"{path} has pixels of mode {image.mode}; save it with eight bits a channel.")
            upright = ImageOps.exif_transpose(image).convert("RGB" if colour else "L")
            side = min(upright.size)
            left, top = ((length - side) // 2 for length in upright.size)
            square = upright.crop((left, top, left + side, top + side))
            scaled = square.resize((size, size), Image.Resampling.BILINEAR)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise EnvironmentFault(f"{path} cannot be read as an image: {error}. Remove it or save it anew.") from error
    return np.moveaxis(np.asarray(scaled, np.uint8).reshape(size, size, -1), -1, 0)
