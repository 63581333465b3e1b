"""How a task's score is written and drawn: shares in percent, errors in their unit and said to be better when low"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from compare.scores import Score

UNITS = {"sample": ""}  # samples have no unit of measure: their values lie in [0, 1]
IN_WORDS = {
    "%": "percent",
    "target²": "the target's unit of measure, squared",
    "target": "the target's unit of measure",
    "feature²": "squared units of the features",
}
INTERVALS = 0.4  # of the largest value: how far beyond it the end of an interval is followed
HIGH = 0.7  # shares that all lie above it are drawn on an axis that begins near them
THOUSAND, MANY = 1e3, 1e9  # between them a number is written out, beyond with an exponent
WIDE = 200.0  # a logarithmic axis on which 2 and 5 have no room beside 1
SPREAD = 10.0  # errors that differ by more than so many times are drawn on a logarithmic axis


@dataclass(frozen=True)
class Scale:
    """Of one score.

    Attributes:
        title: in words, "mean squared error"; also the name of its column in tables and CSV files.
        unit: "%" for a share.
        factor: from the store's number to the one shown.
        better: "higher", "lower" or "neither".
        chance: what the answer that looks at no sample is called.
    """

    title: str = "accuracy"
    unit: str = "%"
    factor: float = 100.0
    better: Literal["higher", "lower", "neither"] = "higher"
    chance: str = "chance"

    @classmethod
    def of(cls, score: Score, chance: str = "chance") -> Scale:
        unit, factor = ("%", 100.0) if score.percent else (UNITS.get(score.unit, score.unit), 1.0)
        return cls(score.title, unit, factor, score.better, chance)

    @property
    def is_share(self) -> bool:
        return self.unit == "%"

    @property
    def name(self) -> str:
        """The title as the first words of a sentence."""
        return self.title[:1].upper() + self.title[1:]

    @property
    def points(self) -> str:
        """The unit of a difference."""
        return "points" if self.is_share else self.unit

    @property
    def preference(self) -> str:
        """ "lower is better", or "" where more is better, as readers expect."""
        return "lower is better" if self.better == "lower" else ""

    @property
    def described(self) -> str:
        """ "accuracy in percent", "mean squared error in the target's unit of measure, squared (lower is better)"."""
        unit = f" in {self.unit_in_words}" if self.unit else ""
        return f"{self.title}{unit}" + (f" ({self.preference})" if self.preference else "")

    @property
    def unit_in_words(self) -> str:
        return IN_WORDS.get(self.unit, self.unit)

    def axis(self, before: str = "", after: str = "", *, lines: bool = False) -> str:
        """An axis' name: "accuracy on the test set (%)", "validation mean squared error (target², lower is better)"."""
        words = " ".join(part for part in (before, self.title, after) if part)
        inside = ", ".join(part for part in (self.unit, self.preference) if part)
        return words + (f"{chr(10) if lines and self.preference else ' '}({inside})" if inside else "")

    def bare(self, value: float) -> str:
        """ "97.4", "0.0123", "1,772"."""
        if self.is_share:
            return f"{self.factor * value:.1f}"
        return f"{value:,.0f}" if THOUSAND <= abs(value) < MANY else f"{value:.3g}"

    def text(self, value: float) -> str:
        """ "97.4 %", "0.0123 target²"."""
        return f"{self.bare(value)} {self.unit}".rstrip()

    def best(self, values: Any) -> float:
        """The best of some values; NaN where neither end is better."""
        pick = {"higher": np.nanmax, "lower": np.nanmin}.get(self.better)
        return float(pick(values)) if pick is not None else float("nan")

    def begins(self, values: Iterable[float], lows: Iterable[float]) -> float:
        """Where an axis of shares begins, as stored: at 0, or nearer where all lie so high that they would be one blot.

        For figures of which positions are read, not lengths; they may begin anywhere as long as that is said.
        """
        least = min((v for v in (*values, *lows) if np.isfinite(v)), default=0.0)
        if not self.is_share or least < HIGH:
            return 0.0
        return float(np.floor(20 * (least - 0.3 * (1 - least))) / 20)

    def spacing(self, values: Iterable[float]) -> Literal["linear", "log"]:
        """ "log" for errors that span more than an order of magnitude, so that the small ones can be told apart."""
        finite = np.array([v for v in values if np.isfinite(v)], float)
        wide = len(finite) > 0 and finite.min() > 0 and finite.max() > SPREAD * finite.min()
        return "log" if wide and self.better == "lower" and not self.is_share else "linear"

    def fit(
        self, axes: Any, which: Literal["x", "y"], values: Iterable[float], ends: Iterable[float] = (), top: float = 101
    ) -> None:
        """Limits and spacing of an axis that shows the score.

        Args:
            axes: Matplotlib's.
            which: of its axes.
            values: everything that must be seen, as stored.
            ends: of intervals, which are seen as far as they do not dwarf the values.
            top: where an axis of percent ends.
        """
        set_limits, set_scale = getattr(axes, f"set_{which}lim"), getattr(axes, f"set_{which}scale")
        known, reach = ([v for v in some if np.isfinite(v)] for some in (values, ends))
        if self.is_share:
            set_limits(0, top)
        elif self.spacing(known) == "log":
            set_scale("log")
            _log_ticks(axes.yaxis if which == "y" else axes.xaxis, known)
        elif known:
            size = max(max(known), -min(known), 1e-12)
            low, high = min(0.0, *known, *reach), max(0.0, *known, *reach)
            set_limits(1.05 * max(low, -INTERVALS * size), 1.05 * min(high, (1 + INTERVALS) * size))


def _log_ticks(axis: Any, values: Iterable[float]) -> None:
    """Ticks at 1, 2 and 5 times powers of ten, at these alone where there are many: "0.02", "1e-06"."""
    positive = [v for v in values if v > 0]
    wide = max(positive) / min(positive) > WIDE
    axis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0), numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
