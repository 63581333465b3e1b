"""What a network's kernel is generated from: the code of its populations and of its projections."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bio.engines.compiled import identifier
from bio.engines.native._layout import Layout, layout_of
from bio.engines.native._population import PopulationCode, rests_at_start
from bio.engines.native._projection import ProjectionCode
from bio.engines.native._text import Numbers
from bio.network import Network, Projection
from bio.program import Program
from bio.synapse_program import SynapseProgram, hoisted
from bio.wiring import Wiring


def codes_of(
    network: Network, programs: Mapping[str, Program], synapse_programs: Mapping[str, SynapseProgram],
    wirings: Mapping[str, Wiring], dtype: str,
) -> tuple[dict[str, PopulationCode], list[ProjectionCode]]:  # fmt: skip
    """Population -> its code, and that of projections in order; their numbers are those of one kernel.

    Raises:
        ValueError: a name that cannot stand in generated code.
    """
    number = Numbers()
    layouts: dict[str, Layout] = {name: layout_of(wirings[name], one.plastic) for name, one in synapse_programs.items()}
    codes = {}
    for name, program in programs.items():
        into = [layouts[one.name] for one in network.projections if one.target == name]
        few = bool(into) and all(one == "diagonal" for one in into)  # spikes reach few neurons in a step
        codes[name] = _population(name, program, number, few, dtype)
    return codes, [
        _projection(one, wirings[one.name], synapse_programs[one.name], layouts[one.name], codes, number)
        for one in network.projections
    ]


def _population(name: str, program: Program, number: Numbers, few: bool, dtype: str) -> PopulationCode:
    for one in (name, *program.states, *program.inputs):
        identifier(one)
    return PopulationCode(name, program, number, few and rests_at_start(program), dtype)


def _projection(
    one: Projection, wiring: Wiring, program: SynapseProgram, layout: Layout, codes: Mapping[str, PopulationCode],
    number: Numbers,
) -> ProjectionCode:  # fmt: skip
    for name in (one.name, *program.variables, *program.signals):
        identifier(name)
    pre, post = hoisted(program, wiring.one_delay)
    delays = sorted({int(delay) for delay in np.unique(wiring.delay)}) or [0]
    return ProjectionCode(
        one.name, program, number, layout, delays, pre, post, codes.get(one.source), codes[one.target], one.source,
        float(wiring.weights[0]) if layout == "all but self" else None,
    )  # fmt: skip
