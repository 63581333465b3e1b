"""Cells of tables: numbers with their interval, labelled gaps, and whole tables from data frames."""

# pandas' own annotations give every selection as Series | DataFrame | ndarray.
# pyright: reportArgumentType=false

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from compare.report.document import Caption, Cell, Column, Table
from compare.report.figures.scale import Scale
from compare.report.inline import literal

Width = Literal["text", "figure", "wide"]
NOT_MEASURED = "not measured in this study"


def gap(why: str = NOT_MEASURED) -> Cell:
    """An undefined number, and why: never 0 or NaN."""
    return Cell(f"-, {why}", None, "gap")


def words(text: Any) -> Cell:
    """A user's or a learner's own words."""
    return Cell(literal(str(text)), str(text))


def decimal(value: float, digits: int = 3) -> str:
    """A number with a typographic minus, which zero has not; large ones with thousands' separators."""
    text = f"{value:,.{digits}f}"
    return (text if text.strip("-0.") else text.removeprefix("-")).replace("-", "−")


def significant(value: float, digits: int = 3) -> str:
    """A number with so many significant digits, thousands separated, no exponent below a million million."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    rounded = round(value, digits - 1 - math.floor(math.log10(abs(value))))
    return decimal(rounded, places)


def number(value: float | None, digits: int = 3, why: str = NOT_MEASURED) -> Cell:
    """A number, or a gap where it is undefined."""
    if value is None or not np.isfinite(value):
        return gap(why)
    return Cell(decimal(float(value), digits), float(value))


def count(value: float | None, why: str = NOT_MEASURED) -> Cell:
    """A whole number, or three significant digits of a large one."""
    if value is None or not np.isfinite(value):
        return gap(why)
    shown = f"{value:,.0f}" if float(value).is_integer() else significant(float(value))
    return Cell(shown, float(value))


def with_interval(mean: float, low: float, high: float, *, scale: float = 1, digits: int = 1) -> Cell:
    """ "95.1 (94.6 to 95.6)"; the mean alone where there is no interval."""
    if not np.isfinite(mean):
        return gap()
    shown = decimal(scale * mean, digits)
    if np.isfinite(low) and np.isfinite(high):
        shown += f" ({decimal(scale * low, digits)} to {decimal(scale * high, digits)})"
    return Cell(shown, float(scale * mean))


def measured(mean: float, low: float, high: float) -> Cell:
    """ "0.0123 (0.0119 to 0.0127)": a mean in a unit of measure to three significant digits, with its interval."""
    if not np.isfinite(mean):
        return gap()
    shown = small(mean)
    if np.isfinite(low) and np.isfinite(high) and high - low > 1e-9 * abs(mean):
        shown += f" ({small(low)} to {small(high)})"
    return Cell(shown, float(mean))


def small(value: float) -> str:
    """Three significant digits, with an exponent below a ten-thousandth."""
    return f"{value:.2e}".replace("-", "−") if 0 < abs(value) < 1e-4 else significant(value)


def scored(mean: float, low: float, high: float, scale: Scale) -> Cell:
    """A score's mean with its interval, without its unit: percent to one decimal, errors to three digits."""
    return with_interval(mean, low, high, scale=100) if scale.is_share else measured(mean, low, high)


def frame_table(
    anchor: str,
    title: str,
    frame: pd.DataFrame,
    caption: Caption,
    *,
    units: Mapping[str, str] | None = None,
    digits: int = 4,
    width: Width = "figure",
    undefined: str = "no value",
) -> Table:
    """A data frame as a table: numbers keep their full value, words are literal, NaN is a gap."""
    numeric = {str(name): is_numeric_dtype(frame[name]) and not is_bool_dtype(frame[name]) for name in frame}
    heads = tuple(Column(name, (units or {}).get(name, ""), is_number) for name, is_number in numeric.items())
    cells = [_column(frame[name], numeric[str(name)], digits, undefined) for name in frame]
    return Table(anchor, title, heads, tuple(zip(*cells, strict=True)), caption, width)


def _column(values: pd.Series, numeric: bool, digits: int, undefined: str) -> list[Cell]:
    if not numeric:
        return [words("yes" if v is True else "no" if v is False else v) for v in values.tolist()]
    whole = bool((values.dropna() % 1 == 0).all())
    return [number(v, 0 if whole else digits, undefined) if not whole else count(v, undefined) for v in values.tolist()]


def columns(*given: str | tuple[str, str], numeric: Sequence[str] = ()) -> tuple[Column, ...]:
    """Columns from titles or (title, unit); those named in `numeric` hold numbers."""
    made = []
    for one in given:
        title, unit = (one, "") if isinstance(one, str) else one
        made.append(Column(title, unit, title in numeric))
    return tuple(made)


def listed(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def span(n: pd.Series) -> str:
    """ "10", or "8 to 10" where groups differ."""
    return str(n.min()) if n.min() == n.max() else f"{n.min()} to {n.max()}"
