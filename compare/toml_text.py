"""Plain values as TOML text; the standard library reads TOML but does not write it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(table: Mapping[str, Any]) -> str:
    """A table as TOML that tomllib reads back; None, which TOML lacks, is left out.

    Tables of tables become [sections], tables inside these are written in a line.

    Raises:
        TypeError: a value that TOML cannot hold.

    Example:
        >>> print(toml_text({"seeds": 3, "learners": {"a b": {"epochs": 5}}}))
        seeds = 3
        <BLANKLINE>
        [learners."a b"]
        epochs = 5
        <BLANKLINE>
    """
    scalars = {key: value for key, value in table.items() if not _is_section(value)}
    text = "".join(_pair(key, value) for key, value in scalars.items() if value is not None)
    for key, value in table.items():
        if _is_section(value):
            text += "".join(_section((key, name), item) for name, item in value.items())
    return text


def toml_value(value: Any) -> str:
    """One value, tables in a line."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {toml_value(item)}" for key, item in value.items() if item is not None)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml_value(item) for item in value if item is not None)}]"
    raise TypeError(f"TOML cannot hold a {type(value).__name__}: {value!r}")


def _section(path: tuple[str, ...], table: Mapping[str, Any]) -> str:
    head = ".".join(_key(key) for key in path)
    return f"\n[{head}]\n" + "".join(_pair(key, value) for key, value in table.items() if value is not None)


def _pair(key: str, value: Any) -> str:
    return f"{_key(key)} = {toml_value(value)}\n"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml_value(key)


def _is_section(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(item, Mapping) for item in value.values())
