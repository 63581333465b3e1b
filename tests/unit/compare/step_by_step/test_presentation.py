"""One presentation: the same on Brian2, and each trace is what its equation says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bio.plasticity import PAIR_STDP
from compare.step_by_step.presentation import (
    DT_S,
    DURATION_S,
    GAIN_PA,
    NEURONS,
    SYNAPSES,
    input_spikes,
    network_of,
    present,
    traced_rule,
)

STEPS = round(DURATION_S / DT_S)
DELAY_STEPS = 2  # 1 ms
ROUNDED = 1e-8  # told to nine places


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return present(0)


def steps_of(seen: dict[str, Any], neuron: str) -> np.ndarray:
    """The steps in which a neuron fired; its times are their ends."""
    return np.round(np.array(seen["spikes_ms"][neuron]) / seen["dt_ms"]).astype(int) - 1


def sum_of_decays(events: np.ndarray, sizes: np.ndarray, tau_ms: float) -> np.ndarray:
    """(step,) at the end of each: what events at the ends of steps leave behind."""
    k = np.arange(STEPS)
    left = np.exp(-(k[:, None] - events) * 1e3 * DT_S / tau_ms) * (k[:, None] >= events)
    return (left * sizes).sum(1)


def arrivals(seen: dict[str, Any], neuron: str) -> np.ndarray:
    steps = steps_of(seen, neuron) + DELAY_STEPS
    return steps[steps < STEPS]


def test_brian2_gives_the_same_spikes_and_weights_with_the_published_rule(seen: dict[str, Any]) -> None:
    from bio.engines.brian import Simulator

    simulator = Simulator(network_of(PAIR_STDP), dt_s=DT_S)
    found = simulator.run(STEPS, spikes={"input": input_spikes(0)})
    for population in ("hidden", "output"):
        step, neuron = found.spikes[population]
        for k, name in enumerate(NEURONS[population]):
            assert step[neuron == k].tolist() == steps_of(seen, name).tolist()
    for projection, names in SYNAPSES.items():
        ends = [seen["weight"][name][-1] for row in names for name in row]
        np.testing.assert_allclose(simulator.variable(projection, "w"), ends, atol=ROUNDED)


def test_the_visible_traces_change_nothing_the_compiled_engine_agrees_with_the_event_driven_rule() -> None:
    from bio.engines.native import Simulator

    found = []
    for rule in (PAIR_STDP, traced_rule()):
        simulator = Simulator(network_of(rule), dt_s=DT_S)
        simulator.run(STEPS, spikes={"input": input_spikes(3)})
        found.append(np.concatenate([simulator.variable(name, "w") for name in SYNAPSES]))
    np.testing.assert_allclose(*found, rtol=1e-12)  # exp of a sum beside a product of exps


@pytest.mark.parametrize("neuron", ["hidden 1", "hidden 2", "output"])
def test_a_synaptic_current_is_the_sum_of_what_arrived_and_has_not_faded(seen: dict[str, Any], neuron: str) -> None:
    layer = "output" if neuron == "output" else "hidden"
    expected = np.zeros(STEPS)
    for projection, source in (("input_hidden", "input"), ("hidden_output", "hidden")):
        if not projection.endswith(layer):
            continue
        for k, name in enumerate(NEURONS[source]):
            synapse = SYNAPSES[projection][k][NEURONS[layer].index(neuron)]
            weight = np.array([seen["start"][synapse], *seen["weight"][synapse]])
            steps = arrivals(seen, name)
            expected += sum_of_decays(steps, GAIN_PA[layer] * weight[steps], seen["tau_syn_ms"])
    np.testing.assert_allclose(seen["current_pA"][neuron], expected, rtol=1e-9, atol=1e-5)  # a weight's ninth place


@pytest.mark.parametrize("neuron", ["hidden 1", "hidden 2", "output"])
def test_a_potential_follows_the_exact_solution_and_fires_where_that_crosses_the_threshold(
    seen: dict[str, Any], neuron: str
) -> None:
    v, current = np.array(seen["potential_mV"][neuron]), np.array(seen["current_pA"][neuron])
    tau_m, tau_s, dt, rest = seen["tau_m_ms"], seen["tau_syn_ms"], seen["dt_ms"], seen["rest_mV"]
    kernel = tau_s / (tau_m - tau_s) * (np.exp(-dt / tau_m) - np.exp(-dt / tau_s))
    solved = rest + (v[:-1] - rest) * np.exp(-dt / tau_m) + 0.1 * current[:-1] * kernel  # 100 Mohm: 0.1 mV a pA
    fired = steps_of(seen, neuron)
    held = {k for step in fired for k in range(step, step + 1 + round(seen["refractory_ms"] / dt))}
    free = np.array([k for k in range(1, STEPS) if k not in held])
    np.testing.assert_allclose(v[free], solved[free - 1], atol=1e-6)
    assert (solved[free - 1] <= seen["threshold_mV"]).all()
    assert len(fired) > 0
    assert (solved[fired - 1] > seen["threshold_mV"]).all()
    assert (v[fired] == rest).all(), "reset in the step in which it fires"


def test_traces_are_sums_of_fading_spikes_arriving_ones_before_and_the_targets_own_after(seen: dict[str, Any]) -> None:
    tau = {side: 1e3 * seen["rule"][f"tau_{side}"] for side in ("plus", "minus")}
    for neuron, trace in seen["before"].items():
        steps = arrivals(seen, neuron)
        np.testing.assert_allclose(trace, sum_of_decays(steps, np.ones(len(steps)), tau["plus"]), atol=ROUNDED)
    for neuron, trace in seen["after"].items():
        steps = steps_of(seen, neuron)
        np.testing.assert_allclose(trace, sum_of_decays(steps, np.ones(len(steps)), tau["minus"]), atol=ROUNDED)


def test_a_weight_changes_only_when_one_of_its_two_neurons_has_a_spike_there(seen: dict[str, Any]) -> None:
    for projection, names in SYNAPSES.items():
        source, target = projection.split("_")
        for i, row in enumerate(names):
            for j, name in enumerate(row):
                weight = np.array([seen["start"][name], *seen["weight"][name]])
                moved = set(np.flatnonzero(np.diff(weight)).tolist())
                causes = {*arrivals(seen, NEURONS[source][i]), *steps_of(seen, NEURONS[target][j])}
                assert moved
                assert moved <= causes


def test_the_seed_decides_the_spikes_and_nothing_else_does(seen: dict[str, Any]) -> None:
    assert present(0) == seen
    assert present(1)["spikes_ms"]["input 1"] != seen["spikes_ms"]["input 1"]
