"""All of it from one seed, as one dict that JSON can hold."""

from __future__ import annotations

from typing import Any

from compare.step_by_step.kept import FORMAT

__all__ = ["collect"]


def collect(seed: int = 0) -> dict[str, Any]:
    """Computes every part; takes some seconds. The two-layer network's numbers are the same for every seed.

    Raises:
        ValueError: a seed below 0.
    """
    from compare.step_by_step import boundary, descent, passes, presentation, xor

    if seed < 0:
        raise ValueError(f"seed = {seed}, but a seed is a whole number of 0 or more.")
    lines = [descent.drawn(name, seed) for name in descent.LINES]
    return {
        "format": FORMAT,
        "seed": seed,
        "passes": passes.told(passes.one_update()),
        "presentation": presentation.present(seed),
        "descent": [descent.told(line, descent.go_down(line)) for line in lines],
        "boundary": boundary.told(seed),
        "xor": xor.told(seed),
    }
