"""One time step of a network, in Brian2's order: neurons integrate, synapses, arrivals, on_post, resets.

Brian2 looks for spikes behind the clock-driven synapses; these write nothing that a threshold reads, so here it is done
together with the integration.
"""

from __future__ import annotations

from bio.engines.native._clocked import stepping
from bio.engines.native._population import PopulationCode
from bio.engines.native._projection import ProjectionCode
from bio.engines.native._text import indented


def time_step(
    inputs: list[str], populations: list[PopulationCode], projections: list[ProjectionCode], delayed: set[str]
) -> list[str]:
    """The lines of step `t` of presentation `p`; see `bio.engines.native._kernel.kernel` for the arguments."""
    step = ["now = clock[0]"]
    for one in populations:
        step += [f"_n_{one.name} = {one.integrate()}", f"if _n_{one.name} < 0:", "    return -1 - p"]
    for one in projections:
        if one.pre or one.post:
            step.append("if now > 0:")  # before, nothing has passed
            step.append(f"    {one.name}_advance(K, I, {', '.join(one.arrays())})")
        if one.program.step:
            step += ["if learn:", *indented(stepping(one))]
    for name in inputs:
        step += [
            f"{name}_from = {name}_at",
            f"while {name}_at < {name}_end and {name}_step[{name}_at] == t:",
            f"    {name}_at += 1",
        ]
    for name in sorted(delayed):
        step += _remember(name, name in inputs)
    for one in projections:
        step += _arrivals(one, inputs)
    for one in projections:
        if one.program.on_post:
            step += _on_post(one)
    for one in populations:
        step += _close(one)
    return [*step, "clock[0] = now + 1"]


def _remember(name: str, given: bool) -> list[str]:
    """Writes the step's spikes to the place of the ring that this step has."""
    count, source = (f"{name}_at - {name}_from", f"{name}_neuron[{name}_from + k]") if given else (
        f"_n_{name}", f"{name}_fired[k]")  # fmt: skip
    return [
        f"slot = now % {name}_past_n.size",
        f"{name}_past_n[slot] = {count}",
        f"for k in range({count}):",
        f"    {name}_past[slot, k] = {source}",
    ]


def _arrivals(one: ProjectionCode, inputs: list[str]) -> list[str]:
    name, several, lines = one.source_name, len(one.delays) > 1, []
    if max(one.delays) > 0:
        delay = f"{one.name}_delays[d]" if several else one.number.whole(one.delays[0])
        lines += [f"slot = (now - {delay}) % {name}_past_n.size", f"for k in range({name}_past_n[slot]):"]
        spike = f"{name}_past[slot, k]"
    elif name in inputs:
        lines.append(f"for k in range({name}_from, {name}_at):")
        spike = f"{name}_neuron[k]"
    else:
        lines.append(f"for k in range(_n_{name}):")
        spike = f"{name}_fired[k]"
    call = f"(K, I, now, t, {spike}, {'d' if several else 0}, {one.arguments()})"
    if one.program.plastic:
        lines += ["    if learn:", f"        {one.name}_arrive_learning{call}", "    else:"]
        lines.append(f"        {one.name}_arrive{call}")
    else:
        lines.append(f"    {one.name}_arrive{call}")
    return [f"for d in range({one.name}_delays.size):", *indented(lines)] if several else lines


def _on_post(one: ProjectionCode) -> list[str]:
    target = one.target.name
    return [
        "if learn:",
        f"    for k in range(_n_{target}):",
        f"        {one.name}_on_post(K, I, now, t, {target}_fired[k], {one.arguments()})",
    ]


def _close(one: PopulationCode) -> list[str]:
    """Resets, counts and records."""
    name = one.name
    lines = [
        f"if _n_{name} > 0:",
        f"    {name}_reset(K, I, t, {one.arguments()}, {name}_fired, _n_{name})",
        "    if t < steps:",
        f"        for k in range(_n_{name}):",
        f"            {name}_counts[p, {name}_fired[k]] += 1",
        f"    if {name}_spike_step.size > 0:",
        f"        for k in range(_n_{name}):",
        f"            {name}_spike_step[{name}_spikes[0]] = t",
        f"            {name}_spike_neuron[{name}_spikes[0]] = {name}_fired[k]",
        f"            {name}_spikes[0] += 1",
    ]
    for state in one.program.states:
        lines += [f"if {name}_record_{state}.shape[0] > 0:", f"    for j in range({name}_{state}.size):"]
        lines += [f"        {name}_record_{state}[t, j] = {name}_{state}[j]"]
    return lines
