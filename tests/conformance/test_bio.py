"""Every neuron model and every spiking network of the catalogue keeps what its kind promises."""

from dataclasses import replace
from pathlib import Path

import pytest

import bio
import bio.neuron_testing
from ann.testing import check_model, check_rule
from bio.neurons import ADEX, IZHIKEVICH, LIF
from bio.plasticity import OJA
from bio.testing import check_neuron
from compare.catalogue import find

NEURONS = sorted(file.stem for file in (Path(bio.__file__).parent / "neurons").glob("[!_]*.py"))
NOISY = ["noisy_lif", "poisson_unit"]
# "exact" has no error, and some start where they do not stay
UNTESTED = ('the order of its method: "exact"', '"rest" is not declared')
RULES = sorted(file.stem for file in (Path(bio.__file__).parent / "rules").glob("[!_]*.py"))
MODELS = sorted(file.stem for file in (Path(bio.__file__).parent / "models").glob("[!_]*.py"))


@pytest.mark.parametrize("name", NEURONS)
def test_a_neuron_model_keeps_its_promises(name):
    model = find("neuron", name).load()
    assert model.purpose
    left = check_neuron(model)
    assert [one for one in left if not one.startswith(UNTESTED)] == []


@pytest.mark.parametrize("name", MODELS)
def test_a_spiking_network_keeps_its_promises(name):
    recipe = find("model", name).load()
    check_model(recipe(hidden=(20,)))


@pytest.mark.parametrize("name", RULES)
def test_a_learning_rule_keeps_its_promises(name):
    if name == "local":  # needs a definition, and rates instead of spikes
        check_rule(bio.as_learning_rule(OJA, centred=True))
    else:
        check_rule(find("rule", name).load()(), bio.SpikingMLP(hidden=(24,)))


@pytest.mark.parametrize("name", [name for name in NEURONS if name not in NOISY])
def test_a_network_of_every_neuron_model_keeps_its_promises(name):
    # 0.5 ms follows the exponential upstroke of AdEx; 40 ms keep the test short
    check_model(bio.SpikingMLP(find("neuron", name).load(), hidden=(8,), steps=4, duration="40 ms", dt="0.5 ms"))


@pytest.mark.parametrize("name", NOISY)
def test_a_network_of_a_noisy_neuron_model_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is noisy, but a network here answers the same whenever it is asked"):
        bio.SpikingMLP(find("neuron", name).load(), hidden=(8,)).describe()


def test_the_kit_finds_a_start_that_is_no_fixed_point():
    moving = replace(LIF, start={"v": "-60 mV"})
    with pytest.raises(AssertionError, match="declares that its start is a fixed point, but v moves"):
        check_neuron(moving)


def test_the_kit_finds_a_wrong_unit():
    with pytest.raises(AssertionError, match=r'tau_m = 20 has no unit\. Write "20 ms"'):
        check_neuron(replace(LIF, parameters={**LIF.parameters, "tau_m": "20"}))


@pytest.mark.parametrize("method", ["euler", "rk2", "rk4"])
def test_methods_of_every_order_pass_the_kit(method):
    check_neuron(replace(IZHIKEVICH, method=method), dt_s=2e-4)


def test_the_kit_finds_a_method_whose_order_is_not_what_it_says(monkeypatch):
    monkeypatch.setitem(bio.neuron_testing._ORDER, "euler", 2)
    with pytest.raises(AssertionError, match="should fall 4 times when"):
        check_neuron(replace(ADEX, method="euler"))
