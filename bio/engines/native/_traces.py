"""Traces that belong to neurons and not to synapses: they decay once a step for all synapses together."""

from __future__ import annotations

from contextlib import suppress

from bio.engines.native._projection import FADED, ProjectionCode
from bio.engines.native._text import Assignments, indented
from bio.engines.native._vanishing import stays_zero
from bio.expression import Number, Statement, names_in, substitute
from bio.synapse_program import ELAPSED, needed_for


def advance(code: ProjectionCode) -> str:
    """What belongs to neurons decays by one step; at 1e-18 (float32: 1e-10) of a spike's it becomes 0, delisted."""
    lines = [f"def {code.name}_advance(K, I, {', '.join(code.arrays())}):"]
    for one in (*code.pre, *code.post):
        if one in code.listed:
            continue
        lines += indented([f"for k in range({code.name}_{one}.size):", *indented(_decay(code, (one,)))])
    if code.listed:
        gone = " and ".join(f"{code.name}_{one}[k] == _ZERO" for one in code.listed)
        lines += indented([
            f"n = {code.name}_list[0]",
            "m = 1",
            "while m <= n:",
            f"    k = {code.name}_list[m]",
            *indented(_decay(code, code.listed)),
            f"    {code.name}_dirty[k] = 1",
            f"    if {gone} and {code.name}_outside[k] == 0:",
            f"        {code.name}_listed[k] = 0",
            f"        {code.name}_list[m] = {code.name}_list[n]",
            "        n -= 1",
            "    else:",
            "        m += 1",
            f"{code.name}_list[0] = n",
        ])  # fmt: skip
    return "@_compiled\n" + "\n".join(lines) + "\n"


def _decay(code: ProjectionCode, variables: tuple[str, ...]) -> list[str]:
    names = {one: f"{code.name}_{one}[k]" for one in (*code.pre, *code.post)}
    work = Assignments(names, code.number)
    one_step = {ELAPSED: code.program.dt_s}
    after = work.run(tuple(
        Statement(one.target, substitute(one.expression, one_step))
        for one in needed_for(code.program.advance, variables)
    ))  # fmt: skip
    lines = list(work.lines)
    for one in variables:
        if after[one] == names[one]:
            continue
        fades = stays_zero(needed_for(code.program.advance, (one,)), one)
        faded = code.number(FADED[code.target.dtype] * _size(code, one))
        value = f"{after[one]} if abs({after[one]}) > {faded} else _ZERO" if fades else after[one]
        lines.append(f"{code.name}_{one}[k] = {value}")
    return lines or ["pass"]


def _size(code: ProjectionCode, variable: str) -> float:
    """The smallest step that a spike makes in a variable, or 1: a trace can be in ampere."""
    sizes = [1.0]
    for one in (*code.program.on_pre, *code.program.on_post):
        if one.target == variable:
            with suppress(ArithmeticError):
                found = substitute(one.expression, dict.fromkeys(names_in(one.expression), 0.0))
                sizes += [abs(found.value)] if isinstance(found, Number) and found.value else []
    return min(sizes)
