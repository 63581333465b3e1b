"""Generation: make new digits, shown digits that nobody labels

The images of the task digits (8x8, nothing to download) or mnist, with their split. What a learner makes is judged by
how near it lies to the test images, in the features of one classifier that knows the digits; what it gives back of a
test image by how far that lies from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, get_args

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks.digits import Digits
from compare.tasks.mnist import Mnist

__all__ = ["Generation"]

Of = Literal["digits", "mnist"]
TEST = 2_000  # of mnist: density and coverage compare each test image with each made one
SIZES = ("train", "validation", "test")


@dataclass(frozen=True)
class Generation:
    """What else could have been among them? The labels (`Split.y`) are kept for the classifier that judges.

    Train, validation, test and probe are those of the task it takes the images from, in the same order.

    Attributes:
        of: "digits", 1,000 raw images of 8x8 to learn from, or "mnist", of 28x28.
        train, validation, test: how many, of mnist; None is all that validation leaves, 5,000 and 2,000. The digits
            have one split and take no sizes.

    Raises:
        ValueError: if there are no such images, or not so many.
    """

    of: Of = "digits"
    train: int | None = None
    validation: int | None = None
    test: int | None = None

    name: ClassVar[str] = "generation"
    version: ClassVar[int] = Digits.version + Mnist.version - 2  # either's change is a change of this
    title: ClassVar[str] = "Generation of handwritten digits"
    licence: ClassVar[str] = Digits.licence  # of the class; an instance has those of its images
    source: ClassVar[Source] = Digits.source

    def __post_init__(self) -> None:
        if self.of not in get_args(Of):
            raise ValueError(f'of = {self.of!r} is not known. Write "digits" or "mnist".')
        images = self._images()  # refuses impossible sizes
        for told in ("licence", "source"):
            object.__setattr__(self, told, getattr(images, told))

    def facts(self) -> Facts:
        """What is known before loading; no answer can be right, so chance is None."""
        return replace(self._images().facts(), target="none", chance=None)

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, 1, size, size) in [0, 1], y (sample,) for the judge.

        Raises:
            DataMissing: mnist is nowhere and cannot be downloaded.
            EnvironmentFault: a file of it is damaged.
        """
        return self._images().load(seed)

    def _images(self) -> Digits | Mnist:
        sizes: dict[str, Any] = {name: getattr(self, name) for name in SIZES if getattr(self, name) is not None}
        if self.of == "mnist":
            return Mnist(**{"test": TEST, **sizes})
        if sizes:
            name, size = next(iter(sizes.items()))
            raise ValueError(f'{name} = {size}, but the digits have one split. Leave it out, or write of = "mnist".')
        return Digits(size=8)
