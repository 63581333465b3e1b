"""A verdict's sentences, made from its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, isnan, log10
from typing import Any, Literal

from compare.statistics.paired import SignFlip

ADVISED, NEEDED = 10, 3
TINY = 1e-4  # sizes below it are told with an exponent


@dataclass(frozen=True)
class Wording:
    """How one family of verdicts speaks.

    Attributes:
        metric: its name in words.
        unit: "%" for a fraction, told in points of 100; "" for a number without a unit.
        margin: the gap that matters, in the metric's own scale; 0 where none was named.
        tuned, better: see compare.statistics.verdicts.
        one_test_set: whether the same test set served every seed.
    """

    metric: str
    unit: str
    margin: float
    tuned: bool
    better: Literal["higher", "lower", "neither"]
    one_test_set: bool

    def sentence(self, it: dict[str, Any], *, items: int | None, error: float | None) -> str:
        """The verdict, complete with its numbers and with what limits it."""
        if it["outcome"] == "no ranking":
            said = self._too_few(it) if it["n"] < NEEDED else self._identical(it)
        elif it["outcome"].startswith("no "):
            said = self._undetected(it)
        else:
            said = self._better(it)
        said += self._limits(it, items, error)
        return f"Untuned defaults: {said}" if not self.tuned else said[:1].upper() + said[1:]

    def sensitivity(self, flip: SignFlip, adjusted: float, tests: int, *, rejected: bool, alpha: float) -> str:
        """What the exact test says beside the t test, and whether it could have said anything."""
        if flip.n < NEEDED:
            return f"Sign-flip test: not done with {_seeds(flip.n)} ({NEEDED} needed)."
        if isnan(adjusted):
            return "Sign-flip test: not done, because every seed gave the same difference."
        how = "exact" if flip.exact else "by 200,000 drawn patterns"
        said = f"Sign-flip test ({how}, n = {flip.n}): p = {_p(flip.p)}, Holm-adjusted {_p(adjusted)}."
        if flip.smallest * tests > alpha:
            family = f" over {tests} contrasts" if tests > 1 else ""
            return (
                f"{said} It cannot be significant here: the smallest possible p is {_p(flip.smallest)}, "
                f"and Holm{family} asks for {_p(alpha / tests)}."
            )
        agrees = "agrees" if (adjusted <= alpha) == rejected else "disagrees"
        return f"{said} It {agrees} with the t test."

    def _better(self, it: dict[str, Any]) -> str:
        """What was found, the winner first; of a score that neither end of is better, the higher one first."""
        first, second = (it["a"], it["b"]) if it["outcome"].startswith("a") else (it["b"], it["a"])
        low, high = sorted(abs(bound) for bound in (it["low"], it["high"]))
        gap = self._amount(abs(it["difference"]), it)
        said = {
            "higher": f"{first} beats {second} in {self._name} by {gap}",
            "lower": f"{first} has a lower {self._name} than {second}, by {gap}",
            "neither": f"{first} lies above {second} in {self._name} by {gap}",
        }[self.better]
        return f"{said} ({self._interval(low, high, it)}, {_paired(it['n'])}){self._where}."

    def _undetected(self, it: dict[str, Any]) -> str:
        between = f"between {it['a']} and {it['b']} in {self._name}"
        gap, interval = self._amount(it["difference"], it, signed=True), self._interval(it["low"], it["high"], it)
        if it["outcome"] == "no difference that matters":
            said = (
                f"no difference that matters {between}: {gap} ({interval}, {_paired(it['n'])}) excludes 0 but is not"
                f" more than the margin of {self._amount(self.margin)}{self._where}."
            )
        else:
            said = (
                f"no detectable difference {between}: {gap} ({interval}, {_paired(it['n'])}, smallest detectable"
                f" {self._amount(it['detectable'])}){self._where}."
            )
        if it["p_equivalent"] <= 0.05:
            alike = "differ by less than" if self.better == "neither" else "are as good as each other within"
            said += f" They {alike} {self._amount(self.margin)}."
        return said

    def _too_few(self, it: dict[str, Any]) -> str:
        return (
            f"no ranking: {_seeds(it['n'])} for {it['a']} against {it['b']} "
            f"({NEEDED} needed, {ADVISED} advised); values are shown."
        )

    def _identical(self, it: dict[str, Any]) -> str:
        both, every = f"{it['a']} and {it['b']}", f"with every one of {it['n']} seeds"
        if not it["difference"]:
            return f"no ranking: {both} have exactly the same {self._name} {every}; values are shown."
        return (
            f"no ranking: {both} differ by exactly {self._amount(it['difference'], signed=True)} in "
            f"{self._name} {every}, so seeds tell nothing about the error; values are shown."
        )

    def _limits(self, it: dict[str, Any], items: int | None, error: float | None) -> str:
        said = ""
        if it["missing"]:
            lack = "lacks" if it["missing"] == 1 else "lack"
            said += f" {it['missing']} of {it['n'] + it['missing']} seeds {lack} a run of one of the two: left out."
        if NEEDED <= it["n"] < ADVISED:
            said += f" {ADVISED} seeds are advised."
        if items is not None and error is not None and it["outcome"] != "no ranking":
            said += (
                f" Drawing {items:,} other test items would alone move an accuracy by {self._amount(error)} "
                "(standard error)."
            )
        return said

    @property
    def _name(self) -> str:
        return self.metric.replace("_", " ")

    @property
    def _where(self) -> str:
        return ", for this test set" if self.one_test_set else ""

    def _amount(self, value: float, it: dict[str, Any] | None = None, *, signed: bool = False) -> str:
        unit = "points" if self.unit == "%" else self.unit
        return f"{self._number(value, it, signed=signed)} {unit}".rstrip()

    def _interval(self, low: float, high: float, it: dict[str, Any]) -> str:
        return f"Holm-adjusted 95 % interval {self._number(low, it)} to {self._number(high, it)}"

    def _number(self, value: float, it: dict[str, Any] | None, *, signed: bool = False) -> str:
        """A number of a verdict, all to the same digits, or one that stands for itself."""
        if self.unit == "%":
            text = _plain(100 * value, 2)
        elif it is None:
            text = measure(value, value, 0.0)
        else:
            text = measure(value, it["difference"], (it["high"] - it["low"]) / 2)
        return f"+{text}" if signed and value > 0 and text.strip("0.") else text


def measure(value: float, difference: float, half: float) -> str:
    """A number in a unit of measure, to the digits that a difference and half the width of its interval support.

    Three digits of the larger of both, and at least two of the half width.
    """
    size = max(abs(difference), abs(half)) or abs(value)
    if not 0 < size < float("inf"):
        return _plain(value, 0)
    if size < TINY:
        return f"{value:.2e}".replace("-", "−")
    places = [2 - floor(log10(size)), *([1 - floor(log10(half))] if half > 0 else [])]
    return _plain(value, min(max(0, *places), 12))


def _plain(value: float, digits: int) -> str:
    """With thousands separated and a typographic minus, which zero has not."""
    text = f"{value:,.{digits}f}"
    return (text if text.strip("-0.") else text.removeprefix("-")).replace("-", "−")


def _paired(n: int) -> str:
    return f"n = {n} paired seeds"


def _seeds(n: int) -> str:
    return f"{n} paired seed" if n == 1 else f"{n} paired seeds"


def _p(p: float) -> str:
    return f"{p:.2g}" if p < 0.1 else f"{p:.2f}"
