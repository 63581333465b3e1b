"""Copy memory: repeat ten symbols after a long pause

A class for each step: nothing ("blank") until a signal comes, then the symbols in their order. Every symbol must be
kept through the pause, so the task grows harder with `delay` and with `length`, and no leaky trace is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, generator_of, refuse_sizes, sizes_of

__all__ = ["CopyMemory"]


@dataclass(frozen=True)
class CopyMemory:
    """Which symbol now? Sequences (time, feature), one channel a symbol, one for blank, one for the signal.

    Steps: `length` symbols, `delay` - 1 blanks, the signal, `length` blanks. The target is blank (class `symbols`) for
    the first `length` + `delay` steps, then the symbols. Inputs are 0 and 1.

    Chance is the share of steps told right by who knows when to answer but not what: all the blanks, and one of
    `symbols` of the rest. It is the memoryless strategy of Arjovsky et al., whose mean cross-entropy is
    length ln(symbols) / (delay + 2 length).

    Attributes:
        delay: steps from the last symbol to the first answer.
        length: symbols to keep.
        symbols: how many there are to draw from.
        train, validation, test: how many sequences.
    """

    delay: int = 20
    length: int = 10
    symbols: int = 8
    train: int = 2000
    validation: int = 200
    test: int = 500

    name: ClassVar[str] = "copy_memory"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Copy memory"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Arjovsky, Shah & Bengio 2016, ICML, PMLR 48:1120 (arXiv:1511.06464); after Hochreiter & Schmidhuber 1997, "
        "Neural Comput. 9:1735",
        authors="Arjovsky, M. and Shah, A. and Bengio, Y.",
        title="Unitary Evolution Recurrent Neural Networks",
        journal="Proceedings of the 33rd International Conference on Machine Learning, PMLR 48",
        year=2016,
        doi="10.48550/arXiv.1511.06464",
    )

    def __post_init__(self) -> None:
        for option, least in (("delay", 1), ("length", 1), ("symbols", 2)):
            if getattr(self, option) < least:
                raise ValueError(f"{option} = {getattr(self, option)}: write a whole number of at least {least}.")
        refuse_sizes(self, self.symbols, "as many as there are symbols")
        wanted = sum(sizes_of(self).values())
        if self.symbols**self.length < wanted:
            raise ValueError(
                f"symbols = {self.symbols} and length = {self.length} make {self.symbols**self.length:,} sequences, "
                f"{wanted:,} are wanted. Write a longer length."
            )

    def facts(self) -> Facts:
        """What is known before loading."""
        steps = self.delay + 2 * self.length
        return Facts(
            target="class per step",
            axes=("time", "feature"),
            shape=(steps, self.symbols + 2),
            classes=self.symbols + 1,
            chance=(self.delay + self.length + self.length / self.symbols) / steps,
            examples=sizes_of(self),
        )

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, feature) of 0 and 1, y (sample, time)."""
        return generated(self, self._sequences)

    def _sequences(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        """The parts are cut from one draw without repeats, so that no sequence is in two of them."""
        first = {"train": 0, "validation": self.train, "test": self.train + self.validation}[part]
        symbols = self._all()[first : first + n]
        blank, signal = self.symbols, self.symbols + 1
        shown = np.full((n, self.delay + 2 * self.length), blank)
        shown[:, : self.length] = symbols
        shown[:, self.length + self.delay - 1] = signal
        y = np.full(shown.shape, blank, dtype=np.int64)
        y[:, -self.length :] = symbols
        return np.eye(self.symbols + 2, dtype=np.float32)[shown], y

    def _all(self) -> np.ndarray:
        """(sample, length) different sequences, in the order in which they were drawn first."""
        wanted, generator = sum(sizes_of(self).values()), generator_of(self.name, "symbols")
        drawn = np.empty((0, self.length), dtype=np.int64)
        while len(drawn) < wanted:
            drawn = np.concatenate([drawn, generator.integers(0, self.symbols, (wanted, self.length))])
            drawn = drawn[np.sort(np.unique(drawn, axis=0, return_index=True)[1])]
        return drawn[:wanted]
