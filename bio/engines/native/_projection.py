"""One projection as generated source sees it: layout, arrays, and the names of what its synapses read.

How the synapses lie in memory follows from the wiring: a matrix, a diagonal, all but the diagonal with one weight, or
rows of targets sorted by delay. A variable that belongs to a neuron (bio.synapse_program.hoisted) is kept once for it.

In a matrix, depression by a trace of the target visits only the targets whose trace is not 0 (`listed`), and
potentiation by a trace of the source only the sources whose trace is not 0, where the rule would do nothing elsewhere;
weights outside the rule's bounds, which it would clip, keep their target on the list (`outside`).

Where a step does nothing but let traces fade while all signals are 0, it is left out then (`fading`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bio.engines.native._fading import Fading
from bio.engines.native._layout import Layout
from bio.engines.native._population import PopulationCode
from bio.engines.native._silent import fading
from bio.engines.native._text import Numbers
from bio.engines.native._vanishing import Bounds, reads, stays_zero, weight_bounds_after, weight_bounds_if_idle, within
from bio.plasticity_rule import WEIGHT
from bio.synapse_program import SynapseProgram, needed_for

FADED = {"float64": 1e-18, "float32": 1e-10}


@dataclass
class ProjectionCode:
    """What a projection's functions (bio.engines.native._functions) are generated from.

    Attributes:
        name: of the projection, the prefix of all its names.
        source, target: the populations' code; no source where it is an input.
        source_name, target_name: of the populations.
        layout: how the synapses lie in memory.
        delays: the distinct delays, in steps.
        pre, post: variables that belong to the source's and the target's neurons.
        one_weight: the weight of all synapses where it is the same and never changes.
    """

    name: str
    program: SynapseProgram
    number: Numbers
    layout: Layout
    delays: Sequence[int]
    pre: tuple[str, ...]
    post: tuple[str, ...]
    source: PopulationCode | None
    target: PopulationCode
    source_name: str
    one_weight: float | None = None
    listed: tuple[str, ...] = field(init=False, default=())
    depression: Bounds | None = field(init=False, default=None)
    potentiation: Bounds | None = field(init=False, default=None)
    fading: Fading | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        program = self.program
        self.alone = tuple(one for one in program.variables if one not in (*self.pre, *self.post))
        self.timed = tuple(one for one in self.alone if any(s.target == one for s in program.advance))
        factors = fading(program, (*self.pre, *self.post))
        if factors is not None:
            self.fading = Fading(self.name, factors, self.number, FADED[self.target.dtype])
        if self.layout != "matrix" or self.alone != (WEIGHT,) or not program.plastic or program.step:
            return
        changes = [one for one in program.on_pre if one.target not in self.pre]
        moving = tuple(one for one in self.post if one in reads(changes))
        advances = needed_for(program.advance, self.post)
        if not program.before_effect and all(stays_zero(advances, one) for one in moving):
            self.depression = weight_bounds_if_idle(changes, moving)
            self.listed = moving if self.depression and moving else ()
        self.potentiation = weight_bounds_if_idle([s for s in program.on_post if s.target not in self.post], self.pre)
        # What is skipped must have nothing to clip: no spike may leave a weight outside the bounds of the other kind.
        after = [weight_bounds_after(program.on_pre), weight_bounds_after(program.on_post)]
        if not all(within(one, self.depression) for one in after):
            self.listed = ()
        if not all(within(one, self.potentiation) for one in after):
            self.potentiation = None

    @property
    def sparse(self) -> bool:
        """Whether the kernel knows which targets' weights can have changed."""
        return bool(self.listed)

    def arrays(self) -> list[str]:
        """Names of the projection's own arrays, in order."""
        names = [] if self.one_weight is not None else [f"{self.name}_{WEIGHT}"]
        names += [f"{self.name}_{one}" for one in self.program.variables[1:]]
        names += [f"{self.name}_since"] if self.timed else []
        names += [f"_signal_{one}" for one in self.program.signals]
        names += [self.fading.scale] if self.fading and self.fading.factors else []
        if self.layout == "rows":
            ends = ("rows", "posts", *(("pres", "columns", "order") if self.program.on_post else ()))
            names += [f"{self.name}_{one}" for one in ends]
            names += [f"{self.name}_delays"] if len(self.delays) > 1 else []
        if self.sparse:
            names += [f"{self.name}_{one}" for one in ("list", "listed", "outside", "dirty", "moved")]
        if self.layout == "matrix" and self.program.plastic:
            names.append(f"{self.name}_sums")
        return names

    def arguments(self) -> str:
        """What every function of the projection gets, as text."""
        target, source = self.target, self.source
        ends = [f"{target.name}_wait", *target.states()]
        ends += [f"{target.name}_awake", f"{target.name}_list"] if target.drowsy else []
        ends += source.states() if source is not None and source is not target else []
        return ", ".join(dict.fromkeys([*self.arrays(), *ends]))

    def signals(self) -> list[str]:
        """Loads at the head of a function, of what all synapses share."""
        scales = self.fading.loads() if self.fading else []
        return scales + [
            f"_g_{one} = _signal_{one}[t if _signal_{one}.size > 1 else 0]" for one in self.program.signals
        ]

    def names(self) -> dict[str, str]:
        """Definition's name -> the local that holds it."""
        names = {one: f"_y_{one}" for one in self.alone}
        names |= {one: f"_p_{one}" for one in (*self.pre, *self.post)}
        names |= {one: f"_g_{one}" for one in self.program.signals}
        names |= {f"{state}_post": f"_q_{state}" for state in self.target.program.states}
        if self.source is not None:
            names |= {f"{state}_pre": f"_r_{state}" for state in self.source.program.states}
        return names

    def loads(self, needed: set[str], here: str, at_pre: bool, at_post: bool) -> list[str]:
        """Loads of what synapse `here` with ends i and j reads; those of an end only where it changes in this loop."""
        lines = []
        for one in self.alone:
            if one in needed:
                lines.append(f"_y_{one} = {self._weight(here) if one == WEIGHT else self._value(one, here)}")
        if at_pre:
            lines += [f"_p_{one} = {self.name}_{one}[i]" for one in self.pre if one in needed]
            if self.source is not None:
                lines += [f"_r_{s} = {self.source.name}_{s}[i]" for s in self.source.program.states
                          if f"{s}_pre" in needed]  # fmt: skip
        if at_post:
            lines += [f"_p_{one} = {self.name}_{one}[j]" for one in self.post if one in needed]
            lines += [
                f"_q_{s} = {self.target.name}_{s}[j]" for s in self.target.program.states if f"{s}_post" in needed
            ]
        return lines

    def here(self) -> str:
        """Index of a synapse in its arrays."""
        return {"matrix": "i, j", "diagonal": "i", "all but self": "i, j", "rows": "s"}[self.layout]

    def stored(self, variable: str, value: str) -> str:
        """What the array is to hold for a value."""
        return self.fading.kept(variable, value) if self.fading else value

    def _value(self, variable: str, here: str) -> str:
        stored = f"{self.name}_{variable}[{here}]"
        return self.fading.read(variable, stored) if self.fading else stored

    def _weight(self, here: str) -> str:
        return self.number(self.one_weight) if self.one_weight is not None else f"{self.name}_{WEIGHT}[{here}]"
