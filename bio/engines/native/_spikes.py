"""What a spike does: that of the source at all its synapses' targets, and that of a target at all its synapses."""

from __future__ import annotations

from bio.engines.native._one_synapse import needed_by, synapse
from bio.engines.native._projection import ProjectionCode
from bio.engines.native._text import indented
from bio.engines.native._walk import over_sources, over_targets, wake
from bio.expression import Statement


def arrive(code: ProjectionCode, learn: bool) -> str:
    """A spike of source neuron i at its targets, with or without the rule."""
    statements = _arriving(code)
    name = f"{code.name}_arrive" + ("_learning" if learn else "")
    lines = [f"def {name}(K, I, now, t, i, d, {code.arguments()}):", *indented(code.signals())]
    needed = needed_by(code, statements, learn)
    before, each, after = synapse(code, statements, code.pre, code.here(), learn)
    scalars = code.loads(needed, "", at_pre=True, at_post=False)
    scalars = [line for line in scalars if not line.startswith("_y_")]
    lines += indented([*scalars, *before])
    if learn and code.sparse:
        lines += indented(_arrive_sparsely(code, statements))
    else:
        loads = code.loads(needed, code.here(), at_pre=False, at_post=True)
        lines += indented(over_targets(code, [*loads, *each, *wake(code)]))
    lines += indented([line.replace("[END]", "[i]") for line in after])
    if len(lines) == 1:
        lines.append("    pass")
    return "@_compiled\n" + "\n".join(lines) + "\n"


def _arrive_sparsely(code: ProjectionCode, statements: list[tuple[str, Statement]]) -> list[str]:
    effects = [one for one in statements if one[0] == "effect"]
    rules = [one for one in statements if one[0] == "rule"]
    here = code.here()
    _, each, _ = synapse(code, effects, code.pre, here, learn=False)
    loads = code.loads(needed_by(code, effects, False), here, at_pre=False, at_post=True)
    lines = over_targets(code, [*loads, *each])
    _, change, _ = synapse(code, rules, code.pre, here, learn=True)
    loads = code.loads(needed_by(code, rules, True), here, at_pre=False, at_post=True)
    return [
        *lines,
        f"for k in range(1, {code.name}_list[0] + 1):",
        f"    j = {code.name}_list[k]",
        *indented([*loads, *change]),
    ]


def on_post(code: ProjectionCode) -> str:
    """A spike of target neuron j at its synapses."""
    statements = [("rule", one) for one in code.program.on_post]
    lines = [f"def {code.name}_on_post(K, I, now, t, j, {code.arguments()}):", *indented(code.signals())]
    needed = needed_by(code, statements, True)
    before, each, after = synapse(code, statements, code.post, code.here(), True)
    scalars = [line for line in code.loads(needed, "", False, True) if not line.startswith("_y_")]
    lines += indented([*scalars, *before])
    if any(one.target not in code.post for one in code.program.on_post):
        loads = code.loads(needed, code.here(), at_pre=True, at_post=False)
        lines += indented(over_sources(code, loads, each))
    lines += indented([line.replace("[END]", "[j]") for line in after])
    if code.sparse:
        lines += indented([
            f"{code.name}_dirty[j] = 1",
            f"if {code.name}_listed[j] == 0:",
            f"    {code.name}_listed[j] = 1",
            f"    {code.name}_list[0] += 1",
            f"    {code.name}_list[{code.name}_list[0]] = j",
        ])  # fmt: skip
    if len(lines) == 1:
        lines.append("    pass")
    return "@_compiled\n" + "\n".join(lines) + "\n"


def _arriving(code: ProjectionCode) -> list[tuple[str, Statement]]:
    before = code.program.before_effect
    return [
        *(("rule", one) for one in code.program.on_pre[:before]),
        *(("effect", one) for one in code.program.effect),
        *(("rule", one) for one in code.program.on_pre[before:]),
    ]
