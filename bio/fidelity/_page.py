"""A certificate as a page: what was done, what came of it, and a table for each kind of trial."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from bio.fidelity._cells import ENOUGH, LEEWAY, SAME, Cell
from bio.fidelity._certificate import Certificate
from bio.fidelity._engines import ENGINES
from bio.fidelity._questions import DT_S

__all__ = ["as_markdown"]

_KINDS = {
    "open loop": (
        "Open loop",
        "Neurons get recorded input and act on nothing that comes back. *Currents*: noisy currents alone, which every "
        "engine can run. *Currents and spikes*: also recorded spikes, over synapses with delays drawn from 0 to 5 ms. "
        f"Spikes must be identical and states within {SAME:g} of the variable's range; where two orders of arithmetic "
        f"of Brian2 itself differ by more, within {LEEWAY} times that. Where an engine differs, Brian2 is run "
        "again: by its cython target, with rearranged arithmetic, and four times with currents changed in "
        "their last bits. A neuron whose spikes these runs move is chaotic; its spikes are compared until states of "
        "these runs are 1e-6 of their range apart, its states are not, and the cell says how many there are.",
    ),
    "closed loop": (
        "Closed loop",
        "Neurons excite each other over drawn delays, and excite leaky integrate-and-fire partners that inhibit them. "
        "Spikes must be identical up to the first step in which Brian2's own targets part, numpy and cython (in the "
        "small size: numpy as written and as Brian2 rearranges it by default), or, where an engine parts before, a run "
        "of Brian2 with other last bits. Behind that step the network is chaotic and no two orders of arithmetic "
        "agree.",
    ),
    "plasticity": (
        "Plasticity",
        "Plastic synapses from sources that fire at random onto neurons that recorded currents make fire. Spikes must "
        f"be identical, and all weights in the end within {SAME:g} of their range.",
    ),
    "network": (
        "A whole network",
        "Diehl & Cook's network of 784 inputs, 100 excitatory and 100 inhibitory neurons learns handwritten digits, "
        f"350 ms each and 150 ms of rest. Spikes must be identical, weights within {SAME:g} of their range.",
    ),
}


def as_markdown(certificate: Certificate) -> str:
    """The page."""
    parts = [_head(certificate), _summary(certificate)]
    for kind, (title, text) in _KINDS.items():
        cells = [cell for cell in certificate.cells if cell.kind == kind]
        if cells:
            parts.append(f"## {title}\n\n{text}\n\n{_table(kind, cells)}")
    parts += [_not_run(certificate.cells), _left_out(certificate)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(certificate: Certificate) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in certificate.versions.items())
    return f"""# The fidelity certificate

One definition, several engines, the same spikes. Every neuron model and every rule of spikes ran on every engine with
the same recorded input, in float64, and was compared with Brian2's numpy target, step for step. Written by
`neurocontrast validate fidelity{" --full" if certificate.size == "full" else ""}`; the numbers are also in
`fidelity.json`. Size: {certificate.size}. {libraries}.

A cell reads "all, 7e-15": all spikes of the reference came in the same step, there were no others, and the largest
difference of a state (or weight) was 7e-15 of its range. A cell counts only if neurons that fire at 2 to 50 Hz gave at
least {ENOUGH:,} spikes. *Held* are steps of neurons in their refractory period, *lost* arrivals that it kept from a
flagged variable, *late* arrivals behind a delay, *resets* those of spikes: a table in which they are 0 would prove
nothing about them. Steps are 0.1 ms where nothing else is said. The column of Brian2's cython target shows how far
Brian2 agrees with itself."""


def _summary(certificate: Certificate) -> str:
    ours = [cell for cell in certificate.cells if cell.ours]
    fine = [cell for cell in ours if cell.verdict == "agrees"]
    spikes = sum(cell.spikes for cell in fine)
    lines = [f"**{len(fine)} of {len(ours)} cells agree, over {spikes:,} spikes.**"]
    for cell in certificate.faults:
        lines.append(f"- {cell} on {cell.engine}: {cell.verdict} ({_result(cell)}).")
    return "\n".join(lines)


def _table(kind: str, cells: Sequence[Cell]) -> str:
    engines = [name for name in ENGINES if any(cell.engine == name for cell in cells)]
    until = ["parts after"] if kind == "closed loop" else []
    learned = ["learned"] if kind in ("plasticity", "network") else []
    head = ["definition", "method", "trial", "spikes", "Hz", *until, *learned, "held", "lost", "late", "resets",
            *engines]  # fmt: skip
    rows = ["| " + " | ".join(head) + " |", "| --- | --- | --- |" + " ---: |" * (len(head) - 3)]
    for _, group in groupby(cells, key=lambda cell: (cell.definition, cell.digest, cell.method, cell.setting)):
        rows.append("| " + " | ".join(_row({cell.engine: cell for cell in group}, engines, kind)) + " |")
    return "\n".join(rows)


def _row(found: dict[str, Cell], engines: Iterable[str], kind: str) -> list[str]:
    cell = max(found.values(), key=lambda one: (one.ours, one.spikes))
    step = f", dt {1e3 * cell.dt_s:g} ms" if cell.dt_s and cell.dt_s != DT_S else ""
    row = [cell.definition, cell.method.replace("_", " "), f"{cell.setting}{step}", f"{cell.spikes:,}",
           f"{cell.low_hz:.0f} to {cell.high_hz:.0f}"]  # fmt: skip
    if kind == "closed loop":
        row.append(f"{cell.until_s:.3g} s" if cell.until_s < cell.duration_s else "never")
    if kind in ("plasticity", "network"):
        row.append(f"{cell.learned:.2g}")
    row += [f"{number:,}" for number in (cell.held, cell.lost, cell.delayed, cell.resets)]
    return row + [_result(found[name]) if name in found else "" for name in engines]


def _result(cell: Cell) -> str:
    if cell.refusal:
        return "not run"
    error = f"{cell.weight_error if cell.kind in ('plasticity', 'network') else cell.state_error:.1g}"
    error += f" (Brian2's own {cell.own_error:.1g})" if cell.own_error and cell.ours else ""
    if cell.matched == cell.spikes and not cell.extra:
        told = f"all, {error}"
    else:
        told = f"{cell.matched:,} of {cell.spikes:,} and {cell.extra:,} others, {error}"
    told += f" ({cell.parted} of {cell.neurons} neurons until a last bit matters)" if cell.parted else ""
    return told if cell.verdict == "agrees" or not cell.ours else f"**{told}: {cell.verdict}**"


def _left_out(certificate: Certificate) -> str:
    if not certificate.left_out:
        return ""
    lines = "\n".join(f"- {one}" for one in certificate.left_out)
    return f"## Left out\n\nThis run was stopped before it had asked about:\n\n{lines}"


def _not_run(cells: Sequence[Cell]) -> str:
    refused = [cell for cell in cells if cell.refusal]
    if not refused:
        return ""
    lines = sorted({f"- {cell} on {cell.engine}: {cell.refusal}" for cell in refused})
    return "## Not run\n\n" + "\n".join(lines)
