"""All functions of one projection's synapses, in the order in which a kernel has them."""

from __future__ import annotations

from bio.engines.native._clocked import step
from bio.engines.native._normalise import normalise
from bio.engines.native._projection import ProjectionCode
from bio.engines.native._spikes import arrive, on_post
from bio.engines.native._text import bound
from bio.engines.native._traces import advance


def functions_of(code: ProjectionCode) -> list[str]:
    """All functions that this projection needs."""
    found = [arrive(code, learn=False)]
    if code.program.plastic:
        found += [arrive(code, learn=True), on_post(code)]
    if code.pre or code.post:
        found.append(advance(code))
    if code.program.step:
        found.append(step(code))
    if code.layout == "matrix" and code.program.plastic:
        found.append(normalise(code))
    return [bound(one) for one in found]
