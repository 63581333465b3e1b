"""A neuron model as data: its equations, threshold, reset and parameters, as a person reads them.

Nothing here simulates. `bio.program` turns a definition into the statements of one time step, the engines run them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ann.source import Source
from bio.quantities import Quantity, quantity

if TYPE_CHECKING:
    from brian2 import NeuronGroup

__all__ = ["NeuronModel", "Source"]

LAWS = frozenset({"rest", "poisson"})


@dataclass(frozen=True)
class NeuronModel:
    """A point neuron in Brian's equation language.

    Attributes:
        name: of the model; a catalogue file has the same.
        equations: one a line, "dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)". `xi` is white noise
            (second**-0.5), for method "euler" only.
        threshold: the condition for a spike, "v > v_threshold"; `rand()` in it is a new number in [0, 1) each step.
        reset: what a spike does, statements separated by ";" or lines, "v = v_reset; w += b".
        refractory: "2 ms" or a parameter's name; empty for none. It holds the variables flagged (unless refractory)
            and suppresses spikes.
        parameters: name -> number with its unit, "20 ms".
        start: state variable -> "v_rest", an expression of parameters, or a number with its unit. All are named.
        drive: the variable that input current enters through, in ampere; empty where only synapses drive the neuron.
        method: how Brian2 integrates: "exponential_euler", "euler", "rk2", "rk4", "heun", "exact".
        source: where the model comes from.
        purpose: what it is for, in a line.
        laws: what it promises beyond what every definition does, tested by bio.testing.check_neuron. Known:
            "rest": without input the start is a fixed point.
            "poisson": in a constant input its spikes are a Poisson process with the rate that the threshold
            "rand() < rate*dt" says, behind the dead time where it is refractory.

    Raises:
        ValueError: a parameter cannot be read, or the drive is not in the equations. `check` says the rest.

    Example:
        >>> model = NeuronModel(
        ...     name="my_lif",
        ...     equations="dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)",
        ...     threshold="v > v_threshold", reset="v = v_reset", refractory="2 ms",
        ...     parameters={"tau_m": "20*ms", "R": "100 Mohm", "v_rest": "-65 mV", "v_threshold": "-50 mV",
        ...                 "v_reset": "-65 mV"},
        ...     start={"v": "v_rest"}, drive="I", source=Source("Lapicque 1907"))
        >>> model.parameters["tau_m"]
        '20 ms'
    """

    name: str
    equations: str
    threshold: str
    reset: str
    parameters: Mapping[str, str]
    start: Mapping[str, str]
    source: Source
    drive: str = ""
    refractory: str = ""
    method: str = "exponential_euler"
    purpose: str = field(default="", compare=False)
    laws: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        canonical = {name: quantity(given, None, name).text for name, given in self.parameters.items()}
        object.__setattr__(self, "parameters", canonical)
        object.__setattr__(self, "start", {name: str(given) for name, given in self.start.items()})
        object.__setattr__(self, "laws", tuple(self.laws))
        if unknown := set(self.laws) - LAWS:
            raise ValueError(f"{self.name}: laws = {sorted(unknown)} are not known. Known: {', '.join(sorted(LAWS))}.")
        if self.drive and (not self.drive.isidentifier() or self.drive not in self.equations):
            raise ValueError(
                f'{self.name}: drive = "{self.drive}" is not in the equations. '
                "Name the variable that input current enters through, or leave the drive out."
            )

    def __hash__(self) -> int:
        return hash((self.name, self.equations, self.threshold, self.reset, self.refractory, self.method))

    @classmethod
    def from_brian(
        cls,
        group: NeuronGroup,
        *,
        namespace: Mapping[str, Any] | None = None,
        drive: str = "",
        start: Mapping[str, str] | None = None,
        name: str = "",
        source: Source | None = None,
    ) -> NeuronModel:
        """The definition that spikes as a NeuronGroup of Brian2 does; see bio.from_brian.neuron_model_from.

        Args:
            group: made with an explicit namespace, or see the next.
            namespace: what the group's own namespace lacks.
            drive: the current in ampere that input enters through; empty: none.
            start: variable -> number with its unit, in the place of what it is now.
            name: of the model; empty: that of the group.
            source: where the model comes from.

        Raises:
            TypeError: no NeuronGroup.
            ValueError: the group has what a definition cannot say.
        """
        from bio.from_brian import neuron_model_from

        return neuron_model_from(group, namespace=namespace, drive=drive, start=start, name=name, source=source)

    def quantities(self) -> dict[str, Quantity]:
        """The parameters with their SI values and dimensions."""
        return {name: quantity(given, None, name) for name, given in self.parameters.items()}

    def check(self) -> None:
        """Checks names, syntax and dimensions of every part with Brian2 (importing it costs 2 s).

        Raises:
            ValueError: names the part at fault, what was given and what is needed.
        """
        from bio._dimensions import check_dimensions

        check_dimensions(self)

    def describe(self) -> dict[str, object]:
        """JSON-ready: name, equations, parameters, text, source."""
        return {
            "name": self.name,
            "equations": "\n".join(line.strip() for line in self.equations.strip().splitlines()),
            "parameters": dict(self.parameters),
            "text": self._text(),
            "source": self.source.text,
        }

    def _text(self) -> str:
        rest = f"Spikes when {self.threshold}; then {self.reset}; " + (
            f"refractory for {self.refractory}." if self.refractory else "not refractory."
        )
        return f"{self.purpose} {rest}".strip()
