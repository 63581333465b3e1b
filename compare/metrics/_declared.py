"""Numbers that a learner tells about itself."""

from __future__ import annotations

from compare.contract import Evidence


def declared(evidence: Evidence, key: str, absent: float | None = None) -> float:
    """The number under `key` of describe().

    Args:
        evidence: of one run.
        key: "parameters", "state".
        absent: what None stands for; without it None is an error.

    Raises:
        ValueError: the learner does not tell.
    """
    value = (evidence.description or {}).get(key)
    if value is None and absent is None:
        raise ValueError(f"the learner's describe() has no {key!r}; it must give a number.")
    return float(absent if value is None else value)  # type: ignore[arg-type] - one of the two is a number here
