"""The loops over a neuron's synapses in each layout."""

from __future__ import annotations

from bio.engines.native._projection import ProjectionCode
from bio.engines.native._text import indented
from bio.plasticity_rule import WEIGHT


def over_targets(code: ProjectionCode, body: list[str]) -> list[str]:
    """`body` for all synapses of source neuron i."""
    if not body:
        return []
    size = f"{code.target.name}_wait.size"
    if code.layout == "matrix":
        return [f"for j in range({size}):", *indented(body)]
    if code.layout == "diagonal":
        return ["j = i", *body]
    if code.layout == "all but self":
        return ["for j in range(i):", *indented(body), f"for j in range(i + 1, {size}):", *indented(body)]
    row = f"for s in range({code.name}_rows[i, d], {code.name}_rows[i, d + 1]):"
    return [row, f"    j = {code.name}_posts[s]", *indented(body)]


def over_sources(code: ProjectionCode, loads: list[str], body: list[str]) -> list[str]:
    """`loads` and `body` for all synapses onto target neuron j, but for those where a trace of 0 changes nothing."""
    if code.layout == "matrix":
        if code.potentiation and code.pre:
            traces = [line for line in loads if line.startswith("_p_")]
            loads = [line for line in loads if line not in traces]
            moved = " or ".join(f"_p_{one} != _ZERO" for one in code.pre)
            bound = f" or {code.name}_outside[j]" if code.sparse else ""
            traces = [f"_p_{one} = {code.name}_{one}[i]" for one in code.pre]
            if code.sparse or code.potentiation == (-float("inf"), float("inf")):
                inner = [*traces, f"if {moved}{bound}:", *indented([*loads, *body])]
                return [f"for i in range({code.name}_{WEIGHT}.shape[0]):", *indented(inner)]
            loads = [*traces, *loads]
        return [f"for i in range({code.name}_{WEIGHT}.shape[0]):", *indented([*loads, *body])]
    if code.layout == "diagonal":
        return ["i = j", *loads, *body]
    column = f"for k in range({code.name}_columns[j], {code.name}_columns[j + 1]):"
    here = [f"s = {code.name}_order[k]", f"i = {code.name}_pres[s]"]
    return [column, *indented([*here, *loads, *body])]


def wake(code: ProjectionCode) -> list[str]:
    """Puts target neuron j on the list of those awake."""
    target = code.target.name
    if not code.target.drowsy:
        return []
    return [
        f"if {target}_awake[j] == 0:",
        f"    {target}_awake[j] = 1",
        f"    {target}_list[0] += 1",
        f"    {target}_list[{target}_list[0]] = j",
    ]
