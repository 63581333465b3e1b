"""What a certificate is made of: definitions, recorded input, networks, comparisons, cells and the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import bio.neurons
from bio.connectivity import AllButSelf, Dense
from bio.engines.brian import simulate
from bio.equations import NeuronModel, Source
from bio.fidelity import FULL, SMALL, Cell, Certificate, as_markdown, certify, read_certificate
from bio.fidelity import _cells as cells
from bio.fidelity import _chaos as chaos
from bio.fidelity._compare import Exercised, compare, exercised, first_difference, usable_spikes
from bio.fidelity._definitions import fitting_methods, named_sets, neuron_models, plasticity_rules
from bio.fidelity._engines import ENGINES, Engine, source_digest
from bio.fidelity._input import recorded_currents, recorded_signal, recorded_spikes
from bio.fidelity._networks import current_trial, diehl_cook_trial, network_trial, rule_trial
from bio.fidelity._questions import Question, definition_digest, questions
from bio.fidelity._trial import Outcome, Piece, Trial, run_trial
from bio.network import Network, Population, Projection
from bio.neurons import ADEX, CONDUCTANCE_LIF, HODGKIN_HUXLEY, INTEGRATE_AND_FIRE, IZHIKEVICH, LIF
from bio.plasticity import PAIR_STDP, VOLTAGE_STDP
from bio.synapses import TSODYKS_MARKRAM
from bio.weights import Constant

# Definitions


def test_every_public_model_and_rule_is_found():
    names = [one.name for one in neuron_models()]
    assert {getattr(bio.neurons, name).name for name in bio.neurons.__all__} <= {*names}
    assert "diehl_cook_inhibitory" in names
    assert len({*names}) == len(names)
    rules = [one.name for one in plasticity_rules()]
    assert {"pair_stdp", "tsodyks_markram", "synaptic_scaling"} <= {*rules}
    assert "hebb" not in rules  # of rates


def test_named_sets_are_found_and_are_no_models_of_their_own():
    sets = {one.name for one in named_sets()}
    assert {"adex_regular_bursting", "izhikevich_chattering"} <= sets
    assert not sets & {one.name for one in neuron_models()}


def test_a_linear_model_fits_the_exact_method_and_others_do_not():
    assert fitting_methods(LIF, 1e-4)[0] == LIF.method
    assert "exact" in fitting_methods(LIF, 1e-4)
    assert "exact" not in fitting_methods(ADEX, 1e-4)
    assert "exponential_euler" not in fitting_methods(IZHIKEVICH, 1e-4)  # v**2 is not linear in v


# Input


def test_recorded_currents_make_neurons_fire_at_2_to_50_hz():
    currents = recorded_currents(LIF, 1e-3, 1000, 30)
    counts = simulate(LIF, currents, 1e-3).spikes.sum(0)
    assert counts.min() >= 2
    assert counts.max() <= 50
    assert counts.max() > 2 * counts.min()
    assert np.unique(currents[0]).size == 30  # no neuron twice


def test_recorded_input_is_the_same_each_time():
    np.testing.assert_array_equal(recorded_spikes(100, 1e-3, 5, 50.0)[0], recorded_spikes(100, 1e-3, 5, 50.0)[0])
    np.testing.assert_array_equal(recorded_signal(100, 1e-3), recorded_signal(100, 1e-3))
    recorded_currents.cache_clear()
    once = recorded_currents(LIF, 1e-3, 200, 5)
    recorded_currents.cache_clear()
    np.testing.assert_array_equal(once, recorded_currents(LIF, 1e-3, 200, 5))


def test_recorded_spikes_have_their_rate_and_signals_last_10_ms():
    step, neuron = recorded_spikes(10_000, 1e-3, 20, 20.0)
    assert abs(step.size - 20 * 10 * 20) < 5 * np.sqrt(4000)  # five standard deviations of a Poisson count
    assert neuron.max() == 19
    signal = recorded_signal(100, 1e-3)
    assert np.unique(signal).size == 10
    assert np.ptp(signal[:10]) == 0


def test_currents_reach_further_for_a_neuron_without_a_leak():
    # its rheobase is one spike in all that time, so 10 times as much makes it fire at 10 Hz
    recorded_currents.cache_clear()
    fired = simulate(INTEGRATE_AND_FIRE, recorded_currents(INTEGRATE_AND_FIRE, 1e-3, 1000, 30), 1e-3).spikes.sum(0)
    assert fired.min() >= 2
    assert 40 <= fired.max() <= 50


SILENT = NeuronModel(
    name="silent", equations="dv/dt = (R*I - v)/tau : volt", threshold="v > 1e300*volt", reset="",
    parameters={"tau": "10 ms", "R": "1 Mohm"}, start={"v": "0 mV"}, drive="I", source=Source("none"),
)  # fmt: skip


def test_a_neuron_that_no_current_makes_fire_is_refused():
    with pytest.raises(ValueError, match="silent: only 0 noisy currents were found that make it fire at 2 to 50 Hz"):
        recorded_currents(SILENT, 1e-3, 50, 3)


def test_a_neuron_without_a_drive_is_refused():
    undriven = replace(SILENT, equations="dv/dt = -v/tau : volt", drive="", parameters={"tau": "10 ms"})
    with pytest.raises(ValueError, match="silent has no drive"):
        recorded_currents(undriven, 1e-3, 50, 3)


# Networks


def effects(model: NeuronModel) -> dict[str, str]:
    trial = network_trial(model, 1e-4, 0.02, 10, 5, coupled=True)
    return {one.name: one.effect for one in trial.network.projections}


def test_synapses_enter_where_a_definition_takes_them():
    assert effects(CONDUCTANCE_LIF)["inputs_neurons"].startswith("ge_post += w*")
    assert effects(CONDUCTANCE_LIF)["partners_neurons"].startswith("gi_post += w*")
    assert effects(LIF)["neurons_neurons"].startswith("v_post += w*")
    assert effects(LIF)["partners_neurons"].startswith("v_post -= w*")
    assert effects(bio.neurons.EXP_SYNAPSE_LIF)["inputs_neurons"].startswith("I_syn_post += w*")
    assert effects(bio.neurons.RESONATE_AND_FIRE)["inputs_neurons"].startswith("x_post += w*")  # the drive moves x


def test_an_open_loop_has_no_weights_back_to_its_neurons():
    from bio.wiring import wire

    trial = network_trial(LIF, 1e-4, 0.02, 10, 5, coupled=False)
    for one in trial.network.projections:
        weights = wire(trial.network, one, 1e-4, 0).weights
        assert (weights.max() > 0) == (one.source == "inputs" or one.target == "partners")


def test_every_method_of_a_model_gets_the_same_input():
    one, other = (current_trial(replace(LIF, method=method), 1e-4, 0.05, 8) for method in ("exact", "euler"))
    np.testing.assert_array_equal(one.pieces[0].currents["neurons"], other.pieces[0].currents["neurons"])


def test_a_rule_gets_neurons_that_it_can_read_and_an_effect_that_its_synapses_have():
    voltage = rule_trial(VOLTAGE_STDP, 0.02, 5, one_delay=True)
    assert voltage.network.population("targets").model == ADEX
    assert rule_trial(PAIR_STDP, 0.02, 5, one_delay=True).network.population("targets").model == LIF
    short_term = rule_trial(TSODYKS_MARKRAM, 0.02, 5, one_delay=False).network.projections[0]
    assert "u" in short_term.effect
    assert short_term.delay == ("0 ms", "5 ms")


def test_a_rule_that_reads_sources_gets_sources_with_neurons():
    reading = replace(PAIR_STDP, reads={"v_pre": "volt"}, on_pre="w = clip(w + A_plus*v_pre/volt, 0, w_max); x += 1")
    trial = rule_trial(reading, 0.02, 5, one_delay=True)
    assert trial.network.population("inputs").model == ADEX
    assert {*trial.pieces[0].currents} == {"inputs", "targets"}
    with pytest.raises(ValueError, match="reads z_post, which no registered neuron model has"):
        rule_trial(replace(PAIR_STDP, reads={"z_post": "volt"}), 0.02, 5, one_delay=True)


def test_the_diehl_cook_trial_shows_real_digits_and_scales_weights():
    trial = diehl_cook_trial(2, neurons=4)
    assert [piece.steps for piece in trial.pieces] == [1000, 1000]
    assert trial.network.population("inputs").size == 784
    assert all(piece.spikes["inputs"][0].max() < 700 for piece in trial.pieces)  # then rest
    assert trial.pieces[0].spikes["inputs"][0].size > 500
    assert trial.totals == {"learning": 78.0}


def test_weights_are_scaled_before_every_piece_and_pieces_are_one_run():
    from bio.engines.brian import Simulator

    trial = replace(small_trial(), weighed=("inp_pop",), totals={"inp_pop": 8.0})
    simulator = Simulator(trial.network, trial.dt_s)
    found = run_trial(trial, simulator)
    assert found.weights["inp_pop"].tolist() == [4.0] * 4
    assert simulator.step == trial.steps == len(found.rasters["pop"]) == len(found.states["pop"]["v"])
    arrived = np.diff(found.states["pop"]["v"][:, 0], prepend=-0.065) > 3e-3
    assert np.flatnonzero(arrived).tolist() == [2, 5, 6]  # inputs of steps 0, 3, 4 (and 7), 2 steps later


# Comparing


def outcome(raster, v=None, weights=None) -> Outcome:
    raster = np.array(raster, bool)
    v = np.zeros(raster.shape) if v is None else np.array(v, float)
    return Outcome({"pop": raster}, {"pop": {"v": v}}, {"back": np.array(weights or [0.0, 1.0])})


def test_spikes_are_matched_step_for_step():
    expected = outcome([[1, 0], [0, 1], [1, 1]])
    found = compare(expected, outcome([[1, 0], [1, 0], [1, 1]]), 3)
    assert (found.spikes, found.matched, found.extra) == (4, 3, 1)
    assert not found.same_spikes
    assert compare(expected, expected, 3).same_spikes
    assert compare(expected, outcome([[1, 0], [1, 0], [1, 1]]), 1).same_spikes


def test_differences_are_in_parts_of_the_range():
    expected = outcome(np.zeros((2, 2)), [[0, 1], [2, 4]], [1.0, 3.0])
    found = compare(expected, outcome(np.zeros((2, 2)), [[0, 1], [2, 5]], [1.0, 2.5]), 2)
    assert found.state_error == 0.25
    assert found.weight_error == 0.25
    alike = outcome(np.zeros((2, 2)), np.full((2, 2), 8.0), [4.0, 4.0])
    other = outcome(np.zeros((2, 2)), np.full((2, 2), 8.0), [4.0, 5.0])
    assert compare(alike, other, 2).weight_error == 0.25  # of itself, where it has no range


def test_weights_count_only_at_the_end():
    expected, other = outcome(np.zeros((3, 2))), outcome(np.zeros((3, 2)), weights=[0.0, 2.0])
    assert compare(expected, other, 3).weight_error == 1.0
    assert compare(expected, other, 2).weight_error == 0.0


def test_the_first_difference_is_the_step_where_spikes_part():
    a, b = outcome([[1, 0], [0, 1], [1, 1]]), outcome([[1, 0], [0, 1], [0, 1]])
    assert first_difference(a, b) == 2
    assert first_difference(a, a) is None


def small_trial() -> Trial:
    fast = replace(LIF, refractory="1 ms", name="fast")
    network = Network(
        (Population("inp", 2), Population("pop", 2, fast)),
        (
            Projection("inp", "pop", "v_post += w*mV", Dense(), Constant(1.0), delay="1 ms"),
            Projection("pop", "pop", "v_post += w*mV", AllButSelf(), Constant(1.0), name="back"),
        ),
    )
    given = np.array([0, 3], np.int32), np.array([0, 1], np.int32)
    return Trial(network, 5e-4, (Piece(4, {"inp": given}), Piece(4, {"inp": given})))


def test_what_a_trial_exercised_is_counted():
    raster = np.zeros((8, 2), bool)
    raster[1, 0] = raster[6, 1] = True
    found = exercised(small_trial(), outcome(raster))
    # Inputs spike at steps 0, 3, 4, 7 and arrive 2 steps later at both neurons: 2, 5, 6, and 9, which is too late.
    # A spike keeps arrivals out for its step and one more: at 2 from neuron 0, at 6 from neuron 1. The spikes among
    # the neurons arrive at once, and none of them finds its target refractory.
    assert found == Exercised(held=2, lost=2, delayed=6, resets=2)


def test_only_spikes_at_2_to_50_hz_are_usable():
    trial = replace(small_trial(), pieces=(Piece(2000),))  # 1 s
    raster = np.zeros((2000, 3), bool)
    raster[:20:2, 0] = raster[0, 1] = raster[::10, 2] = True  # 10 Hz, 1 Hz, 200 Hz
    assert usable_spikes(trial, outcome(raster)) == (10, 10.0, 10.0)
    assert usable_spikes(trial, outcome(np.zeros((2000, 3)))) == (0, 0.0, 0.0)


# Cells

GOOD = Cell("open loop", "lif", "euler", "currents", "native", "d", "k", dt_s=1e-4, duration_s=0.2, neurons=10,
            until_s=0.2, spikes=2000, matched=2000, usable=1500, low_hz=5, high_hz=50, state_error=1e-12)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "agrees"),
        ({"matched": 1999}, "differs"),
        ({"extra": 1}, "differs"),
        ({"state_error": 2e-9}, "differs"),
        ({"state_error": 2e-9, "kind": "closed loop"}, "agrees"),
        ({"state_error": 2e-9, "kind": "plasticity"}, "agrees"),
        ({"weight_error": 2e-9, "kind": "plasticity"}, "differs"),
        ({"weight_error": 2e-9, "kind": "network"}, "differs"),
        ({"usable": 999}, "too few spikes"),
        ({"refusal": "no"}, "not run"),
    ],
)
def test_a_cell_agrees_only_with_all_spikes_small_differences_and_enough_to_go_by(change, verdict):
    cell = replace(GOOD, **change)
    assert cell.verdict == verdict
    assert cell.fine == (verdict in ("agrees", "not run"))
    assert replace(cell, ours=False).fine


def test_a_small_certificate_asks_one_method_and_a_full_one_all():
    small, full = ([*questions([LIF], [PAIR_STDP], size, [ADEX])] for size in (SMALL, FULL))
    assert {one.method for one in small if one.definition == "lif"} == {LIF.method}
    assert {one.method for one in full if one.definition == "lif"} == {*fitting_methods(LIF, 1e-4)}
    assert {one.method for one in full if one.definition == "adex"} == {ADEX.method}
    assert {one.setting for one in small if one.kind == "plasticity"} == {"one delay", "delays drawn"}
    assert [one.kind for one in small].count("network") == 0
    assert [one.kind for one in full].count("network") == 1
    assert {engine.name for one in full for engine in one.engines} == {*ENGINES}


def test_a_definition_is_known_by_what_it_says_and_not_by_its_name():
    same = replace(LIF, name="other", purpose="another", source=Source("none"), method="euler")
    assert definition_digest(same) == definition_digest(LIF)
    assert definition_digest(replace(LIF, refractory="3 ms")) != definition_digest(LIF)
    assert definition_digest(replace(PAIR_STDP, on_post="y += 1")) != definition_digest(PAIR_STDP)


def test_the_digest_of_an_engines_source_is_its_own():
    assert len({source_digest(name) for name in ENGINES}) == len(ENGINES) - 1  # fused and its training share theirs


def patched(monkeypatch, name: str, run) -> None:
    """Every room that asks Brian2 asks `run` instead."""
    for room in (cells, chaos):
        monkeypatch.setattr(room, name, run)


def quick_question(monkeypatch, runs: list[str], **engines) -> Question:
    """About a network that takes no time, on engines that note that they ran."""
    trial = replace(small_trial(), pieces=(Piece(4), Piece(4)))
    expected = outcome(np.zeros((8, 2)))
    patched(monkeypatch, "reference", lambda _: runs.append("reference") or expected)

    def engine(name: str, found: Outcome | ValueError, ours: bool) -> Engine:
        def run(_: Trial) -> Outcome:
            runs.append(name)
            if isinstance(found, ValueError):
                raise found
            return found

        return Engine(name, "networks", run, (), ours)

    made = tuple(engine(name.replace("_", " "), found, name != "Brian2_cython") for name, found in engines.items())
    return Question("closed loop", "lif", "euler", "coupled", "digest", made, lambda _: trial)


def test_a_neuron_of_an_open_loop_is_compared_up_to_where_brians_own_targets_part_on_it(monkeypatch):
    brians, ours, wrong = np.zeros((8, 2)), np.zeros((8, 2)), np.zeros((8, 2))
    brians[5, 0] = ours[6, 0] = wrong[6, 1] = 1
    patched(monkeypatch, "rearranged", lambda _: outcome(np.zeros((8, 2))))
    question = quick_question(
        monkeypatch, [], native=outcome(ours), tensor=outcome(wrong), Brian2_cython=outcome(brians)
    )
    question = replace(question, kind="open loop")
    native, tensor, cython = certify([question], FULL).cells
    assert (native.extra, native.parted, native.verdict) == (0, 1, "too few spikes")
    assert (tensor.extra, tensor.verdict) == (1, "differs")  # of a neuron on which Brian2 agrees with itself
    assert (cython.extra, cython.parted, cython.fine) == (1, 0, True)


def test_a_closed_loop_is_compared_up_to_where_brians_own_targets_part(monkeypatch):
    late = np.zeros((8, 2))
    late[5, 0] = 1
    runs: list[str] = []
    question = quick_question(monkeypatch, runs, native=outcome(late), Brian2_cython=outcome(late))
    ours, brians = certify([question], FULL).cells
    assert ours.until_s == pytest.approx(5 * 5e-4)
    assert (ours.extra, ours.verdict) == (0, "too few spikes")
    assert (brians.extra, brians.verdict, brians.fine) == (1, "differs", True)
    assert runs == ["reference", "Brian2 cython", "native"] * 3  # too few spikes each time


def test_a_network_that_brian_itself_takes_elsewhere_is_compared_up_to_there_however_cython_agrees(monkeypatch):
    late, earlier = np.zeros((8, 2)), np.zeros((8, 2))
    late[5, 0] = earlier[4, 1] = 1
    patched(monkeypatch, "rearranged", lambda _: outcome(earlier))
    question = quick_question(monkeypatch, [], native=outcome(late), Brian2_cython=outcome(np.zeros((8, 2))))
    native, _ = certify([question], FULL).cells
    assert (native.extra, native.until_s) == (0, pytest.approx(4 * 5e-4))


def test_spikes_that_were_not_compared_do_not_make_a_cell_count():
    assert replace(GOOD, kind="closed loop", spikes=900, matched=900).verdict == "too few spikes"


def test_too_few_spikes_are_asked_of_more_neurons(monkeypatch):
    sizes: list[int] = []
    question = quick_question(monkeypatch, [], native=outcome(np.zeros((8, 2))))
    list(certify([replace(question, make=lambda times: sizes.append(times) or question.make(times))], FULL).cells)
    assert sizes == [1, 2, 4]


def test_what_an_engine_refuses_is_said_and_the_others_run(monkeypatch):
    silent = outcome(np.zeros((8, 2)))
    question = quick_question(monkeypatch, [], native=ValueError("not this one"), tensor_network=silent)
    patched(monkeypatch, "rearranged", lambda _: silent)
    refused, run = certify([question], SMALL).cells
    assert (refused.verdict, refused.refusal) == ("not run", "not this one")
    assert run.verdict == "too few spikes"


def test_a_trial_that_the_reference_cannot_run_is_said(monkeypatch):
    question = quick_question(monkeypatch, [], native=outcome(np.zeros((8, 2))))

    def exploding(_: Trial) -> Outcome:
        raise ValueError("v became nan")

    patched(monkeypatch, "reference", exploding)
    (cell,) = certify([question], SMALL).cells
    assert cell.refusal == "Reference: v became nan"


def test_a_certificate_goes_on_where_it_stopped(monkeypatch, tmp_path):
    silent = outcome(np.zeros((8, 2)))
    patched(monkeypatch, "rearranged", lambda _: silent)
    runs: list[str] = []
    question = quick_question(monkeypatch, runs, native=silent, tensor_network=silent)
    path = tmp_path / "fidelity.json"
    told: list[tuple[str, int, int]] = []
    first = certify([question], SMALL, progress=lambda cell, done, total: told.append((cell.engine, done, total)),
                    keep=lambda found: found.write(path))  # fmt: skip
    assert told == [("native", 1, 2), ("tensor network", 2, 2)]
    runs.clear()
    again = certify([question], SMALL, read_certificate(path).cells)
    assert again == first
    assert runs == []
    half = certify([question], SMALL, [cell for cell in first.cells if cell.engine == "native"])
    assert half == first
    assert runs == ["reference", "tensor network"] * 3  # too few spikes each time
    certify([question], FULL, first.cells)
    assert "native" in runs  # another size is another question


def test_a_certificate_is_read_as_it_was_written(tmp_path):
    certificate = Certificate("small", (GOOD, replace(GOOD, matched=3)))
    certificate.write(tmp_path / "c.json")
    assert read_certificate(tmp_path / "c.json") == certificate
    assert [cell.matched for cell in certificate.faults] == [3]


@pytest.mark.parametrize("text", ["", "{}", '{"size": "small", "versions": {}, "cells": [{"kind": 1}]}'])
def test_a_file_that_is_no_certificate_is_refused(text, tmp_path):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(ValueError, match="holds no certificate that can be read"):
        read_certificate(tmp_path / "c.json")


def test_a_certificate_can_be_asked_about_the_definitions_of_an_experiment():
    mine = replace(GOOD, digest=definition_digest(LIF))
    certificate = Certificate("small", (mine, GOOD))
    assert certificate.about([replace(LIF, name="renamed")]).cells == (mine,)
    assert certificate.about([HODGKIN_HUXLEY]).cells == ()


# The page


def test_the_page_shows_what_agrees_and_what_does_not():
    cells_ = (
        GOOD,
        replace(GOOD, engine="Brian2 cython", ours=False, matched=1999),
        replace(GOOD, kind="closed loop", setting="coupled", until_s=0.1),
        replace(GOOD, kind="closed loop", setting="coupled", definition="adex", matched=1990, extra=4, engine="native"),
        replace(GOOD, kind="plasticity", setting="one delay", definition="pair_stdp", weight_error=2e-16, learned=0.25),
        replace(GOOD, definition="odd", refusal="no threshold"),
    )
    page = as_markdown(Certificate("small", cells_, {"brian2": "2.9.0"}))
    assert "**3 of 5 cells agree, over 6,000 spikes.**" in page
    assert (
        "| lif | euler | currents | 2,000 | 5 to 50 | 0 | 0 | 0 | 0 | all, 1e-12 | 1,999 of 2,000 and 0 others" in page
    )
    assert "| lif | euler | coupled | 2,000 | 5 to 50 | 0.1 s |" in page
    assert "**1,990 of 2,000 and 4 others, 1e-12: differs**" in page
    assert "- adex, euler, closed loop, coupled on native: differs" in page
    assert "| pair_stdp | euler | one delay | 2,000 | 5 to 50 | 0.25 |" in page
    assert "- odd, euler, open loop, currents on native: no threshold" in page
    assert "Diehl & Cook" not in page  # no such trial
    assert "brian2 2.9.0" in page
