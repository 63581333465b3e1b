"""Variables that every synapse steps by the clock, spikes or none."""

from __future__ import annotations

from bio.engines.native._projection import ProjectionCode
from bio.engines.native._text import Assignments, indented
from bio.engines.native._vanishing import reads
from bio.engines.native._walk import over_targets
from bio.plasticity_rule import WEIGHT


def step(code: ProjectionCode) -> str:
    """One step of the clock-driven variables of every synapse."""
    names = code.names()
    work = Assignments(names, code.number)
    after = work.run(code.program.step)
    changed = [one for one in code.alone if after[one] != names[one]]
    here = code.here()
    stores = [f"{code.name}_{one}[{here}] = {after[one]}" for one in changed]
    needed = reads(code.program.step)
    at_pre = code.loads(needed, "", True, False)
    at_pre = [line for line in at_pre if not line.startswith("_y_")]
    loads = code.loads(needed, here, False, True)
    body = [*loads, *work.lines, *stores]
    sources = f"{code.name}_{'rows' if code.layout == 'rows' else WEIGHT}.shape[0]"
    lines = [f"def {code.name}_step(K, I, now, t, {code.arguments()}):", *indented(code.signals())]
    inner = over_targets(code, body)
    if code.layout == "rows":
        inner = [f"for d in range({code.name}_rows.shape[1] - 1):", *indented(inner)]
    lines += indented([f"for i in range({sources}):", *indented([*at_pre, *inner])])
    lines += indented(code.fading.whole() if code.fading else [])
    return "@_compiled\n" + "\n".join(lines) + "\n"


def stepping(code: ProjectionCode) -> list[str]:
    """What the kernel does with clock-driven variables in each step."""
    call = f"{code.name}_step(K, I, now, t, {code.arguments()})"
    return code.fading.step(call, code.program.signals) if code.fading else [call]
