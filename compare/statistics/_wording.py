"""A verdict's sentences, made from its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

from compare.statistics.paired import SignFlip

ADVISED, NEEDED = 10, 3


@dataclass(frozen=True)
class Wording:
    """How one family of verdicts speaks.

    Attributes:
        metric, unit: as the metric declares them; unit "" is a fraction, told in points of 100.
        margin: the gap that matters, in the metric's own scale.
        tuned, higher_is_better: see compare.statistics.verdicts.
        one_test_set: whether the same test set served every seed.
    """

    metric: str
    unit: str
    margin: float
    tuned: bool
    higher_is_better: bool
    one_test_set: bool

    def sentence(self, it: dict[str, Any], *, items: int | None, error: float | None) -> str:
        """The verdict, complete with its numbers and with what limits it."""
        if it["outcome"] == "no ranking":
            said = self._too_few(it) if it["n"] < NEEDED else self._identical(it)
        elif it["outcome"] == "no detectable difference":
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
        sign = 1 if it["outcome"] == "a better" else -1
        winner, loser = (it["a"], it["b"]) if sign > 0 else (it["b"], it["a"])
        direction = sign if self.higher_is_better else -sign
        low, high = sorted((direction * it["low"], direction * it["high"]))
        gap = self._amount(abs(it["difference"]))
        less = "" if self.higher_is_better else " less"
        return (
            f"{winner} beats {loser} in {self._name} by {gap}{less} "
            f"({self._interval(low, high)}, {_paired(it['n'])}){self._where}."
        )

    def _undetected(self, it: dict[str, Any]) -> str:
        between = f"between {it['a']} and {it['b']} in {self._name}"
        if it["low"] > 0 or it["high"] < 0:
            return (
                f"no difference that matters {between}: {self._amount(it['difference'], signed=True)} "
                f"({self._interval(it['low'], it['high'])}, {_paired(it['n'])}) excludes 0 but is not more than the "
                f"margin of {self._amount(self.margin)}{self._where}."
            )
        said = (
            f"no detectable difference {between}: {self._amount(it['difference'], signed=True)} "
            f"({self._interval(it['low'], it['high'])}, {_paired(it['n'])}, "
            f"smallest detectable {self._amount(it['detectable'])}){self._where}."
        )
        if it["p_equivalent"] <= 0.05:
            said += f" They are as good as each other within {self._amount(self.margin)}."
        return said

    def _too_few(self, it: dict[str, Any]) -> str:
        return (
            f"no ranking: {_seeds(it['n'])} for {it['a']} against {it['b']} "
            f"({NEEDED} needed, {ADVISED} advised); values are shown."
        )

    def _identical(self, it: dict[str, Any]) -> str:
        return (
            f"no ranking: {it['a']} and {it['b']} differ by exactly {self._amount(it['difference'], signed=True)} in "
            f"{self._name} with every one of {it['n']} seeds, so seeds tell nothing about the error; values are shown."
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

    def _amount(self, value: float, *, signed: bool = False) -> str:
        number = self._number(value, signed=signed)
        return f"{number} {self.unit or 'points'}"

    def _interval(self, low: float, high: float) -> str:
        return f"Holm-adjusted 95 % interval {self._number(low)} to {self._number(high)}"

    def _number(self, value: float, *, signed: bool = False) -> str:
        if self.unit:
            text = f"{value:+.4g}" if signed else f"{value:.4g}"
        else:
            text = f"{100 * value:+.2f}" if signed else f"{100 * value:.2f}"
        return text.removeprefix("-") if not text.strip("+-0.") else text


def _paired(n: int) -> str:
    return f"n = {n} paired seeds"


def _seeds(n: int) -> str:
    return f"{n} paired seed" if n == 1 else f"{n} paired seeds"


def _p(p: float) -> str:
    return f"{p:.2g}" if p < 0.1 else f"{p:.2f}"
