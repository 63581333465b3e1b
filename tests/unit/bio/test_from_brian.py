"""A NeuronGroup of Brian2 becomes a definition that spikes as the group does, or is refused with the reason."""

import subprocess
import sys

import brian2 as b2
import numpy as np
import pytest
import torch
from brian2 import Hz, Mohm, amp, ms, mV, nA, pA, second

from bio.engines.brian import simulate
from bio.engines.tensor import TensorNeuron
from bio.equations import NeuronModel, Source
from bio.expression import UNIFORM, XI
from bio.from_brian import neuron_model_from
from bio.program import compile_program

DT_S = 5e-4
SOURCE = Source("Lapicque 1907")
NEURONS, STEPS = 20, 1000
LIF = "dv/dt = (v_rest - v + R*I)/tau : volt (unless refractory)\nI : amp"
NAMES = {"v_rest": -65 * mV, "R": 100 * Mohm, "tau": 12.5 * ms, "b": 0.3, "tau_u": 100 * ms}


@pytest.fixture(autouse=True)
def _numpy_target():
    before = b2.prefs.codegen.target
    b2.prefs.codegen.target = "numpy"
    yield
    b2.prefs.codegen.target = before


def group_of(equations=LIF, threshold="v > -50*mV", reset="v = v_rest", refractory=2 * ms, namespace=NAMES, **given):
    """A group at its rest, with an explicit namespace."""
    given = {"method": "exponential_euler", **given}
    group = b2.NeuronGroup(
        NEURONS, equations, threshold=threshold, reset=reset, refractory=refractory, namespace=namespace,
        dt=DT_S * second, **given,
    )  # fmt: skip
    if "v" in group.variables:
        group.v = -65 * mV
    group._network = "none"  # Brian2 would warn of each group here that never ran
    return group


def currents():
    return np.linspace(1e-10, 6e-10, NEURONS) * (1 + 0.3 * np.random.default_rng(0).standard_normal((STEPS, NEURONS)))


def spikes_of(group, given):
    """What the group itself does with `given` in its I: bool (time, neuron)."""
    group._network = None
    stimulus = b2.TimedArray(given * amp, dt=DT_S * second)
    group.run_regularly("I = stimulus(t, i)", when="start")
    group.namespace["stimulus"] = stimulus
    heard = b2.SpikeMonitor(group)
    b2.Network(group, heard).run(STEPS * DT_S * second, namespace={})
    raster = np.zeros((STEPS, NEURONS), bool)
    raster[np.rint(np.asarray(heard.t / second) / DT_S).astype(int), np.asarray(heard.i)] = True
    return raster


# equations, threshold, reset, refractory, method: an adaptive neuron; one with parameters of the group; Izhikevich's
ADAPTIVE = {
    "equations": f"{LIF}\ndu/dt = (b*(v - v_rest)/mV - u)/tau_u : 1\nshown = u*mV : volt\nhigh = 0.1*shown : volt",
    "threshold": "v > -50*mV + shown", "reset": "v = v_rest - high\nu += 1.5",
}  # fmt: skip
GROUPS = {
    "linear": {"method": ("exact", "euler", "heun"), "refractory": "1.5*ms"},
    "adaptive": {**ADAPTIVE, "refractory": 0.3 * ms, "method": "rk4"},
    "own parameters": {
        "equations": f"{LIF}\ntau : second\nr : second (shared, constant)", "refractory": "r",
        "namespace": {key: NAMES[key] for key in ("v_rest", "R")},
    },
    "Izhikevich": {
        "equations": """dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + I*20*Mohm/ms : volt
        du/dt = a*(b*v - u) : volt/second
        I : amp""",
        "namespace": {"a": 0.02 / ms, "b": 0.2 / ms}, "threshold": "v >= 30*mV",
        "reset": "v = -65*mV; u += 8*mV/ms", "refractory": False, "method": "euler",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", GROUPS)
def test_the_definition_spikes_as_the_group_does_on_brian_and_on_torch(kind):
    group = group_of(**GROUPS[kind])
    if kind == "own parameters":
        group.tau, group.r = 12.5 * ms, 3 * ms
    model, given = neuron_model_from(group, drive="I"), currents()
    expected = spikes_of(group, given)
    assert expected.sum() > 100
    np.testing.assert_array_equal(simulate(model, given, DT_S).spikes, expected)
    found = TensorNeuron(compile_program(model, DT_S)).run(torch.tensor(given)[None]).spikes[0]
    np.testing.assert_array_equal(found.numpy().astype(bool), expected)


def test_a_definition_is_had_from_its_own_class_with_the_same_arguments():
    group = group_of(namespace={"v_rest": -65 * mV, "tau": 10 * ms})
    given = {"namespace": {"R": 50 * Mohm}, "drive": "I", "start": {"v": "-60 mV"}, "name": "mine", "source": SOURCE}
    model = NeuronModel.from_brian(group, **given)
    assert model == neuron_model_from(group, **given)
    assert (model.name, model.parameters["R"], model.start, model.source) == (
        "mine",
        "50 Mohm",
        {"v": "-60 mV"},
        SOURCE,
    )
    with pytest.raises(TypeError, match="is no NeuronGroup of Brian2"):
        NeuronModel.from_brian(group[:2])


def test_the_class_itself_needs_no_brian():
    loaded = "import sys, bio; bio.NeuronModel.from_brian; print('brian2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_it_is_read_as_a_person_would_write_it():
    model = neuron_model_from(group_of(**{**ADAPTIVE, "refractory": 2 * ms}), drive="I", name="mine")
    assert model.name == "mine"
    assert model.equations.splitlines()[0] == "dv/dt = (v_rest - v + R*I)/tau : volt (unless refractory)"
    assert "I :" not in model.equations
    assert model.parameters == {
        "v_rest": "-65 mV", "R": "100 Mohm", "tau": "12.5 ms", "b": "0.3", "tau_u": "100 ms",
    }  # fmt: skip
    assert model.start == {"v": "-65 mV", "u": "0"}
    assert (model.refractory, model.drive, model.method) == ("2 ms", "I", "exponential_euler")


def test_without_a_drive_the_groups_own_current_is_a_parameter():
    group = group_of()
    group.I = 0.2 * nA
    model = neuron_model_from(group)
    assert model.drive == ""
    assert model.parameters["I"] == "200 pA"


def test_what_stands_in_the_place_of_the_drive_is_left_out_whatever_it_is():
    stimulus = b2.TimedArray(np.zeros(3) * amp, dt=1 * ms)
    without = LIF.replace("\nI : amp", "")
    read = group_of(f"{without}\nI = stimulus(t) : amp", namespace={**NAMES, "stimulus": stimulus})
    constant = group_of(without, namespace={**NAMES, "I": 3 * pA})
    models = [neuron_model_from(group, drive="I", name="one", source=SOURCE) for group in (group_of(), read, constant)]
    assert models[0] == models[1] == models[2]


def test_a_namespace_can_be_given_and_the_groups_own_comes_first():
    group = group_of(namespace={"v_rest": -65 * mV, "tau": 10 * ms})
    model = neuron_model_from(group, namespace={"R": 50 * Mohm, "tau": 99 * ms, "unused": object()}, drive="I")
    assert model.parameters == {"v_rest": "-65 mV", "tau": "10 ms", "R": "50 Mohm"}


def test_nothing_is_looked_up_where_the_group_was_made():
    tau = 10 * ms
    group = group_of(namespace={key: value for key, value in NAMES.items() if key != "tau"})
    with pytest.raises(ValueError, match=r'"tau" is in no namespace. Give namespace=\{"tau": ...\}'):
        neuron_model_from(group, drive="I")
    assert neuron_model_from(group, namespace={"tau": tau}, drive="I").parameters["tau"] == "10 ms"


def test_noise_and_chance_become_inputs_of_the_program():
    group = group_of(
        "dv/dt = (v_rest - v)/tau + 2*mV*xi/sqrt(tau) : volt", threshold="rand() < 10*Hz*dt", method="euler"
    )
    program = compile_program(neuron_model_from(group), DT_S)
    assert program.noise == (XI, UNIFORM)


def test_of_several_methods_the_first_that_fits_is_taken_as_brian_does():
    assert neuron_model_from(group_of(method=("exact", "euler")), drive="I").method == "exact"
    noisy = group_of("dv/dt = -v/tau + mV*xi/sqrt(tau) : volt", method=("exact", "euler", "heun"), reset="v = 0*mV")
    assert neuron_model_from(noisy).method == "euler"
    square = group_of("dv/dt = -v*abs(v)/mV/tau : volt", method=("exact", "heun"), reset="v = 0*mV")
    assert neuron_model_from(square).method == "heun"


def test_values_that_differ_are_taken_where_a_start_is_given():
    group = group_of()
    group.v = np.linspace(-65, -60, NEURONS) * mV
    with pytest.raises(ValueError, match=r"v is from -0.065 to -0.06 \(SI\) in its neurons, but a definition has one"):
        neuron_model_from(group, drive="I")
    assert neuron_model_from(group, drive="I", start={"v": "v_rest"}).start == {"v": "v_rest"}


def linked():
    group = group_of(f"{LIF}\nx : 1 (linked)")
    group.x = b2.linked_var(group_of("x : 1", threshold="x > 1", reset=""), "x")
    return group


def changed(change, **given):
    group = group_of(**given)
    change(group)
    return group


@b2.implementation("numpy", discard_units=True)
@b2.check_units(x=1, result=1)
def double(x):
    return 2 * x


STIMULUS = b2.TimedArray([1, 2] * nA, dt=1 * ms)
REFUSED = {
    "no threshold": (lambda: group_of(threshold=None, reset=None, refractory=False), "has no threshold"),
    "another event": (lambda: group_of(events={"up": "v > -60*mV"}), 'has the event "up". A definition has'),
    "linked": (linked, "x is linked to another group"),
    "run_regularly": (lambda: changed(lambda g: g.run_regularly("v += 1*mV", dt=5 * ms)), "run_regularly or the like"),
    "order": (lambda: changed(lambda g: g.set_event_schedule("spike", when="before_resets")), "at another place of a"),
    "TimedArray": (
        lambda: group_of("dv/dt = (-v + R*stimulus(t))/tau : volt", namespace={**NAMES, "stimulus": STIMULUS}),
        "reads the TimedArray stimulus. Name the current that it drives as drive=",
    ),
    "function": (
        lambda: group_of("dv/dt = -v*double(1)/tau : volt", namespace={**NAMES, "double": double}),
        "reads the function double. Write it out",
    ),
    "function of Brian": (lambda: group_of("dv/dt = -v*arctan(1)/tau : volt"), "reads the function arctan. Those of a"),
    "random numbers": (lambda: group_of("dv/dt = -v/tau : volt", reset="v = rand()*mV"), "in its threshold only"),
    "time": (lambda: group_of("dv/dt = -v*sin(t*Hz)/tau : volt", namespace={**NAMES, "Hz": Hz}), 'reads "t", which'),
    "neuron index": (lambda: group_of(threshold="v > -50*mV + i*mV"), 'threshold reads "i", which a definition'),
    "last spike": (lambda: group_of(threshold="v > -50*mV and t - lastspike > 9*ms"), 'threshold reads "lastspike"'),
    "two noises": (lambda: group_of("dv/dt = -v/tau + mV*xi_1/sqrt(tau) : volt", method="euler"), "xi_1"),
    "array": (lambda: group_of(namespace={**NAMES, "tau": [1, 2] * ms}), "tau = .* is not one finite number"),
    "boolean": (lambda: group_of(f"{LIF}\non : boolean"), "on is boolean, but a definition's variables are floats"),
    "constant over dt": (lambda: group_of(f"{LIF}\nu = v*2 : volt (constant over dt)"), "constant over dt"),
    "single precision": (lambda: group_of(dtype=np.float32), "v is kept as float32; use float64"),
    "changed parameter": (
        lambda: group_of(f"{LIF}\nth : volt", threshold="v > th", reset="v = v_rest; th += 1*mV"),
        'Make it a variable: "dth/dt = 0[*]volt/second : volt"',
    ),
    "parameters that differ": (
        lambda: changed(lambda g: setattr(g, "a", np.arange(NEURONS)), equations=f"{LIF}\na : 1"),
        r"a is from 0 to 19 \(SI\) in its neurons",
    ),
    "refractory condition": (lambda: group_of(refractory="v > -60*mV"), 'refractory = "v > -60[*]mV" is neither'),
    "refractory expression": (lambda: group_of(refractory="tau/5"), 'refractory = "tau/5" is neither'),
    "method": (lambda: group_of(method="gsl"), "method = gsl is none of exact"),
    "method that does not fit": (
        lambda: group_of("dv/dt = -v*v/mV/tau : volt", method="exact"), 'method "exact" cannot integrate'
    ),
    "a drive in volt": (
        lambda: group_of("dv/dt = (-v + I)/tau : volt\nI : volt"), 'drive = "I" must be a current in ampere'
    ),
    "no such drive": (lambda: group_of("dv/dt = -v/tau : volt"), 'drive = "I" is not in the equations'),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_a_definition_cannot_say_is_refused_with_what_to_do(kind):
    make, message = REFUSED[kind]
    drive = "I" if kind in ("a drive in volt", "no such drive") else ""
    with pytest.raises(ValueError, match=message):
        neuron_model_from(make(), drive=drive)


def test_what_is_no_group_is_refused():
    source = b2.SpikeGeneratorGroup(1, [], [] * second)
    source._network = "none"
    for wrong in (source, group_of()[:2], "dv/dt = -v/tau : volt"):
        with pytest.raises(TypeError, match="is no NeuronGroup of Brian2"):
            neuron_model_from(wrong)


def test_a_number_keeps_fifteen_digits():
    value = 1e-3 / 3
    model = neuron_model_from(group_of("dv/dt = -v/tau : volt", namespace={**NAMES, "tau": value * second}))
    assert model.parameters["tau"] == "333.333333333333 us"
    assert model.quantities()["tau"].value == pytest.approx(value, rel=2e-15)  # half a unit in the 15th digit
