"""What all frozen parts promise alike."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from typing import Any


def check_part(part: Any) -> None:
    """Raises AssertionError unless the part is a frozen dataclass with a catalogue name and a docstring."""
    kind = type(part)
    assert is_dataclass(part), f"{kind.__name__} is no dataclass; write @dataclass(frozen=True) above it."
    assert kind.__dataclass_params__.frozen, f"{kind.__name__} can be changed; write @dataclass(frozen=True) above it."  # type: ignore[attr-defined]
    name = getattr(part, "name", None)
    assert isinstance(name, str), f"{kind.__name__} has no name; write name: ClassVar[str] = ..."
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), f"{kind.__name__}.name = {name!r}; write it in lower_case."
    assert (kind.__doc__ or "").strip(), f"{kind.__name__} has no docstring."
    assert kind.__doc__ != f"{kind.__name__}()", f"{kind.__name__} has no docstring of its own."
