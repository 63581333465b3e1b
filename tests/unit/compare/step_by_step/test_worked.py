"""The lines of the update: each follows from those above it, in letters and in numbers."""

from __future__ import annotations

import math

import pytest

from compare.step_by_step.passes import one_update, told
from compare.step_by_step.worked import rough, shown, worked

PASSES = told(one_update())
LINES = worked(PASSES)


def value_of(text: str, **names: float) -> float:
    """What a line's formula, or its numbers, come to."""
    for sign, word in (("∂L/∂", "d_"), ("′", "_new"), ("²", "**2"), ("·", "*"), ("−", "-"), ("η", "eta")):
        text = text.replace(sign, word)
    scope = {**names, "exp": math.exp}
    exec(f"found = {text}", scope)
    return float(scope["found"])  # type: ignore[arg-type]


def plain(name: str) -> str:
    return name.replace("∂L/∂", "d_").replace("′", "_new")


def test_every_formula_follows_from_the_lines_above_it() -> None:
    given = {"x1": PASSES["x"][0], "x2": PASSES["x"][1], "t": PASSES["target"], "eta": PASSES["learning_rate"]}
    again = {"h1_new": PASSES["h_after"][0], "h2_new": PASSES["h_after"][1]}
    known = {**PASSES["before"], **given, **again}
    for line in LINES:
        found = value_of(line.formula, **known)
        assert found == pytest.approx(line.value, rel=1e-12), line.name  # the same float64 sums in another order
        known[plain(line.name)] = line.value


def test_every_line_of_numbers_comes_to_its_value() -> None:
    for line in LINES:
        # Two or three factors, each rounded to four places, and none larger than two: off by less than 3e-4.
        assert value_of(line.numbers) == pytest.approx(line.value, abs=3e-4), line.numbers


def test_each_of_the_nine_weights_has_a_gradient_and_a_new_value() -> None:
    names = [line.name for line in LINES]
    assert len(names) == len(set(names)) == 5 + 1 + 5 + 9 + 9 + 2
    for weight in PASSES["before"]:
        assert f"∂L/∂{weight}" in names
        assert f"{weight}′" in names


def test_negative_factors_stand_in_brackets() -> None:
    numbers = {**PASSES, "delta_y": [-0.5]}
    line = next(line for line in worked(numbers) if line.name == "∂L/∂v1")
    assert line.numbers.startswith("(−0.5)·")


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (-0.0, "0"), (-1e-9, "0"), (1.33963, "1.3396"), (-2.0, "−2")]
)
def test_numbers_have_no_zeros_at_their_end_and_a_typographic_minus(value: float, text: str) -> None:
    assert shown(value) == text


def test_small_numbers_are_told_by_their_power_of_ten() -> None:
    assert (rough(8.2e-11), rough(0.03)) == ("8·10⁻¹¹", "3·10⁻²")
