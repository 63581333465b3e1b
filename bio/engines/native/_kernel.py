"""All presentations of a network, each a loop over time steps, as one compiled function.

One, because what a function calls is optimised again for every function that calls it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bio.engines.native._functions import functions_of
from bio.engines.native._population import PopulationCode
from bio.engines.native._preamble import preamble
from bio.engines.native._projection import ProjectionCode
from bio.engines.native._restart import restart
from bio.engines.native._text import Numbers, bound, indented
from bio.engines.native._time_step import time_step

HUGE = {"float64": 1e300, "float32": 1e37}  # where a state counts as no longer finite
_TINY = {"float64": 1e-290, "float32": 1e-35}


@dataclass(frozen=True)
class Kernel:
    """Generated source, and what its function `present` takes.

    Attributes:
        source: of a module.
        arguments: names of its last arguments, all arrays, in order.
        scalable: projections whose weights it scales to a total.
        floats, wholes: the numbers K and I.
    """

    source: str
    arguments: tuple[str, ...]
    scalable: tuple[str, ...]
    floats: tuple[float, ...]
    wholes: tuple[int, ...]


def kernel(
    inputs: list[str],
    populations: list[PopulationCode],
    projections: list[ProjectionCode],
    delayed: set[str],
    dtype: str,
) -> Kernel:
    """The source of a network.

    Args:
        inputs: populations whose spikes are given.
        delayed: populations whose spikes travel for a while and must be remembered.
    """
    functions = [one.source() for one in populations]
    functions += [text for one in projections for text in functions_of(one)]
    arguments = _arguments(inputs, populations, projections, delayed)
    scalable = [one for one in projections if one.layout == "matrix" and one.program.plastic]
    everything = [*_settings(populations, scalable), *arguments]
    _refuse_two_of_one_name(everything, "\n".join(functions))
    present = _present(inputs, populations, projections, delayed, scalable, everything)
    number = populations[0].number if populations else Numbers()
    limits = {"_ZERO": 0.0, "_ONE": 1.0, "_TINY": _TINY[dtype], "_HUGE": HUGE[dtype]}
    constants = [f"{name} = np.{dtype}({value!r})" for name, value in limits.items()]
    source = "\n\n".join([preamble(dtype, constants), *functions, bound(present)])
    totals = tuple(one.name for one in scalable)
    return Kernel(source, tuple(arguments), totals, tuple(number.floats), tuple(number.wholes))


def _settings(populations: list[PopulationCode], scalable: list[ProjectionCode]) -> list[str]:
    """What `present` is told, before the network's arrays."""
    totals = [f"{one.name}_total" for one in scalable]
    counts = [f"{one.name}_counts" for one in populations]
    starts = [f"{one.name}_start_{state}" for one in populations for state in one.program.states]
    return ["clock", "order", "steps", "rest", "learn", "fresh", "least", "watched", *totals, *counts, *starts]


def _arguments(
    inputs: list[str], populations: list[PopulationCode], projections: list[ProjectionCode], delayed: set[str]
) -> list[str]:
    names = []
    for one in inputs:
        names += [f"{one}_offsets", f"{one}_step", f"{one}_neuron"]
    for one in populations:
        names += [*one.own(), *([] if one.drowsy else [f"{one.name}_flag"]), f"{one.name}_fired",
                  f"{one.name}_spike_step", f"{one.name}_spike_neuron", f"{one.name}_spikes"]  # fmt: skip
        names += [f"{one.name}_record_{state}" for state in one.program.states]
    for name in sorted(delayed):
        names += [f"{name}_past", f"{name}_past_n"]
    for one in projections:
        names += one.arrays()
    return [one for place, one in enumerate(names) if not (one.startswith("_signal_") and one in names[:place])]


def _refuse_two_of_one_name(arguments: list[str], functions: str) -> None:
    """Names are put together from the user's, so two things can get one: a variable "wait" of a population."""
    names = [*arguments, *re.findall(r"^def (\w+)", functions, re.MULTILINE)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(
            f'"{twice[0]}" would be two things in generated code. Give the population, projection or variable whose '
            "names it is made of another name."
        )


def _present(
    inputs: list[str], populations: list[PopulationCode], projections: list[ProjectionCode], delayed: set[str],
    scalable: list[ProjectionCode], arguments: list[str],
) -> str:  # fmt: skip
    """One sample after another: scales weights, shows it for `steps`, then nothing for `rest`, and counts spikes.

    With `fresh`, every presentation begins at the states given as start, and nothing has happened before. `watched` are
    the counts of a population, or none.

    Returns how many were shown: it stops behind one in which those watched gave fewer than `least` spikes.
    """
    body = ["if fresh:", *indented(restart(populations, projections, delayed))]
    for one in scalable:
        call = f"{one.name}_normalise(K, I, {one.name}_total, {', '.join(one.arrays())})"
        body += [f"if {one.name}_total > 0:", f"    {call}"]
    for name in inputs:
        body += [f"{name}_at, {name}_end = {name}_offsets[order[p]], {name}_offsets[order[p] + 1]"]
    fading = [one.fading for one in projections if one.fading]
    body += [line for one in fading for line in one.begin()]
    body += ["for t in range(steps + rest):", *indented(time_step(inputs, populations, projections, delayed))]
    body += [line for one in fading for line in one.settle()]
    body += [
        "if watched.size > 0:",
        "    _fired = 0",
        "    for j in range(watched.shape[1]):",
        "        _fired += watched[p, j]",
        "    if _fired < least:",
        "        return p + 1",
    ]
    lines = [f"def present(K, I, {', '.join(arguments)}):", "    for p in range(order.size):"]
    return "\n".join(["@_called_from_outside", *lines, *indented(body, 2), "    return order.size", ""])
