"""A definition is refused with the part at fault, what was given and what is needed."""

import subprocess
import sys
from dataclasses import replace

import pytest

from bio import NeuronModel, Source
from bio.neurons import LIF


def with_parameter(name, given):
    return replace(LIF, parameters={**LIF.parameters, name: given})


def test_a_users_neuron_of_twelve_lines_is_accepted():
    model = NeuronModel(
        name="my_lif",
        equations="dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)",
        threshold="v > v_threshold",
        reset="v = v_reset",
        refractory="2 ms",
        parameters={
            "tau_m": "20*ms",
            "R": "100 Mohm",
            "v_rest": "-65 mV",
            "v_threshold": "-50 mV",
            "v_reset": "-65 mV",
        },
        start={"v": "v_rest"},
        drive="I",
        source=Source("Lapicque 1907; Gerstner et al. 2014, Neuronal Dynamics, eq. 1.5"),
    )
    model.check()
    assert model.parameters["tau_m"] == "20 ms"


def test_two_spellings_of_a_definition_are_equal_and_hash_alike():
    other = with_parameter("tau_m", "20*ms")
    assert other == LIF
    assert hash(other) == hash(LIF)
    assert with_parameter("tau_m", "21 ms") != LIF


def test_a_parameter_without_a_unit_is_named_with_the_text_that_mends_it():
    with pytest.raises(ValueError, match=r'^tau_m = 20 has no unit\. Write "20 ms"\.$'):
        with_parameter("tau_m", "20").check()


def test_a_parameter_with_a_wrong_unit_is_named_with_what_it_is_and_what_is_needed():
    message = r'^v_threshold = "-50 ms" is a time; a voltage is needed, for example "-50 mV"\.$'
    with pytest.raises(ValueError, match=message):
        with_parameter("v_threshold", "-50 ms").check()


def test_an_unknown_unit_is_refused_at_once():
    with pytest.raises(ValueError, match='"bananas" is not a unit'):
        with_parameter("tau_m", "20 bananas")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"threshold": "v > v_treshold"}, 'threshold "v > v_treshold".*Did you mean "v_threshold"'),
        ({"reset": "x = v_reset"}, "sets x, which is no state variable"),
        ({"reset": "v = tau_m"}, r'reset v = "tau_m" has the unit s; m\^2 kg s\^-3 A\^-1 is needed'),
        ({"start": {}}, r"start names \[\], but the state variables are \['v'\]"),
        ({"drive": "J"}, 'drive = "J" is not in the equations'),
        ({"equations": "dv/dt = (v_rest - v + R*I : volt"}, "equations cannot be read"),
        ({"equations": "dv/dt = (v_rest - v + R*I) : volt"}, "equation dv/dt = .* has the unit .* is needed"),
        ({"refractory": "2 mV"}, 'refractory = "2 mV" is a voltage; a time is needed'),
        ({"equations": "dv/dt = (v_rest - v + R*I + mV*t/second)/tau_m : volt"}, '"t" is neither a variable nor'),
        ({"laws": ("perpetual",)}, r"laws = \['perpetual'\] are not known. Known: poisson, rest"),
    ],
)
def test_a_fault_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        replace(LIF, **change).check()


def test_a_definition_cannot_run_code_and_does_not_see_the_callers_names():
    stolen = []

    def steal(*_):
        stolen.append(1)

    steal()
    stolen.clear()
    for threshold in ("v > steal()", "v > __import__('os').getpid()*volt", "v > (lambda: v)()"):
        with pytest.raises(ValueError, match="not part of the equation language"):
            replace(LIF, threshold=threshold).check()
    assert stolen == []


def test_it_describes_itself_for_a_report():
    told = LIF.describe()
    assert told["equations"] == "dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)"
    assert told["parameters"]["R"] == "100 Mohm"
    assert "refractory for 2 ms" in told["text"]


def test_naming_and_writing_a_neuron_imports_neither_torch_nor_brian():
    code = (
        "import sys, bio; from bio.neurons import LIF; bio.NeuronModel; print({'torch', 'brian2'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
