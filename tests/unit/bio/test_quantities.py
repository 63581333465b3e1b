"""Reading "20 ms": value, canonical text, and what is said about a wrong or missing unit."""

from __future__ import annotations

import math
import re

import brian2
import numpy as np
import pytest

from bio.quantities import canonical, quantity, si

BRIAN_KNOWS = """
    ms us second mV volt nA pA amp nS uS msiemens pF uF Mohm kohm Hz kHz um cm metre mM uM mmolar kelvin mole kilogram
    gram joule pcoulomb newton mV*second**-0.5 nS/mV uF/cm**2
""".split()  # noqa: SIM905 - a list of words


@pytest.mark.parametrize(
    ("given", "value", "text"),
    [
        ("20 ms", 0.02, "20 ms"),
        ("20*ms", 0.02, "20 ms"),
        (" 20ms ", 0.02, "20 ms"),
        ("63.75 Hz", 63.75, "63.75 Hz"),
        ("-65 mV", -0.065, "-65 mV"),
        ("1e7 ms", 1e4, "10000000 ms"),
        ("0.05*mV", 5e-5, "0.05 mV"),
        ("100 Mohm", 1e8, "100 Mohm"),
        ("1 uF/cm**2", 0.01, "1 uF/cm**2"),
        ("1 uF/cm2", 0.01, "1 uF/cm**2"),
        ("3 nS*mV", 3e-12, "3 nS*mV"),
        (5, 5.0, "5"),
        ("0.5", 0.5, "0.5"),
    ],
)
def test_a_number_with_its_unit_has_one_si_value_and_one_text(given, value, text) -> None:
    assert si(given) == value
    assert canonical(given) == text
    assert si(text) == value


@pytest.mark.parametrize("unit", BRIAN_KNOWS)
def test_every_unit_means_what_brian_means_by_it(unit) -> None:
    names = vars(brian2.units.allunits) | vars(brian2)
    theirs: object = 1
    for n, factor in enumerate(unit.replace("/", "*/").replace("**", "^").split("*")):
        name, _, power = factor.strip("/").partition("^")
        one = names[name] ** float(power or 1)
        theirs = theirs / one if factor.startswith("/") else one if n == 0 else theirs * one
    ours = quantity(f"3 {unit}")
    assert math.isclose(
        ours.value, 3 * float(np.asarray(theirs)), rel_tol=1e-15
    )  # decimals here, binary there: one ulp
    assert ours.dimension == tuple(brian2.get_dimensions(theirs)._dims)


def test_a_number_without_a_unit_is_told_what_to_write() -> None:
    with pytest.raises(ValueError, match=r'^tau_m = 20 has no unit\. Write "20 ms"\.$'):
        quantity(20, "time", "tau_m")
    with pytest.raises(ValueError, match=r'^tau_m = 20 has no unit\. Write "20 ms"\.$'):
        quantity("20", "time", "tau_m")


def test_a_unit_of_another_dimension_is_named_with_the_one_needed() -> None:
    said = 'v_threshold = "-50 ms" is a time; a voltage is needed, for example "-50 mV".'
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        quantity("-50 ms", "voltage", "v_threshold")


@pytest.mark.parametrize(
    "given", ["ms", "", "20 parsec", "20 ms!", "__import__('os')", "20 ms; 1", True, "nan", "2 ms**"]
)
def test_what_is_no_quantity_is_refused_with_its_text(given) -> None:
    with pytest.raises(ValueError, match="x = "):
        quantity(given, None, "x")
