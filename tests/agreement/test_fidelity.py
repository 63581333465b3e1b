"""The certificate in its small size: 200 ms on every engine beside Brian2's numpy target.

The definitions here stand for the kinds that there are: a held variable, an exponential, conductances, traces from
event to event, equations of every step. All the others are marked slow, and `make validate` runs the full matrix.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bio.fidelity import SMALL, certify, neuron_models, plasticity_rules, questions, read_certificate
from bio.fidelity._cells import ENOUGH, LEEWAY, SAME
from bio.fidelity._engines import ENGINES

QUICK = ("lif", "adex", "conductance_lif", "pair_stdp", "reward_stdp")
DEFINITIONS = [(one.name, [one], []) for one in neuron_models()]
DEFINITIONS += [(one.name, [], [one]) for one in plasticity_rules()]


def chosen(definitions):
    return [
        pytest.param(models, rules, id=name, marks=() if name in QUICK else pytest.mark.slow)
        for name, models, rules in definitions
    ]


@pytest.mark.parametrize(("models", "rules"), chosen(DEFINITIONS))
def test_every_engine_gives_brians_spikes_states_and_weights(models, rules):
    certificate = certify([*questions(models, rules, SMALL)], SMALL)
    told = "\n".join(str(cell) for cell in certificate.faults)
    assert not certificate.faults, told
    for cell in certificate.cells:
        if (cell.definition, cell.engine) == ("poisson_unit", "fused, training"):
            assert "gradient" in cell.refusal  # its threshold is chance
            continue
        assert cell.verdict == "agrees", cell.refusal
        assert cell.usable >= ENOUGH
        assert 2 <= cell.low_hz <= cell.high_hz <= 50
        assert cell.matched == cell.spikes > 0
        assert cell.state_error <= max(SAME, LEEWAY * cell.own_error) or cell.kind != "open loop"
        if cell.setting != "currents":
            assert cell.delayed > ENOUGH
            assert cell.resets > ENOUGH / 2  # of neurons without a reset, those of their partners
        if cell.kind == "closed loop":
            assert min(cell.held, cell.lost) > ENOUGH
            assert cell.until_s == cell.duration_s == 0.2
        if cell.definition in ("pair_stdp", "reward_stdp"):
            assert cell.learned > 0.01


def test_every_engine_of_networks_and_of_neurons_is_asked():
    asked = {engine.name for one in questions([*neuron_models()][:1], [], SMALL) for engine in one.engines}
    assert asked == {name for name, engine in ENGINES.items() if engine.ours}
    assert {"native", "tensor", "fused", "fused, training", "tensor network"} <= asked


def test_the_certificate_in_the_documentation_has_no_faults():
    found = read_certificate(Path(__file__).parents[2] / "docs" / "fidelity.json")
    assert found.faults == ()
    agreeing = [cell for cell in found.cells if cell.verdict == "agrees" and cell.ours]
    assert {cell.kind for cell in agreeing} == {"open loop", "closed loop", "plasticity", "network"}
    assert {one.name for one in (*neuron_models(), *plasticity_rules())} <= {cell.definition for cell in agreeing}
    assert sum(cell.spikes for cell in agreeing) > 500_000
