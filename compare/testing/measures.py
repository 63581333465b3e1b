"""Conformance kits of measures of representations."""

from __future__ import annotations

import numpy as np

from compare.contract import Description, Similarity
from compare.testing._parts import check_part

KNOWN = ("rotation", "scale", "translation", "linear map", "permutation")
SAMPLES, WIDTHS = 40, (12, 17)
EXACT = 1e-9  # an invariance holds to rounding; a broken one shows at 1e-3 and above on these layers


def check_similarity(measure: Similarity) -> None:
    """Raises AssertionError unless the measure keeps what compare.contract.Similarity promises."""
    check_part(measure)
    name = measure.name
    unknown = set(measure.invariant_to) - set(KNOWN)
    assert not unknown, f"{name}.invariant_to has {sorted(unknown)}; known are {KNOWN}."
    assert isinstance(measure.is_metric, bool), f"{name}.is_metric = {measure.is_metric!r} is neither True nor False."
    a, b = _layers(0)
    value = _number(name, measure(a.copy(), b.copy()))
    _check_inputs_stay(measure, a, b)
    assert abs(measure(b, a) - value) < EXACT, f"{name} is not symmetric."
    order = np.random.default_rng(2).permutation(SAMPLES)
    assert abs(measure(a[order], b[order]) - value) < EXACT, f"{name} depends on the order of the samples."
    _check_invariance(measure, a, b, value)
    _check_silence(measure, a)
    if measure.is_metric:
        _check_distance(measure)


def check_description(measure: Description) -> None:
    """Raises AssertionError unless the measure keeps what compare.contract.Description promises."""
    check_part(measure)
    a, _ = _layers(0)
    y = np.arange(SAMPLES) % 3
    before = a.copy()
    value = _number(measure.name, measure(a, y))
    assert np.array_equal(a, before), f"{measure.name} changes its input."
    assert measure(a, y) == value, f"{measure.name} gives another value for the same layer."


def _layers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two layers of different width that share a part of what they see, with means of their own."""
    generator = np.random.default_rng(seed)
    common = generator.normal(size=(SAMPLES, 4))
    first, second = (
        common @ generator.normal(size=(4, width)) + generator.normal(size=(SAMPLES, width)) + 0.5 for width in WIDTHS
    )
    return first, second


def _number(name: str, value: float) -> float:
    assert isinstance(value, float), f"{name} gives a {type(value).__name__}, expected a float."
    assert np.isfinite(value), f"{name} gives {value} for two ordinary layers."
    return value


def _check_inputs_stay(measure: Similarity, a: np.ndarray, b: np.ndarray) -> None:
    first, second = a.copy(), b.copy()
    measure(first, second)
    assert np.array_equal(first, a), f"{measure.name} changes its first input."
    assert np.array_equal(second, b), f"{measure.name} changes its second input."


def _check_invariance(measure: Similarity, a: np.ndarray, b: np.ndarray, value: float) -> None:
    generator = np.random.default_rng(1)
    width = a.shape[1]
    changed = {
        "rotation": a @ np.linalg.qr(generator.normal(size=(width, width)))[0],
        "scale": 37.0 * a,
        "translation": a + generator.normal(size=width),
        "permutation": a[:, generator.permutation(width)],
        "linear map": a @ generator.normal(size=(width, width)),
    }
    for change, other in changed.items():
        moved = abs(measure(other, b) - value)
        if change in measure.invariant_to:
            assert moved < EXACT, f"{measure.name} says that {change} leaves it alone; it moved by {moved:.2g}."
        else:
            assert moved > EXACT, f"{measure.name} is not moved by {change}; say so in invariant_to."


def _check_silence(measure: Similarity, a: np.ndarray) -> None:
    """A layer that never changes is undefined: NaN or a ValueError, never a number."""
    try:
        value = measure(a, np.zeros((SAMPLES, 3)))
    except ValueError:
        return
    assert np.isnan(value), f"{measure.name} of a silent layer is {value}; it is undefined, NaN."


def _check_distance(measure: Similarity) -> None:
    for seed in range(10):
        (a, b), (c, _) = _layers(seed), _layers(seed + 100)
        assert abs(measure(a, a)) < 1e-6, f"{measure.name} of a layer and itself is {measure(a, a)}, expected 0."
        assert measure(a, b) >= 0, f"{measure.name} is negative."
        detour = measure(a, b) + measure(b, c)
        assert measure(a, c) <= detour + EXACT, f"{measure.name} breaks the triangle inequality: it is no metric."
