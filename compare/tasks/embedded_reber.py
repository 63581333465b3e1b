"""Embedded Reber grammar: does the end of the string agree with its beginning?

A string is B, T or P, a string of Reber's grammar, the same T or P again, E. Its last symbol but one depends on its
second and on nothing between, however long that is. A learner tells true strings from those with the other symbol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, refuse_sizes, sizes_of
from compare.tasks._split import shuffled

__all__ = ["EmbeddedReber"]

SYMBOLS = "BTPSXVE"
START, END = 0, 6
# state -> (symbol, next state), Reber 1967, figure 1, in the letters of Cleeremans et al. 1989, after the opening B
GRAMMAR = {
    0: (("T", 1), ("P", 2)),
    1: (("S", 1), ("X", 3)),
    2: (("T", 2), ("V", 4)),
    3: (("X", 2), ("S", 5)),
    4: (("P", 3), ("V", 5)),
    5: (("E", END),),
}
FRAME = 4  # symbols around the inner string
VARIANTS = 4  # of an inner string: T or P before it, the same or the other after it


@dataclass(frozen=True)
class EmbeddedReber:
    """In the grammar (1) or not (0)? Sequences (time, feature) of seven channels, one a symbol; zeros after the end.

    Every string in the data comes with T and with P in front and with both at the end: only their agreement tells,
    and each answer is right half the time. The parts share no inner string. Inner strings are uniform among those
    that are short enough; the grammar's own coin flips would repeat the short ones in every part.

    Hochreiter & Schmidhuber had networks predict the next symbol. Where the grammar has a choice no network can know
    it, and strings differ in length, so such a score mixes what cannot be learned, what is local and the one symbol
    that needs memory. Telling strings apart asks for that symbol alone, by a plain accuracy, of every classifier.

    Attributes:
        longest: symbols of the longest string; the shortest has 9.
        train, validation, test: how many strings, multiples of 4.
    """

    longest: int = 20
    train: int = 1200
    validation: int = 240
    test: int = 600

    name: ClassVar[str] = "embedded_reber"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Embedded Reber grammar"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Hochreiter & Schmidhuber 1997, Neural Comput. 9:1735, experiment 1; Reber 1967, J. Verbal Learn. Verbal "
        "Behav. 6:855, doi 10.1016/S0022-5371(67)80149-X",
        authors="Hochreiter, S. and Schmidhuber, J.",
        title="Long Short-Term Memory",
        journal="Neural Computation",
        year=1997,
        doi="10.1162/neco.1997.9.8.1735",
    )

    def __post_init__(self) -> None:
        refuse_sizes(self, VARIANTS, "an inner string in its four variants")
        for part, size in sizes_of(self).items():
            if size % VARIANTS:
                raise ValueError(f"{part} = {size}: write a multiple of 4, every inner string comes in four variants.")
        if not 9 <= self.longest <= 30:
            raise ValueError(
                f"longest = {self.longest}: write 9 to 30 symbols; all strings up to that length are listed."
            )
        wanted, known = sum(sizes_of(self).values()) // VARIANTS, sum(1 for _ in inner_strings(self.longest - FRAME))
        if wanted > known:
            raise ValueError(
                f"longest = {self.longest}: there are {known:,} inner strings so short, {wanted:,} are wanted. "
                "Write a longer one, or fewer samples."
            )

    def facts(self) -> Facts:
        """What is known before loading."""
        return Facts(
            target="class",
            axes=("time", "feature"),
            shape=(self.longest, len(SYMBOLS)),
            classes=2,
            chance=0.5,
            examples=sizes_of(self),
        )

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, feature) of 0 and 1, y (sample,) of 0 and 1."""
        return generated(self, self._sequences)

    def strings(self, part: str) -> tuple[list[str], np.ndarray]:
        """The strings of a part and whether each is in the grammar, (sample,) int64."""
        known = sorted(inner_strings(self.longest - FRAME))
        order = shuffled(np.arange(len(known)), self.name)
        first = {"train": 0, "validation": self.train, "test": self.train + self.validation}[part] // VARIANTS
        inner = [known[i] for i in order[first : first + getattr(self, part) // VARIANTS]]
        every = [f"B{a}{one}{b}E" for one in inner for a in "TP" for b in "TP"]
        every = [every[i] for i in shuffled(np.arange(len(every)), f"{self.name} {part}")]
        return every, np.array([one[1] == one[-2] for one in every], dtype=np.int64)

    def _sequences(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        strings, y = self.strings(part)
        X = np.zeros((n, *self.facts().shape), dtype=np.float32)
        for row, string in zip(X, strings, strict=True):
            row[np.arange(len(string)), [SYMBOLS.index(symbol) for symbol in string]] = 1.0
        return X, y


def inner_strings(longest: int) -> Iterator[str]:
    """Every string of Reber's grammar with at most `longest` symbols, once."""
    unfinished = [("B", START)]
    while unfinished:
        string, state = unfinished.pop()
        if state == END:
            yield string
        elif len(string) < longest:
            unfinished += [(string + symbol, after) for symbol, after in GRAMMAR[state]]
