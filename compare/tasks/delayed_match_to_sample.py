"""Delayed match to sample: is the second cue the one that was seen before the delay?

A cue is shown, then nothing (or distracting cues) for a while, then a second cue. A fixation point is on until the
second cue comes, as in animals' training and in Yang et al. 2019, Nat. Neurosci. 22:297; its end asks for the answer.
The classic test of working memory: neurons of the prefrontal cortex fire through the delay (Fuster & Alexander 1971),
and keep the sample even while other stimuli are shown (Miller, Erickson & Desimone 1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ann.source import Source
from compare.contract import Facts, Split
from compare.tasks._generated import generated, generator_of, refuse_sizes, sizes_of, with_inward_noise

__all__ = ["DelayedMatchToSample"]


@dataclass(frozen=True)
class DelayedMatchToSample:
    """Match (1) or not (0)? Sequences (time, feature): one channel for each cue, and the fixation point.

    Steps: `cue_steps` of the sample, `delay`, `cue_steps` of the test. All pairs of sample and answer come equally
    often, so neither the sample nor the test alone tells anything: with two cues the answer is their exclusive or, out
    of reach of whatever adds up what it saw. Each value is |signal - |noise * xi||, xi standard normal, clipped to
    [0, 1].

    Distractors are cues in the delay, each `cue_steps` long, evenly spaced. They are drawn from all cues, whatever
    sample and test are, so that they tell nothing; Miller et al. showed none that matched the sample.

    Attributes:
        cues: how many there are.
        cue_steps: steps that a cue lasts.
        delay: steps between sample and test. How long one is, the network says.
        distractors: cues shown in the delay.
        noise: standard deviation of a value before folding; a cue is 1.
        train, validation, test: how many sequences.
    """

    cues: int = 2
    cue_steps: int = 2
    delay: int = 5
    distractors: int = 0
    noise: float = 0.1
    train: int = 4000
    validation: int = 500
    test: int = 1000

    name: ClassVar[str] = "delayed_match_to_sample"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "Delayed match to sample"
    licence: ClassVar[str] = "generated here, no rights reserved"
    source: ClassVar[Source] = Source(
        "Miller, Erickson & Desimone 1996, J. Neurosci. 16:5154; "
        "Fuster & Alexander 1971, Science 173:652, doi 10.1126/science.173.3997.652",
        authors="Miller, E. K. and Erickson, C. A. and Desimone, R.",
        title="Neural mechanisms of visual working memory in prefrontal cortex of the macaque",
        journal="Journal of Neuroscience",
        year=1996,
        doi="10.1523/JNEUROSCI.16-16-05154.1996",
    )

    def __post_init__(self) -> None:
        for option, least in (("cues", 2), ("cue_steps", 1), ("delay", 0), ("distractors", 0)):
            if getattr(self, option) < least:
                raise ValueError(f"{option} = {getattr(self, option)}: write a whole number of at least {least}.")
        if self.distractors * (self.cue_steps + 1) >= max(self.delay, 1):
            raise ValueError(
                f"distractors = {self.distractors} of {self.cue_steps} steps do not fit a delay of {self.delay} steps "
                f"with a gap around each; write delay = {self.distractors * (self.cue_steps + 1) + 1} or more."
            )
        if not 0 < self.noise <= 1:
            raise ValueError(f"noise = {self.noise}: write above 0, to 1; without it all sequences of a pair are one.")
        refuse_sizes(self, 2 * self.cues, "one of each cue as match and as non-match")

    def facts(self) -> Facts:
        """What is known before loading."""
        return Facts(
            target="class",
            axes=("time", "feature"),
            shape=(2 * self.cue_steps + self.delay, self.cues + 1),
            classes=2,
            chance=0.5,
            examples=sizes_of(self),
        )

    def load(self, seed: int = 0) -> Split:
        """The data, which do not depend on `seed`: X (sample, time, feature) in [0, 1], y (sample,) of 0 and 1."""
        return generated(self, self._sequences)

    def _sequences(self, part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        generator = generator_of(self.name, part)
        pair = generator.permutation(np.arange(n) % (2 * self.cues))
        sample, match = pair % self.cues, (pair // self.cues).astype(np.int64)
        other = (sample + generator.integers(1, self.cues, n)) % self.cues
        shown = [sample, *generator.integers(0, self.cues, (self.distractors, n)), np.where(match, sample, other)]
        X = np.zeros((n, *self.facts().shape))
        for start, cue in zip(self.starts(), shown, strict=True):
            X[np.arange(n), start : start + self.cue_steps, cue] = 1.0
        X[:, : -self.cue_steps, self.cues] = 1.0
        return with_inward_noise(X, self.noise, generator), match

    def starts(self) -> list[int]:
        """The steps at which sample, distractors and test begin."""
        gap = (self.delay - self.distractors * self.cue_steps) / (self.distractors + 1)
        places = range(self.distractors + 1)
        return [0, *(self.cue_steps + round(gap * (i + 1)) + i * self.cue_steps for i in places)]
