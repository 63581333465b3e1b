"""How a projection's synapses lie in memory, as its wiring allows."""

from __future__ import annotations

from typing import Literal

from bio.wiring import Wiring

Layout = Literal["matrix", "diagonal", "all but self", "rows"]


def layout_of(wiring: Wiring, plastic: bool) -> Layout:
    """A matrix of all pairs, a diagonal, one constant weight for all pairs but the diagonal, or rows of targets."""
    n, m = wiring.shape
    if wiring.one_delay and wiring.complete:
        return "matrix"
    if wiring.one_delay and n == m == wiring.pre.size and (wiring.pre == wiring.post).all():
        return "diagonal"
    alike = wiring.weights.size and (wiring.weights == wiring.weights[0]).all()
    square = wiring.one_delay and n == m and wiring.pre.size == n * (n - 1) and (wiring.pre != wiring.post).all()
    return "all but self" if square and alike and not plastic else "rows"
