"""Text with a unit of measure, "20 ms" or "20*ms", as an SI float and as one canonical text.

Knows the SI units and prefixes that Brian2 knows, under the same names, without importing it (that costs 2 s) and
without evaluating text. Units multiply, divide and take powers: "100 nS/mV", "1 uF/cm**2", "2 mV*second**-0.5".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

Dimension = tuple[float, ...]  # exponents of metre, kilogram, second, ampere, kelvin, mole, candela: Brian2's order

NUMBER: Dimension = (0, 0, 0, 0, 0, 0, 0)
_DIMENSIONS: dict[str, Dimension] = {
    "number": NUMBER,
    "time": (0, 0, 1, 0, 0, 0, 0),
    "frequency": (0, 0, -1, 0, 0, 0, 0),
    "voltage": (2, 1, -3, -1, 0, 0, 0),
    "current": (0, 0, 0, 1, 0, 0, 0),
    "resistance": (2, 1, -3, -2, 0, 0, 0),
    "conductance": (-2, -1, 3, 2, 0, 0, 0),
    "capacitance": (-2, -1, 4, 2, 0, 0, 0),
    "charge": (0, 0, 1, 1, 0, 0, 0),
    "length": (1, 0, 0, 0, 0, 0, 0),
    "area": (2, 0, 0, 0, 0, 0, 0),
    "concentration": (-3, 0, 0, 0, 0, 1, 0),
    "temperature": (0, 0, 0, 0, 1, 0, 0),
    "amount": (0, 0, 0, 0, 0, 1, 0),
    "mass": (0, 1, 0, 0, 0, 0, 0),
    "energy": (2, 1, -2, 0, 0, 0, 0),
    "power": (2, 1, -3, 0, 0, 0, 0),
    "force": (1, 1, -2, 0, 0, 0, 0),
    "pressure": (-1, 1, -2, 0, 0, 0, 0),
}
_EXAMPLE_UNIT = {
    "time": "ms", "frequency": "Hz", "voltage": "mV", "current": "nA", "resistance": "Mohm", "conductance": "nS",
    "capacitance": "pF", "charge": "pcoulomb", "length": "um", "area": "um**2", "concentration": "mM",
    "temperature": "kelvin", "amount": "mol", "mass": "kilogram", "energy": "joule",
    "power": "watt", "force": "newton", "pressure": "pascal",
}  # fmt: skip
_UNITS: dict[str, tuple[str, str]] = {  # name -> (dimension, size in SI)
    "second": ("time", "1"), "s": ("time", "1"), "hertz": ("frequency", "1"), "Hz": ("frequency", "1"),
    "volt": ("voltage", "1"), "V": ("voltage", "1"), "amp": ("current", "1"), "ampere": ("current", "1"),
    "A": ("current", "1"), "ohm": ("resistance", "1"), "siemens": ("conductance", "1"), "S": ("conductance", "1"),
    "farad": ("capacitance", "1"), "F": ("capacitance", "1"), "coulomb": ("charge", "1"), "C": ("charge", "1"),
    "metre": ("length", "1"), "meter": ("length", "1"), "m": ("length", "1"), "molar": ("concentration", "1000"),
    "M": ("concentration", "1000"), "kelvin": ("temperature", "1"), "K": ("temperature", "1"), "mol": ("amount", "1"),
    "mole": ("amount", "1"), "gram": ("mass", "0.001"),
    "kilogram": ("mass", "1"), "kg": ("mass", "1"),
    "gramme": ("mass", "0.001"), "joule": ("energy", "1"), "J": ("energy", "1"), "watt": ("power", "1"),
    "W": ("power", "1"), "newton": ("force", "1"), "N": ("force", "1"), "pascal": ("pressure", "1"),
    "Pa": ("pressure", "1"),
}  # fmt: skip
_PREFIXES = {
    "f": "1e-15", "p": "1e-12", "n": "1e-9", "u": "1e-6", "µ": "1e-6", "μ": "1e-6", "m": "1e-3", "c": "1e-2",
    "d": "1e-1", "da": "1e1", "h": "1e2", "k": "1e3", "M": "1e6", "G": "1e9", "T": "1e12",
}  # fmt: skip
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*")
_FACTOR = re.compile(
    r"\s*([*/]?)\s*([A-Za-zµμ]+?)(?:(?:\*\*|\^)\s*\(?([+-]?\d+(?:\.\d+)?)\)?|([23]))?(?![A-Za-zµμ\d.])"
)


@dataclass(frozen=True)
class Quantity:
    """A number with a unit: `value` in SI, the exponents of its dimension, and its canonical text."""

    value: float
    dimension: Dimension
    text: str


def quantity(given: str | float, needed: str | Dimension | None = None, name: str = "") -> Quantity:
    """Reads a number with its unit.

    Args:
        given: "20 ms", "20*ms", "-65 mV", "1 uF/cm**2"; a plain number has no dimension.
        needed: a dimension by name ("time", "voltage", ...) or by its seven exponents; None takes any.
        name: of the parameter, for the message.

    Raises:
        ValueError: no number, an unknown unit, no unit where one is needed, or a unit of another dimension.

    Example:
        >>> quantity("20*ms", "time")
        Quantity(value=0.02, dimension=(0, 0, 1, 0, 0, 0, 0), text='20 ms')
    """
    number, unit = _split(given, name)
    size, dimension, unit_text = _unit(unit, given, name)
    wanted = _DIMENSIONS[needed] if isinstance(needed, str) else needed
    if wanted is not None and dimension != tuple(wanted):
        raise ValueError(_wrong_dimension(given, number, dimension, wanted, name))
    text = f"{float(number):.15g} {unit_text}".rstrip()
    return Quantity(float(number * size), dimension, text)


def si(given: str | float, needed: str | Dimension | None = None, name: str = "") -> float:
    """The SI value alone: si("350 ms", "time") is 0.35. Arguments and errors as in `quantity`."""
    return quantity(given, needed, name).value


def canonical(given: str | float, needed: str | Dimension | None = None, name: str = "") -> str:
    """The canonical text alone: canonical("20*ms") is "20 ms". Arguments and errors as in `quantity`."""
    return quantity(given, needed, name).text


def _split(given: str | float, name: str) -> tuple[Decimal, str]:
    text = str(given)
    match = _NUMBER.match(text)
    if isinstance(given, bool) or match is None:
        raise ValueError(f'{_named(given, name)} is not a number with a unit. Write one like "20 ms".')
    return Decimal(match[1]), text[match.end() :]


def _unit(text: str, given: str | float, name: str) -> tuple[Decimal, Dimension, str]:
    """Size in SI, dimension and canonical text of a product of units."""
    size, dimension, parts, position = Decimal(1), list(NUMBER), [], 0
    text = text.rstrip()
    while position < len(text):
        match = _FACTOR.match(text, position)
        if match is None:
            raise ValueError(f'{_named(given, name)}: cannot read the unit "{text.strip()}". Write one like "20 ms".')
        sign, symbol, power = match[1], match[2], match[3] or match[4] or "1"
        one, exponents = _one_unit(symbol, given, name)
        exponent = -Decimal(power) if sign == "/" else Decimal(power)
        size *= one**exponent
        dimension = [d + _tidy(float(exponent)) * e for d, e in zip(dimension, exponents, strict=True)]
        parts.append(("/" if sign == "/" else "*" if parts else "") + symbol + ("" if power == "1" else f"**{power}"))
        position = match.end()
    return size, tuple(_tidy(d) for d in dimension), "".join(parts)


def _one_unit(symbol: str, given: str | float, name: str) -> tuple[Decimal, Dimension]:
    for prefix, factor in [("", "1"), *_PREFIXES.items()]:
        if symbol.startswith(prefix) and symbol[len(prefix) :] in _UNITS:
            dimension, size = _UNITS[symbol[len(prefix) :]]
            return Decimal(factor) * Decimal(size), _DIMENSIONS[dimension]
    raise ValueError(f'{_named(given, name)}: "{symbol}" is not a unit. Write one like "20 ms", "-65 mV" or "10 Hz".')


def _wrong_dimension(given: str | float, number: Decimal, found: Dimension, wanted: Dimension, name: str) -> str:
    kind = next((k for k, d in _DIMENSIONS.items() if d == tuple(wanted)), None)
    example = f"{float(number):.15g} {_EXAMPLE_UNIT.get(kind or '', '')}".rstrip()
    if found == NUMBER:
        write = f'Write "{example}".' if kind else f"A unit of dimension {tuple(wanted)} is needed."
        return f"{_named(given, name)} has no unit. {write}"
    is_what = next((f"{_article(k)} {k}" for k, d in _DIMENSIONS.items() if d == found), f"of dimension {found}")
    if kind is None:
        return f"{_named(given, name)} is {is_what}; a unit of dimension {tuple(wanted)} is needed."
    return f'{_named(given, name)} is {is_what}; {_article(kind)} {kind} is needed, for example "{example}".'


def _named(given: str | float, name: str) -> str:
    shown = f'"{given}"' if isinstance(given, str) and not _NUMBER.fullmatch(given) else str(given)
    return f"{name} = {shown}" if name else shown


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _tidy(value: float) -> float:
    return int(value) if value == int(value) else value
