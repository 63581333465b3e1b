"""The excitatory neuron of the Diehl & Cook network: theirs, or one of the user's in its place.

A model that has no conductances gets what the network needs: a synaptic current, into its drive, and an adaptive part
of the threshold. Both are measured on the model's own scales, so that it is driven and inhibited about as theirs is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bio.engines.tensor import start_distance
from bio.equations import NeuronModel
from bio.expression import Apply, read_expression
from bio.neurons.diehl_cook_lif import DIEHL_COOK_LIF
from bio.program import compile_program
from bio.rheobase import rheobase

# Of Diehl & Cook's neuron: 78 of weight at the 8.3 Hz of a mean pixel drive it twice as strongly as it needs to spike,
# and theta grows by 0.4 % of the way from rest to the threshold. Inhibition pulls a current-driven neuron far below its
# reversal potential, where models with a quadratic term leave their range: so it is weaker here.
_TIMES_RHEOBASE, _WEIGHT_HZ, _THETA_STEP, _TAU_S, _PULL = 2.0, 78 * 8.3, 0.004, 2e-3, 0.3
_ADDED = {"theta", "tau_theta", "theta_step", "I_synapse", "tau_synapse", "timer", "spike_timer"}


@dataclass(frozen=True)
class Excitatory:
    """A neuron in the network's terms.

    Attributes:
        model: has a state `theta`, in the unit of its threshold.
        excited, inhibited: effects of a spike of an input, and of an inhibitory neuron.
    """

    model: NeuronModel
    excited: str
    inhibited: str


def excitatory(model: NeuronModel | None, spike_timer: str, dt_s: float) -> Excitatory:
    """The neuron to use; None is Diehl & Cook's. With a timer it does not spike within that time of its last spike.

    Raises:
        ValueError: the model has no drive, a threshold that is no comparison "a > b", no scale at this time step, or a
            variable with a name that the network needs.
    """
    if model is None:
        return Excitatory(_timed(DIEHL_COOK_LIF, spike_timer), "ge_post += w", "gi_post += w")
    taken = sorted(_ADDED & {*model.start, *model.parameters})
    if taken:
        raise ValueError(
            f"{model.name} has {', '.join(taken)}, but the Diehl & Cook network adds an adaptive threshold, a synaptic "
            f"current and a timer of that name. Rename {'it' if len(taken) == 1 else 'them'}, or give a model without."
        )
    unit = rheobase(compile_program(_driven(model), dt_s), 1.0)
    gain = _TIMES_RHEOBASE * unit / (_WEIGHT_HZ * _TAU_S)
    adapted = _adapting(_with_current(model), start_distance(compile_program(model, dt_s)))
    return Excitatory(
        _timed(adapted, spike_timer), f"I_synapse_post += w*{gain!r}*amp", f"I_synapse_post -= w*{_PULL * gain!r}*amp"
    )


def with_fixed_threshold(neuron: Excitatory) -> Excitatory:
    """The same neuron, the adaptive part of its threshold standing still."""
    model = neuron.model
    held = replace(
        model,
        equations=model.equations.replace("dtheta/dt = -theta/tau_theta", "dtheta/dt = 0*theta/tau_theta"),
        reset=model.reset.replace("theta += theta_step", "theta = theta"),
    )
    return replace(neuron, model=held)


def named_for_what_was_added(model: NeuronModel, given: NeuronModel) -> NeuronModel:
    """The model under the name of the one it was made from and of the variables that it got: "my_lif + theta"."""
    return replace(model, name=" + ".join([given.name, *(name for name in model.start if name not in given.start)]))


def _timed(model: NeuronModel, spike_timer: str) -> NeuronModel:
    """The timer is the reference code's: a clock that each spike sets to 0; half a step keeps rounding out of it."""
    if spike_timer == "0 ms":
        return model
    return replace(
        model,
        equations=f"{model.equations}\ndtimer/dt = 1 : second",
        threshold=f"({model.threshold}) and timer > spike_timer + 0.5*dt",
        reset=f"{model.reset}; timer = 0*ms",
        parameters={**model.parameters, "spike_timer": spike_timer},
        start={**model.start, "timer": "1e6 second"},
    )


def _driven(model: NeuronModel) -> NeuronModel:
    if not model.drive:
        raise ValueError(
            f"{model.name} has no drive, so inputs cannot reach it as a current. Give a model with a drive in ampere."
        )
    return model


def _with_current(model: NeuronModel) -> NeuronModel:
    """An exponentially decaying synaptic current beside the drive."""
    into = re.sub(rf"\b{re.escape(model.drive)}\b", f"({model.drive} + I_synapse)", model.equations)
    return replace(
        model,
        equations=f"{into}\ndI_synapse/dt = -I_synapse/tau_synapse : amp",
        parameters={**model.parameters, "tau_synapse": f"{_TAU_S!r} second"},
        start={**model.start, "I_synapse": "0 amp"},
    )


def _adapting(model: NeuronModel, distance: float) -> NeuronModel:
    """A threshold that every spike lifts by a part of `distance`, SI, for hours."""
    from bio._dimensions import equations_of

    condition = read_expression(model.threshold)
    if not (isinstance(condition, Apply) and condition.operation in (">", ">=")):
        raise ValueError(
            f'{model.name}: its threshold "{model.threshold}" is no comparison such as "v > v_threshold", so nothing '
            "can be added to it."
        )
    above, level = condition.arguments
    equations = equations_of(model)
    names = [name for name in model.start if re.search(rf"\b{name}\b", str(above))]
    unit = "volt" if not names else _unit_text(equations[names[0]].dim)
    return replace(
        model,
        equations=f"{model.equations}\ndtheta/dt = -theta/tau_theta : {unit}",
        threshold=f"{above} {condition.operation} {level} + theta",
        reset=f"{model.reset}; theta += theta_step",
        parameters={
            **model.parameters,
            "tau_theta": "1e4 second",
            "theta_step": f"{_THETA_STEP * distance!r}" + ("" if unit == "1" else f" {unit}"),
        },
        start={**model.start, "theta": "0" if unit == "1" else f"0 {unit}"},
    )


def _unit_text(dimension: object) -> str:
    """Base units whose product has the dimension, for an equation."""
    from brian2.units.fundamentalunits import DIMENSIONLESS, get_unit

    return "1" if dimension is DIMENSIONLESS else {"V": "volt", "A": "amp"}.get(str(get_unit(dimension)), "volt")
