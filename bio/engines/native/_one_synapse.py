"""What happens at one synapse when a spike comes: its variables brought up to date, effects and rule, and stores."""

from __future__ import annotations

from collections.abc import Sequence

from bio.engines.native._projection import ProjectionCode
from bio.engines.native._text import Assignments
from bio.engines.native._vanishing import reads
from bio.expression import Apply, Statement
from bio.synapse_program import ELAPSED, needed_for


def synapse(
    code: ProjectionCode, statements: Sequence[tuple[str, Statement]], end: tuple[str, ...], here: str, learn: bool
) -> tuple[list[str], list[str], list[str]]:
    """Lines before the loop over synapses, in it, and after it.

    Args:
        statements: ("effect" or "rule", statement), in order.
        end: the variables of the neuron that spiked; `here`: index of the synapse.
        learn: whether anything but the effects is kept.
    """
    names = code.names()
    once, each = Assignments(names, code.number, "c"), Assignments(names, code.number, "a")
    moved = code.timed and (learn or needed_by(code, statements, learn) & set(code.timed))
    outer, inner = dict(names), _advanced(code, each, names, here) if moved else dict(names)
    for kind, one in statements:
        if kind == "effect":
            each.lines += _effect(code, one, each, {**inner, **{name: outer[name] for name in end}})
        elif not learn:
            continue
        elif one.target in end:
            outer[one.target] = once.value(one.expression, outer)
        else:
            inner[one.target] = each.value(one.expression, {**inner, **{name: outer[name] for name in end}})
    stores, ends = [], []
    if learn:
        changed = [one for one in code.alone if inner[one] != names[one]]
        stores = [f"{code.name}_{one}[{here}] = {code.stored(one, inner[one])}" for one in changed]
        stores += [f"{code.name}_since[{here}] = now"] if code.timed else []
        ends = [one for one in end if outer[one] != names[one]]
    return once.lines, [*each.lines, *stores], [f"{code.name}_{one}[END] = {outer[one]}" for one in ends]


def _advanced(code: ProjectionCode, work: Assignments, names: dict[str, str], here: str) -> dict[str, str]:
    """Names after the event-driven variables of one synapse were brought up to date."""
    work.lines.append(f"elapsed = (now - {code.name}_since[{here}]) * {code.number(code.program.dt_s)}")
    after = work.run(needed_for(code.program.advance, code.timed), names | {ELAPSED: "elapsed"})
    return names | {one: after[one] for one in code.timed}


def _effect(code: ProjectionCode, one: Statement, each: Assignments, names: dict[str, str]) -> list[str]:
    expression = one.expression
    assert isinstance(expression, Apply)
    state = one.target.removesuffix("_post")
    value = each.value(expression.arguments[1], names)
    if state in code.target.program.held:
        value = f"({value} if {code.target.name}_wait[j] == 0 else _ZERO)"
    return [f"{code.target.name}_{state}[j] {expression.operation}= {value}"]


def needed_by(code: ProjectionCode, statements: Sequence[tuple[str, Statement]], learn: bool) -> set[str]:
    """The names that the statements read, with what bringing variables up to date reads."""
    kept = [one for kind, one in statements if learn or kind == "effect"]
    needed = reads([_term(one) if kind == "effect" else one for kind, one in statements if one in kept])
    if code.timed and (learn or needed & set(code.timed)):
        needed |= reads(needed_for(code.program.advance, code.timed)) | set(code.timed)
    return needed


def _term(effect: Statement) -> Statement:
    """An effect's right side without the variable that it adds to."""
    expression = effect.expression
    assert isinstance(expression, Apply)
    return Statement(effect.target, expression.arguments[1])
