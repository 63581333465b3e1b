"""Exponentials that run as vector instructions, against numpy's in long double."""

import numba
import numpy as np
import pytest

from bio.engines import _vector_math
from bio.engines._no_alias import NoAlias

RANGES = {"float64": (-707.0, 709.0), "float32": (-86.0, 88.0)}


def over(name, x):
    function = getattr(_vector_math, f"{name}_{x.dtype.name}")

    @numba.njit(error_model="numpy", pipeline_class=NoAlias)
    def loop(x, y):
        for i in range(x.size):
            y[i] = function(x[i])

    y = np.empty_like(x)
    loop(x, y)
    return y


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "units"), [("exp", 1.0), ("expm1", 2.0), ("exprel", 3.0)])
def test_an_exponential_is_right_to_the_last_places(name, units, dtype):
    chance = np.random.default_rng(0)
    spread = [chance.uniform(*RANGES[dtype], 20_000), chance.uniform(-1, 1, 20_000), 1e-3 * chance.normal(size=20_000)]
    x = np.concatenate(spread).astype(dtype)
    exact = {"exp": np.exp, "expm1": np.expm1, "exprel": lambda one: np.expm1(one) / one}[name](x.astype(np.longdouble))
    error = np.abs(over(name, x) - exact) / np.spacing(np.abs(exact).astype(dtype)).astype(np.longdouble)
    assert float(error.max()) <= units  # exprel: expm1's 2 and a division


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_no_ordinary_number_has_its_limit(dtype):
    x = np.array([np.nan, np.inf, 1e5, -np.inf, -1e5, 0.0], dtype)
    np.testing.assert_array_equal(over("exp", x), np.array([np.nan, np.inf, np.inf, 0, 0, 1], dtype))
    np.testing.assert_array_equal(over("expm1", x), np.array([np.nan, np.inf, np.inf, -1, -1, 0], dtype))
    assert over("exprel", x)[-1] == 1
