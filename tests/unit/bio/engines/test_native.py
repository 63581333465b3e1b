"""The native engine against Brian2, against sums done by hand, and what it refuses."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import bio
import bio.engines
from bio.connectivity import AllButSelf, Dense, OneToOne, Random
from bio.engines import native
from bio.engines.brian import Simulator as Brian
from bio.engines.native import Simulator
from bio.equations import NeuronModel, Source
from bio.expression import UNIFORM, XI
from bio.network import Network, Population, Projection
from bio.neurons import CONDUCTANCE_LIF, HODGKIN_HUXLEY, LIF
from bio.plasticity import PAIR_STDP
from bio.plasticity_rule import PlasticityRule
from bio.synapses import TSODYKS_MARKRAM
from bio.weights import Constant, Uniform

DT_S = 5e-4
SAME = 1e-9  # of a variable's range: both compute in float64, and order their sums differently

# x is the sum of all that arrived; it never spikes.
COUNTER = NeuronModel(
    name="counter", equations="dx/dt = 0/tau : 1", threshold="x > 1e9", reset="", parameters={"tau": "5 ms"},
    start={"x": "0"}, method="euler", source=Source("none"),
)  # fmt: skip
# v stands still between spikes, and spikes above 10 mV.
HELD = NeuronModel(
    name="held", equations="dv/dt = 0*volt/tau : volt (unless refractory)\ndx/dt = 0/tau : 1",
    threshold="v > 10*mV", reset="v = 0*mV", refractory="2 ms", parameters={"tau": "5 ms"},
    start={"v": "0 mV", "x": "0"}, method="euler", source=Source("none"),
)  # fmt: skip


def poisson(steps: int, size: int, probability: float, seed: int = 0):
    step, neuron = np.nonzero(np.random.default_rng(seed).random((steps, size)) < probability)
    return step.astype(np.int32), neuron.astype(np.int32)


def spikes(*pairs: tuple[int, int]):
    """Spikes from (step, neuron)."""
    step, neuron = zip(*pairs, strict=True)
    return np.array(step, np.int32), np.array(neuron, np.int32)


def assert_close(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    scale = max(np.ptp(expected), np.abs(expected).max() * 1e-3, np.finfo(float).tiny)
    assert np.abs(found - expected).max() <= SAME * scale, f"{what} differs by {np.abs(found - expected).max():g}"


def assert_alike(network: Network, runs: list[dict], least: int, seed: int = 3) -> Simulator:
    """Brian2 and the native engine do the same in a row of runs; returns the latter's simulator."""
    ours, reference = Simulator(network, DT_S, seed), Brian(network, DT_S, seed)
    record = {one.name: tuple(one.model.start) for one in network.populations if one.model}
    total = 0
    for run in runs:
        found, expected = ours.run(record=record, **run), reference.run(record=record, **run)
        for name, variables in record.items():
            for a, b in zip(found.spikes[name], expected.spikes[name], strict=True):
                np.testing.assert_array_equal(a, b)
            total += expected.spikes[name][0].size
            for variable in variables:
                assert_close(found.states[name][variable], expected.states[name][variable], f"{variable} of {name}")
    for one in network.projections:
        assert_close(ours.variable(one.name, "w"), reference.synapses[one.name]["w"], f"w of {one.name}")
    assert total >= least
    return ours


# Every layout of synapses in memory and every kind of delay, into neurons that are refractory, and back: recurrence.
LAYOUTS = Network(
    (Population("inp", 12), Population("exc", 8, CONDUCTANCE_LIF), Population("inh", 8, LIF)),
    (
        Projection("inp", "exc", "ge_post += 0.4*w", weights=Uniform(0, 1), name="matrix"),
        Projection("exc", "inh", "v_post += w*14*mV", OneToOne(), Uniform(0.5, 2), delay="1 ms", name="diagonal"),
        Projection("inh", "exc", "gi_post += w", AllButSelf(), Constant(0.3), name="but_self"),
        Projection("exc", "exc", "ge_post += 0.2*w", Random(0.4), Uniform(0, 1), delay=("0 ms", "4 ms"), name="rows"),
        Projection("inp", "inh", "v_post += w*mV", Random(0.4), Uniform(-1, 3), delay="2.3 ms", name="late_rows"),
    ),
)
STEPS = 500


def layout_input(steps: int = STEPS, seed: int = 0) -> dict:
    chance = np.random.default_rng(seed)
    currents = {"exc": 4e-11 * chance.random((steps, 8)), "inh": 1e-10 * chance.random(8)}
    return {"steps": steps, "spikes": {"inp": poisson(steps, 12, 0.04, seed)}, "currents": currents}


def test_all_layouts_and_delays_give_brians_spikes_and_states():
    simulator = assert_alike(LAYOUTS, [layout_input()], least=200)
    shapes = {name: variables["w"].shape for name, variables in simulator.synapses.items()}
    assert shapes["matrix"] == (12, 8)
    assert shapes["diagonal"] == (8,)
    assert len(shapes["rows"]) == len(shapes["late_rows"]) == 1
    assert not simulator.synapses["but_self"]["w"].flags.writeable  # one number in the kernel
    assert simulator.wirings["rows"].delay.max() > simulator.wirings["rows"].delay.min() + 3


def test_weights_and_states_that_were_written_between_runs_count():
    ours, reference = Simulator(LAYOUTS, DT_S), Brian(LAYOUTS, DT_S)
    for one in (ours, reference):
        one.run(**layout_input(100))
        for name in ("matrix", "diagonal", "rows", "late_rows"):
            one.synapses[name]["w"][...] *= 0.5
        one.states["exc"]["v"][:] = -0.051
    found, expected = (one.run(**layout_input(seed=1)).spikes for one in (ours, reference))
    assert expected["exc"][0].size > 20
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name])


def same_bits(a, b) -> bool:
    return all(
        np.array_equal(a.states[name][variable], b.states[name][variable])
        for name, variables in a.states.items()
        for variable in variables
    ) and all(np.array_equal(a.spikes[name], b.spikes[name]) for name in a.spikes)


def joined(parts, lengths):
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    spiked = {
        name: tuple(
            np.concatenate(
                [one.spikes[name][k] + (start if k == 0 else 0) for one, start in zip(parts, starts, strict=True)]
            )
            for k in (0, 1)
        )
        for name in parts[0].spikes
    }
    states = {
        name: {variable: np.concatenate([one.states[name][variable] for one in parts]) for variable in variables}
        for name, variables in parts[0].states.items()
    }
    return replace(parts[0], spikes=spiked, states=states)


@pytest.mark.parametrize("cuts", [(1,), (137, 138, 401)])
def test_a_run_that_is_cut_gives_the_same_bits(cuts):
    given_ = layout_input()
    step, neuron = given_["spikes"]["inp"]
    record = {"exc": ("v", "ge"), "inh": ("v",)}
    whole = Simulator(LAYOUTS, DT_S).run(**given_, record=record)
    simulator, parts, edges = Simulator(LAYOUTS, DT_S), [], [0, *cuts, STEPS]
    for a, b in pairwise(edges):
        inside = (step >= a) & (step < b)
        part = {"exc": given_["currents"]["exc"][a:b], "inh": given_["currents"]["inh"]}
        window = {"inp": ((step[inside] - a).astype(np.int32), neuron[inside])}
        parts.append(simulator.run(b - a, spikes=window, currents=part, record=record))
    assert simulator.step == STEPS
    assert same_bits(whole, joined(parts, np.diff(edges).tolist()))


def test_a_run_that_is_too_long_for_memory_is_cut_inside_and_gives_the_same_bits(monkeypatch):
    record = {"exc": ("v",), "inh": ("v",)}
    whole = Simulator(LAYOUTS, DT_S).run(**layout_input(), record=record)
    monkeypatch.setattr("bio.engines.native.simulator._CHUNK", 8 * 70)
    assert same_bits(whole, Simulator(LAYOUTS, DT_S).run(**layout_input(), record=record))


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    one, again, other = (Simulator(LAYOUTS, DT_S, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.synapses["rows"]["w"], again.synapses["rows"]["w"])
    assert one.wirings["rows"].pre.size != other.wirings["rows"].pre.size


def events_of(runs):
    """Samples as an encoder gives them."""
    lengths = [run["spikes"]["inp"][0].size for run in runs]
    step, neuron = (np.concatenate([run["spikes"]["inp"][k] for run in runs]) for k in (0, 1))
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), step, neuron


def counts_of(recording, size, steps):
    return {name: np.bincount(n[s < steps], minlength=size) for name, (s, n) in recording.spikes.items()}


def test_presenting_samples_is_running_one_after_another():
    samples, order = [layout_input(300, seed) for seed in range(3)], [2, 0, 1, 0]
    presented, ran = Simulator(LAYOUTS, DT_S), Simulator(LAYOUTS, DT_S)
    for one in (presented, ran):
        one.states["exc"]["v"][:] = -0.0502
    shown, counts = presented.present(events_of(samples), np.array(order), 300, rest=40)
    assert shown == 4
    for k, sample in enumerate(order):
        found = counts_of(ran.run(340, spikes=samples[sample]["spikes"]), 8, 300)
        for name in counts:
            np.testing.assert_array_equal(counts[name][k], found[name])
    assert counts["exc"].sum() > 20
    assert presented.step == ran.step == 4 * 340
    np.testing.assert_array_equal(presented.states["exc"]["v"], ran.states["exc"]["v"])


def test_a_fresh_presentation_begins_like_a_new_simulator_but_for_what_it_keeps():
    samples = [layout_input(300, seed) for seed in range(2)]
    presented = Simulator(LAYOUTS, DT_S)
    presented.run(**layout_input(seed=5))
    presented.states["inh"]["v"][:] = -0.055
    _, counts = presented.present(events_of(samples), np.array([0, 1]), 300, fresh=True, keep={"inh": ("v",)})
    for k, sample in enumerate(samples):
        alone = Simulator(LAYOUTS, DT_S)
        alone.states["inh"]["v"][:] = -0.055
        found = counts_of(alone.run(300, spikes=sample["spikes"]), 8, 300)
        for name in counts:
            np.testing.assert_array_equal(counts[name][k], found[name])


def test_a_restart_puts_everything_back_but_for_weights_and_what_it_keeps():
    simulator, record = Simulator(LAYOUTS, DT_S), {"exc": ("v", "ge", "gi")}
    first = simulator.run(**layout_input(), record=record)
    simulator.restart()
    assert simulator.step == 0
    assert same_bits(first, simulator.run(**layout_input(), record=record))
    kept = simulator.states["exc"]["ge"].copy()
    simulator.restart(keep={"exc": ("ge",)})
    np.testing.assert_array_equal(simulator.states["exc"]["ge"], kept)
    np.testing.assert_array_equal(simulator.states["exc"]["v"], CONDUCTANCE_LIF_REST)


CONDUCTANCE_LIF_REST = np.full(8, -0.06)


def test_float32_is_nearly_float64():
    single, double = Simulator(LAYOUTS, DT_S, dtype="float32"), Simulator(LAYOUTS, DT_S)
    record = {"exc": ("v", "ge"), "inh": ("v",)}
    a, b = (one.run(**layout_input(60), record=record) for one in (single, double))
    assert single.states["exc"]["v"].dtype == np.float32
    for name, variables in record.items():
        for variable in variables:
            # 60 steps with roundings of 6e-8 of 65 mV, and no spike yet that could fall into another step
            np.testing.assert_allclose(a.states[name][variable], b.states[name][variable], rtol=2e-5, atol=1e-7)
    more = [one.run(**layout_input(seed=7)).spikes["exc"][0].size for one in (single, double)]
    assert more[1] > 50
    assert abs(more[0] - more[1]) <= 0.05 * more[1]  # a recurrent network: few spikes differ, none is lost for good


# By hand

WIRES = Network(
    (Population("inp", 3), Population("sum", 3, COUNTER), Population("cell", 3, HELD)),
    (
        Projection("inp", "sum", "x_post += w", Random(1.0), Uniform(1, 2), delay=("0 ms", "5 ms"), name="spread"),
        Projection("inp", "cell", "v_post += w*mV; x_post += w", OneToOne(), Constant(6.0), name="straight"),
        Projection("cell", "sum", "x_post += 1000*w", Dense(), Constant(1.0), delay="1.26 ms", name="back"),
    ),
)


def test_each_synapse_delivers_its_weight_after_its_own_delay():
    simulator = Simulator(WIRES, DT_S, seed=8)
    wiring = simulator.wirings["spread"]
    assert len({*wiring.delay.tolist()}) > 3
    found = simulator.run(30, spikes={"inp": spikes((4, 0), (7, 2))}, record={"sum": ("x",)}).states["sum"]["x"]
    expected = np.zeros((30, 3))
    for step, source in ((4, 0), (7, 2)):
        for i in np.flatnonzero(wiring.pre == source):
            expected[step + wiring.delay[i] :, wiring.post[i]] += wiring.weights[i]
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_a_uniform_delay_is_rounded_to_whole_steps_and_counts_from_the_spike():
    simulator = Simulator(WIRES, DT_S)
    simulator.synapses["spread"]["w"][:] = 0
    found = simulator.run(20, spikes={"inp": spikes((2, 1), (3, 1))}, record={"sum": ("x",)})
    assert found.spikes["cell"][0].tolist() == [4]  # two times 6 mV, and the threshold is looked at before arrivals
    assert found.states["sum"]["x"][:, 0].tolist() == [0.0] * 7 + [1000.0] * 13  # 1.26 ms is int(2.52 + 0.5) = 3 steps


def test_a_write_to_a_held_variable_is_lost_from_the_spikes_own_step_on_and_others_are_not():
    every_step = spikes(*((step, 0) for step in range(12)))
    found = Simulator(WIRES, DT_S).run(12, spikes={"inp": every_step}, record={"cell": ("v", "x")})
    # Arrivals at steps 0 and 1 lift v to 12 mV, step 2 spikes; 2 ms are 4 steps, so the arrivals of 2 to 5 are lost.
    assert found.spikes["cell"][0].tolist() == [2, 8]
    np.testing.assert_allclose(found.states["cell"]["v"][:, 0], 1e-3 * np.array([6, 12, 0, 0, 0, 0, 6, 12, 0, 0, 0, 0]))
    np.testing.assert_allclose(found.states["cell"]["x"][:, 0], 6.0 * np.arange(1, 13))


def test_a_leaky_neuron_follows_its_closed_form_and_spikes_when_that_says():
    network = Network((Population("one", 1, LIF),))
    simulator = Simulator(network, 1e-4)
    current = 2.5e-10  # 25 mV above rest in the end
    found = simulator.run(1000, currents={"one": np.array([current])}, record={"one": ("v",)})
    to_threshold = int(np.floor(200 * np.log(25 / 10))) + 1  # first step n with 25 mV (1 - exp(-n dt/20 ms)) > 15 mV
    refractory = 20
    # The spike's step is counted from 0; v stands still for 19 steps behind it and moves again in the 20th.
    first = to_threshold - 1
    period = refractory - 1 + to_threshold
    expected = np.arange(first, 1000, period)
    assert found.spikes["one"][0].tolist() == expected.tolist()
    n = np.arange(1, first + 1)
    np.testing.assert_allclose(found.states["one"]["v"][:first, 0], -0.065 + 0.025 * (1 - np.exp(-n / 200)), rtol=1e-12)


def test_powers_are_those_of_the_channels():
    """m**3 and n**4: the potential of Hodgkin and Huxley's axon, step by step in numpy."""
    simulator = Simulator(Network((Population("axon", 4, HODGKIN_HUXLEY),)), 1e-5)
    currents = {"axon": np.array([0, 1e-9, 2e-9, 4e-9])}
    start = {name: values.copy() for name, values in simulator.states["axon"].items()}
    found = simulator.run(1, currents=currents).spikes
    assert found["axon"][0].size == 0
    g = 120e1 * start["m"] ** 3 * start["h"], 36e1 * start["n"] ** 4, 3.0
    leak = g[0] + g[1] + g[2]
    goal = (g[0] * 50e-3 - g[1] * 77e-3 - g[2] * 54.387e-3 + currents["axon"] / 2e-8) / leak
    expected = goal + (start["v"] - goal) * np.exp(-leak / 1e-2 * 1e-5)
    np.testing.assert_allclose(simulator.states["axon"]["v"], expected, rtol=1e-12)


# Plasticity

REACHING = PlasticityRule(
    name="reaching",
    equations="""
    dw/dt = (goal*reward - w)/tau_w + 0*v_post/tau_w/volt : 1 (clock-driven)
    dm/dt = (v_post - m)/tau_m : volt (clock-driven)
    """,
    on_pre="w += 0.1",
    on_post="w += m/volt",
    parameters={"goal": "2", "tau_w": "30 ms", "tau_m": "10 ms"},
    start={"m": "-65 mV"},
    reads={"v_post": "volt"},
    signals=("reward",),
    source=Source("none"),
)
# Both halves push w out of its sign.
LAWLESS = PlasticityRule(
    name="lawless", equations="dx/dt = -x/tau : 1 (event-driven)", on_pre="x += 1; w = w + 0.4*x",
    on_post="w = w + 0.1", parameters={"tau": "10 ms"}, source=Source("none"),
)  # fmt: skip
LEARNING = Network(
    (Population("inp", 12), Population("a", 6, LIF), Population("b", 12, LIF)),
    (
        Projection("inp", "a", "v_post += w*3*mV", weights=Uniform(0, 1), rule=PAIR_STDP, name="sparse"),
        Projection("inp", "a", "v_post += w*mV", Random(0.7), Uniform(0, 1), PAIR_STDP, ("0 ms", "6 ms"), name="timed"),
        Projection("inp", "b", "v_post += w*9*mV", OneToOne(), Uniform(0, 1), PAIR_STDP, "1.5 ms", name="one_to_one"),
        Projection("b", "a", "v_post += w*mV", Random(0.8), Uniform(-2, 0), LAWLESS, "2 ms", "inhibitory", "negative"),
        Projection("a", "b", "v_post += w*mV*(1 + reward)", Dense(), Uniform(0, 1), REACHING, name="clocked"),
        Projection("a", "a", "v_post += 9*w*u*R*mV", Random(0.9), Uniform(0, 1), TSODYKS_MARKRAM, name="depressing"),
    ),
)


def learning_input(steps: int = 400, seed: int = 0, learn: bool = True) -> dict:
    reward = np.random.default_rng(seed).normal(size=steps)
    driven = {"a": np.full(6, 1.9e-10), "b": np.full(12, 1.7e-10)}
    return {"steps": steps, "spikes": {"inp": poisson(steps, 12, 0.03, seed)}, "signals": {"reward": reward},
            "currents": driven, "learn": learn}  # fmt: skip


def test_rules_of_every_kind_give_brians_weights():
    simulator = assert_alike(LEARNING, [learning_input(600)], least=150)
    for name in ("sparse", "timed", "one_to_one", "negative", "clocked"):
        assert np.abs(simulator.variable(name, "w") - simulator.wirings[name].weights).max() > 0.01
    assert simulator.variable("negative", "w").max() == 0.0  # Dale's law held the sign, and was needed


def test_traces_of_one_delay_belong_to_neurons_and_those_of_many_to_synapses():
    simulator = Simulator(LEARNING, DT_S)
    assert simulator.synapses["sparse"]["x"].shape == (12,)
    assert simulator.synapses["sparse"]["y"].shape == (6,)
    assert simulator.synapses["timed"]["x"].shape == simulator.wirings["timed"].pre.shape
    assert simulator.variable("sparse", "x").shape == (72,)
    np.testing.assert_array_equal(simulator.variable("timed", "w"), simulator.wirings["timed"].weights)


def test_without_learning_no_synaptic_variable_changes_and_learning_goes_on_behind_it():
    quiet = learning_input(150, seed=1, learn=False)
    simulator = assert_alike(LEARNING, [learning_input(200), quiet, learning_input(200, seed=2)], least=100)
    names = [(name, "w") for name in simulator.synapses] + [("timed", "x"), ("clocked", "m")]
    before = [simulator.variable(*name) for name in names]
    simulator.run(**quiet)
    for name, values in zip(names, before, strict=True):
        np.testing.assert_array_equal(simulator.variable(*name), values, err_msg=str(name))


def test_learning_is_the_same_in_one_run_in_many_and_in_presentations():
    pieces = [learning_input(120, seed) for seed in range(3)]
    for piece in pieces:
        piece["currents"] = None
        piece["signals"] = None
    apart, presented = Simulator(LEARNING, DT_S), Simulator(LEARNING, DT_S)
    for one in (apart, presented):
        one.states["a"]["v"][:] = -0.0505
    for piece in pieces:
        apart.run(**piece)
    presented.present(events_of(pieces), np.arange(3), 120)
    for name in apart.synapses:
        np.testing.assert_array_equal(apart.synapses[name]["w"], presented.synapses[name]["w"])
    assert np.abs(apart.variable("sparse", "w") - apart.wirings["sparse"].weights).max() > 0


def test_a_presentation_scales_the_weights_onto_each_target_to_a_total():
    simulator = Simulator(LEARNING, DT_S)
    nothing = events_of([{"spikes": {"inp": (np.empty(0, np.int32), np.empty(0, np.int32))}}])
    simulator.present(nothing, np.zeros(2, int), 5, totals={"sparse": 4.0})
    np.testing.assert_allclose(simulator.synapses["sparse"]["w"].sum(0), 4.0, rtol=1e-14)


PAIR = Network(
    (Population("inp", 2), Population("cell", 1, HELD)),
    (
        Projection("inp", "cell", "v_post += 0*w*mV", Random(1.0), Constant(0.5), PAIR_STDP, "2 ms", name="learns"),
        Projection("inp", "cell", "v_post += w*mV", Random(1.0), Constant(11.0), delay=("0 ms", "0.1 ms"), name="acts"),
    ),
)


def test_stdp_by_hand():
    # Neuron 0 makes the cell spike at steps 11 and 31 (an arrival acts on the step behind it), and all of its own
    # arrivals come 4 steps after its spikes; neuron 1 arrives at steps 6, 19 (5 + 4 is in its refractory period: it
    # still counts for the rule).
    simulator = Simulator(PAIR, DT_S)
    simulator.synapses["acts"]["w"][:, 0] = 11.0, 0.0
    found = simulator.run(60, spikes={"inp": spikes((2, 1), (10, 0), (15, 1), (30, 0))})
    assert found.spikes["cell"][0].tolist() == [11, 31]

    def change(arrivals, posts):
        w = 0.5
        for step, kind in sorted([(one, 0) for one in arrivals] + [(one, 1) for one in posts]):
            own, other = (arrivals, posts) if kind == 0 else (posts, arrivals)
            trace = sum(np.exp(-(step - one) * DT_S / 20e-3) for one in other if one < step or (kind and one == step))
            w += (0.005 if kind else -0.00525) * trace
            assert own
        return w

    expected = [change([14, 34], [11, 31]), change([6, 19], [11, 31])]
    np.testing.assert_allclose(simulator.variable("learns", "w"), expected, rtol=1e-12)


def two_rules(on_pre: str, on_post: str, unit: str = "1", size: str = "1") -> Network:
    rule = PlasticityRule(
        name="made_up", equations=f"dx/dt = -x/tau : {unit} (event-driven)\ndy/dt = -y/tau : {unit} (event-driven)",
        on_pre=on_pre, on_post=on_post, parameters={"tau": "2 ms", "size": size}, source=Source("none"),
    )  # fmt: skip
    return Network(
        (Population("inp", 6), Population("a", 4, LIF)),
        (Projection("inp", "a", "v_post += w*9*mV", Dense(), Uniform(0.8, 1.6), rule),),
    )


@pytest.mark.parametrize(
    ("on_pre", "on_post"),
    [
        ("w = clip(w - 0.02*y, 0, 2); x += 1", "w = clip(w + 0.02*x, 0, 1); y += 1"),
        ("w = clip(w - 0.02*y, 0, 1); x += 1", "w = clip(w + 0.02*x, 0, 2); y += 1"),
        ("w = clip(w - 0.02*y, 0, 1); x += 1", "w = w + 0.2*x; y += 1"),
    ],
)
def test_a_weight_outside_the_bounds_of_one_half_of_a_rule_is_clipped_when_that_half_acts(on_pre, on_post):
    run = {"steps": 900, "spikes": {"inp": poisson(900, 6, 0.02)}, "currents": {"a": np.full(4, 1.2e-10)}}
    assert_alike(two_rules(on_pre, on_post), [run], least=20)


def test_a_trace_in_ampere_fades_as_slowly_as_one_without_a_unit():
    network = two_rules(
        "w = clip(w - 0.1*y/size, 0, 2); x += size", "w = clip(w + 0.1*x/size, 0, 2); y += size", "amp", "1 pA"
    )
    run = {"steps": 900, "spikes": {"inp": poisson(900, 6, 0.01)}, "currents": {"a": np.full(4, 1.2e-10)}}
    assert_alike(network, [run], least=20)


# Noise

NOISY = replace(
    LIF, name="noisy", equations="dv/dt = (v_rest - v + R*I)/tau_m + sigma*xi*tau_m**-0.5 : volt (unless refractory)",
    method="euler", threshold="rand() < rate*dt*exp((v - v_threshold)/(2*mV))",
    parameters={**LIF.parameters, "sigma": "6 mV", "rate": "200 Hz"},
)  # fmt: skip
NOISE = Network((Population("pop", 30, NOISY),))


def test_noise_that_is_given_is_replayed_as_brian_replays_it():
    chance = np.random.default_rng(4)
    noise = {"pop": {XI: chance.normal(size=(600, 30)) / np.sqrt(DT_S), UNIFORM: chance.random((600, 30))}}
    assert_alike(NOISE, [{"steps": 600, "noise": noise, "currents": {"pop": np.full(30, 1e-10)}}], least=100)


def test_noise_that_is_drawn_is_brians_and_does_not_depend_on_where_a_run_is_cut():
    currents = {"pop": np.full(30, 1e-10)}
    assert_alike(NOISE, [{"steps": n, "currents": currents} for n in (250, 1, 249)], least=80)
    whole, cut = Simulator(NOISE, DT_S, 5), Simulator(NOISE, DT_S, 5)
    record = {"pop": ("v",)}
    parts = [cut.run(n, currents=currents, record=record) for n in (33, 7, 60)]
    assert same_bits(whole.run(100, currents=currents, record=record), joined(parts, [33, 7, 60]))


# Neurons that sleep

SLEEPERS = Network(
    (Population("inp", 5), Population("calm", 5, replace(LIF, refractory="1 ms"))),
    (Projection("inp", "calm", "v_post += w*mV", OneToOne(), Constant(16.0)),),
)


def test_neurons_that_sleep_between_rare_inputs_do_as_those_of_brian():
    simulator = assert_alike(SLEEPERS, [{"steps": 1500, "spikes": {"inp": poisson(1500, 5, 0.004)}}], least=20)
    assert "_awake" in simulator.source()


def test_a_current_that_sets_in_late_wakes_a_sleeping_neuron():
    current = np.zeros((600, 5))
    current[400:, 2] = 2e-10
    assert_alike(SLEEPERS, [{"steps": 600, "currents": {"calm": current}}], least=3)


# What it refuses

GIVEN = Network(
    (Population("inp", 3), Population("pop", 2, LIF), Population("undriven", 2, COUNTER)),
    (Projection("inp", "pop", "v_post += w*mV"), Projection("pop", "undriven", "x_post += w*reward", rule=REACHING)),
)


@cache
def given_simulator():
    reading = replace(REACHING, reads={}, equations="dw/dt = (goal*reward - w)/tau_w : 1 (clock-driven)", on_post="",
                      start={}, parameters={"goal": "2", "tau_w": "30 ms"})  # fmt: skip
    last = replace(GIVEN.projections[1], rule=reading)
    return Simulator(replace(GIVEN, projections=(GIVEN.projections[0], last)), DT_S)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": -1}, "steps = -1, but a run has a whole number of at least 0"),
        ({"spikes": {"pop": spikes((0, 0))}}, '"pop" is not an input population. Known: inp'),
        ({"currents": {"undriven": np.zeros(2)}}, '"undriven" is not a population with a drive. Known: pop'),
        ({"signals": {"punishment": np.zeros(10)}}, '"punishment" is not a signal that a rule reads. Known: reward'),
        ({"noise": {"inp": {}}}, '"inp" is not a population'),
        ({"record": {"inp": ("v",)}}, '"inp" is not a population with a model'),
        ({"record": {"pop": ("u",)}}, '"u" is not a state variable. Known: v'),
        ({"spikes": {"inp": (np.zeros(2, int), np.zeros(3, int))}}, r"steps \(2,\) and neurons \(3,\)"),
        ({"spikes": {"inp": spikes((10, 0))}}, "must ascend from 0 to 9; they reach from 10 to 10"),
        ({"spikes": {"inp": spikes((5, 0), (4, 0))}}, "must ascend"),
        ({"spikes": {"inp": spikes((5, 3))}}, "neurons reach from 3 to 3; it has 0 to 2"),
        ({"spikes": {"inp": spikes((5, 1), (5, 1))}}, "a neuron spikes twice in one step"),
        ({"currents": {"pop": np.zeros(3)}}, r"its shape is \(3,\); expected \(10, 2\) or \(2,\)"),
        ({"currents": {"pop": np.array([0.0, np.nan])}}, r"nan at \(0?, ?1?\)?|nan at"),
        ({"signals": {"reward": np.zeros(9)}}, r"its shape is \(9,\); expected \(10,\)"),
        ({"signals": {"reward": np.full(10, np.inf)}}, "Give finite numbers"),
        ({"noise": {"pop": {XI: np.zeros((10, 2))}}}, r"given \['white_noise'\], but it reads \[\]"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_what_does_not_fit_the_network_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        given_simulator().run(**{"steps": 10, **wrong})


def test_noise_of_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"has the shape \(9, 30\); expected \(10, 30\)"):
        Simulator(NOISE, DT_S).run(10, noise={"pop": {XI: np.zeros((9, 30)), UNIFORM: np.zeros((10, 30))}})


def test_nothing_happens_in_no_steps():
    found = given_simulator().run(0, record={"pop": ("v",)})
    assert found.spikes["pop"][0].size == 0


EVENTS = (np.array([0, 2]), np.array([0, 1], np.int32), np.array([0, 2], np.int32))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"events": (EVENTS[0], EVENTS[1], np.array([0, 12], np.int32))}, "neurons reach from 0 to 12"),
        ({"events": (np.array([0, 3]), *EVENTS[1:])}, "offsets must rise from 0 to 2"),
        ({"order": np.array([1])}, "there are samples 0 to 0"),
        ({"totals": {"rows": 1.0}}, "rows is no plastic projection"),
        ({"keep": {"exc": ("u",)}}, "exc has no state 'u'"),
        ({"watched": "nobody"}, "there is no population 'nobody'"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_a_presentation_that_does_not_fit_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Simulator(LAYOUTS, DT_S).present(**{"events": EVENTS, "order": np.array([0]), "steps": 5, **wrong})


def test_a_presentation_to_a_noisy_network_or_one_with_two_inputs_is_refused():
    noisy = Network((Population("inp", 3), *NOISE.populations))
    with pytest.raises(ValueError, match="present draws no noise, which pop reads"):
        Simulator(noisy, DT_S).present(EVENTS, np.array([0]), 5)
    with pytest.raises(ValueError, match="this one has 0"):
        Simulator(NOISE, DT_S).present(EVENTS, np.array([0]), 5)


BLOWN = replace(
    LIF, name="blown", equations="dv/dt = (v - v_rest)/tau_m : volt\nda/dt = 0/tau_m : 1", threshold="a > 1",
    reset="", refractory="", method="euler", parameters={"tau_m": "0.05 ms", "v_rest": "-65 mV"}, drive="",
    start={"v": "v_rest", "a": "0"}, laws=(),
)  # fmt: skip


def test_a_state_that_explodes_is_an_error_that_names_the_neuron():
    simulator = Simulator(Network((Population("bad", 3, BLOWN),)), DT_S)
    simulator.states["bad"]["v"][1] = -0.064
    with pytest.raises(ValueError, match=r"bad: v of neuron 1 is .*Give|bad: v of neuron 1 is .* give a shorter dt"):
        simulator.run(1000)


def test_the_error_tells_the_time_at_which_the_first_state_exploded():
    model = replace(BLOWN, equations="da/dt = 10*a/tau_m : 1\ndv/dt = 0*volt/tau_m : volt", threshold="v > 0*volt")
    simulator = Simulator(Network((Population("bad", 3, model),)), DT_S)
    simulator.states["bad"]["a"][2] = 1.0
    # a grows 101 times a step of dt/tau_m = 10 with a rate of 10: past 1e300 in the 150th, step 149
    with pytest.raises(ValueError, match=r"a of neuron 2 is .* at 0.0745 s"):
        simulator.run(1000)


def exploding(rule: PlasticityRule, **how) -> Simulator:
    """Each rule makes its variable a hundred orders greater with a spike of input neuron 1, and leaves v alone."""
    target = replace(COUNTER, name="target")
    projection = Projection("inp", "pop", "x_post += 0*w", rule=rule, name="syn", **how)
    return Simulator(Network((Population("inp", 3), Population("pop", 3, target)), (projection,)), DT_S)


TRACE = PlasticityRule(
    name="trace", equations="dq/dt = -q/tau : 1 (event-driven)", on_pre="q = 1 + q*1e200", on_post="",
    parameters={"tau": "20 ms"}, source=Source("none"),
)  # fmt: skip
CLOCKED = replace(TRACE, name="clocked", equations="dq/dt = q/tau : 1 (clock-driven)")
WEIGHT = replace(TRACE, name="weight", equations="", on_pre="w = w*1e200", parameters={})


@pytest.mark.parametrize(
    ("rule", "how", "message"),
    [
        (TRACE, {}, "syn: q of neuron 1 of inp is inf"),
        (TRACE, {"delay": ("0.5 ms", "2 ms")}, "syn: q of the synapse from neuron 1 to 0 is inf"),
        (CLOCKED, {}, "syn: q of the synapse from neuron 1 to 0 is inf"),
        (WEIGHT, {}, "syn: w of the synapse from neuron 1 to 0 is inf"),
        (WEIGHT, {"connect": OneToOne()}, "syn: w of the synapse from neuron 1 to 1 is inf"),
        (WEIGHT, {"delay": ("0.5 ms", "2 ms")}, "syn: w of the synapse from neuron 1 to 0 is inf"),
    ],
)
def test_what_explodes_at_a_synapse_is_an_error_that_names_its_neurons_and_the_time(rule, how, message):
    at = spikes((0, 1), (4, 1), (8, 1))  # at 0, 2 and 4 ms; the third time 1e200 is multiplied, numbers have ended
    with pytest.raises(ValueError, match=rf"{message} at 0\.01 s. Give a shorter dt, or a rule that bounds it"):
        exploding(rule, **how).run(20, spikes={"inp": at})


@pytest.mark.parametrize("name", ["wait", "record_v"])
def test_a_name_that_the_kernel_has_for_itself_is_refused(name):
    model = replace(COUNTER, equations=COUNTER.equations + f"\nd{name}/dt = 0/tau : 1", start={"x": "0", name: "0"})
    model = replace(model, equations=model.equations + "\ndv/dt = 0/tau : 1", start={**model.start, "v": "0"})
    with pytest.raises(ValueError, match=f'"pop_{name}" would be two things in generated code'):
        Simulator(Network((Population("pop", 2, model),)), DT_S)


def test_two_names_that_would_be_one_in_the_kernel_are_refused():
    other = replace(COUNTER, equations="db_x/dt = 0/tau : 1", start={"b_x": "0"}, threshold="b_x > 1e9")
    with pytest.raises(ValueError, match='"a_b_x" would be two things'):
        Simulator(Network((Population("a", 2, other), Population("a_b", 2, COUNTER))), DT_S)


@pytest.mark.parametrize("name", ["lambda", "d\u00e9lai"])
def test_a_name_that_python_cannot_take_in_source_is_refused(name):
    with pytest.raises(ValueError, match="cannot be a name in generated code"):
        Simulator(Network((Population(name, 2, COUNTER),)), DT_S)


# The engine knows no model and no rule


def renamed(text: str, names: list[str], prefix: str) -> str:
    return re.sub(rf"\b(d)?({'|'.join(names)})(/dt|_post)?\b", rf"\1{prefix}\2\3", text)


def renamed_network(prefix: str) -> Network:
    own = ["v", "ge", "gi", "tau_m", "tau_exc", "tau_inh", "v_rest", "v_reset", "v_threshold", "e_exc", "e_inh", "I"]
    traces = ["x", "y", "A_plus", "A_minus", "tau_plus", "tau_minus", "w_max"]
    model = replace(
        CONDUCTANCE_LIF, name=f"{prefix}model", equations=renamed(CONDUCTANCE_LIF.equations, own, prefix),
        threshold=renamed(CONDUCTANCE_LIF.threshold, own, prefix), reset=renamed(CONDUCTANCE_LIF.reset, own, prefix),
        parameters={f"{prefix}{key}" if key in own else key: v for key, v in CONDUCTANCE_LIF.parameters.items()},
        start={f"{prefix}{key}": renamed(v, own, prefix) for key, v in CONDUCTANCE_LIF.start.items()},
        drive=f"{prefix}I",
    )  # fmt: skip
    rule = replace(
        PAIR_STDP, name=f"{prefix}rule", equations=renamed(PAIR_STDP.equations, traces, prefix),
        on_pre=renamed(PAIR_STDP.on_pre, traces, prefix), on_post=renamed(PAIR_STDP.on_post, traces, prefix),
        parameters={f"{prefix}{key}": v for key, v in PAIR_STDP.parameters.items()}, bounds=None,
    )  # fmt: skip
    return Network(
        (Population(f"{prefix}inp", 6), Population(f"{prefix}pop", 6, model)),
        (
            Projection(f"{prefix}inp", f"{prefix}pop", f"{prefix}ge_post += w", rule=rule, name=f"{prefix}one"),
            Projection(f"{prefix}pop", f"{prefix}pop", f"{prefix}gi_post += w", Random(0.5), rule=rule,
                       delay=("0 ms", "3 ms"), name=f"{prefix}two"),
            Projection(f"{prefix}inp", f"{prefix}pop", f"{prefix}v_post += w*mV", OneToOne(), name=f"{prefix}six"),
        ),
    )  # fmt: skip


@cache
def source_of(prefix: str) -> str:
    return Simulator(renamed_network(prefix), DT_S).source()


@pytest.mark.parametrize("prefix", ["x_", "n_", "i_END", "k1", "t", "w"])
def test_other_names_give_the_same_source_but_for_the_names(prefix):
    # All are later in the alphabet than dt, as q is: sympy sorts the factors of a product by their names.
    words, others = (re.split(r"(\w+)", source_of(one)) for one in ("q", prefix))
    assert len(words) == len(others)
    pairs = {*zip(words, others, strict=True)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def test_the_source_names_neither_model_nor_rule():
    source = source_of("somebodys_")
    assert "somebodys_model" not in source
    assert "somebodys_rule" not in source


ENGINES = sorted(path for path in Path(bio.engines.__file__).parent.rglob("*.py") if "brian" not in path.parts)
DEFINITIONS = [
    path.stem for room in ("neurons", "plasticity", "synapses", "homeostasis")
    for path in (Path(bio.__file__).parent / room).glob("[!_]*.py")
]  # fmt: skip


@pytest.mark.parametrize("path", ENGINES, ids=lambda path: path.stem)
def test_no_engine_knows_a_definition_by_name(path):
    tree = ast.parse(path.read_text())
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts:
            words |= set(re.findall(r"\w+", node.value))
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith(("bio.neurons", "bio.plasticity.", "bio.synapses", "bio.homeo"))
    assert not {word.lower() for word in words} & set(DEFINITIONS)


def test_the_engine_offers_its_simulator_and_its_source():
    assert native.__all__ == ["Simulator"]
    source = given_simulator().source()
    assert "def present(" in source
    compile(source, "kernel", "exec")


def test_a_trace_that_starts_above_zero_decays_once_a_step_from_the_first_on():
    rule = PlasticityRule(
        name="r", equations="dx/dt = -x/tau : 1 (event-driven)", on_pre="w += x; x += 1", on_post="",
        start={"x": "1"}, parameters={"tau": "10 ms"}, source=Source("x"),
    )  # fmt: skip
    net = Network((Population("a", 1), Population("b", 1, LIF)), (Projection("a", "b", "v_post += w*0*mV", rule=rule),))
    simulator = Simulator(net, 1e-3)
    simulator.run(6, spikes={"a": (np.array([5]), np.array([0]))})
    # rounding of five products
    assert simulator.variable("a_b", "w")[0] == pytest.approx(1 + np.exp(-0.5), rel=1e-14)
