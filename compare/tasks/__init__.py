"""Data sets with a question. One task a file; this package imports one only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.tasks.adding_problem import AddingProblem
    from compare.tasks.blobs import Blobs
    from compare.tasks.copy_memory import CopyMemory
    from compare.tasks.csv_file import CsvFile
    from compare.tasks.delayed_match_to_sample import DelayedMatchToSample
    from compare.tasks.digits import Digits
    from compare.tasks.embedded_reber import EmbeddedReber
    from compare.tasks.event_folder import EventFolder
    from compare.tasks.fashion_mnist import FashionMnist
    from compare.tasks.generation import Generation
    from compare.tasks.image_folder import ImageFolder
    from compare.tasks.line import Line
    from compare.tasks.mnist import Mnist
    from compare.tasks.moons import Moons
    from compare.tasks.n_mnist import NMnist
    from compare.tasks.npz_file import NpzFile
    from compare.tasks.row_digits import RowDigits
    from compare.tasks.shd import Shd
    from compare.tasks.spoken_digits import SpokenDigits
    from compare.tasks.xor import XOR
    from compare.tasks.yin_yang import YinYang

__all__ = [
    "XOR",
    "AddingProblem",
    "Blobs",
    "CopyMemory",
    "CsvFile",
    "DelayedMatchToSample",
    "Digits",
    "EmbeddedReber",
    "EventFolder",
    "FashionMnist",
    "Generation",
    "ImageFolder",
    "Line",
    "Mnist",
    "Moons",
    "NMnist",
    "NpzFile",
    "RowDigits",
    "Shd",
    "SpokenDigits",
    "YinYang",
]

_HOME = {
    "AddingProblem": "adding_problem",
    "Blobs": "blobs",
    "CopyMemory": "copy_memory",
    "CsvFile": "csv_file",
    "DelayedMatchToSample": "delayed_match_to_sample",
    "Digits": "digits",
    "EmbeddedReber": "embedded_reber",
    "EventFolder": "event_folder",
    "FashionMnist": "fashion_mnist",
    "Generation": "generation",
    "ImageFolder": "image_folder",
    "Line": "line",
    "Mnist": "mnist",
    "Moons": "moons",
    "NMnist": "n_mnist",
    "NpzFile": "npz_file",
    "RowDigits": "row_digits",
    "Shd": "shd",
    "SpokenDigits": "spoken_digits",
    "XOR": "xor",
    "YinYang": "yin_yang",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
