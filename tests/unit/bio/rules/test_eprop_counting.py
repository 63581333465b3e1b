"""e-prop's operations are those of its traces, counted as a program with a loop for every synapse makes them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

import ann
from bio.engines.surrogate import Triangle
from bio.engines.tensor import TensorNeuron
from bio.models import SpikingMLP, SpikingRNN
from bio.neurons import ADAPTIVE_LIF, LIF
from bio.rules import EProp

SAMPLES, INPUTS, NEURONS, CLASSES = 6, 5, 4, 3
BARE_LIF = replace(LIF, reset="v -= v_threshold - v_rest", refractory="")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def data(entries):
    x = (torch.rand(SAMPLES, entries, INPUTS, generator=seeded(1)) < 0.3).double()
    return x, torch.arange(SAMPLES) % CLASSES


def built(recipe, surrogate=None):
    model = recipe.build((INPUTS,), CLASSES, seeded()).double()
    neurons = model.hidden1.neurons
    neurons.neuron = TensorNeuron(neurons.neuron.program, surrogate or neurons.neuron.surrogate)
    return model


def table(rows):
    found = {}
    for one in ann.operations.total(rows):
        found[one["layer"], one["operation"]] = (one["dense"], one["effective"])
    return found


def learning(rule, model, x):
    """What learning adds to the answer's operations: (layer, operation) -> (dense, effective)."""
    whole = table(rule.operations(model, x, {}, training=True))
    answer = table(rule.operations(model, x, {}, training=False))
    less = {key: np.subtract(whole[key], answer.get(key, (0.0, 0.0))) for key in whole}
    return {key: tuple(value) for key, value in less.items() if value.any()}


def by_loops(model, x, y):
    """The changes of the weights, and the products and additions that a loop for every synapse takes of all samples."""
    layer, readout, alpha = model.hidden1, model.readout.weight.detach().numpy(), np.exp(-7 / 20)
    weight, gain = layer.linear.weight.detach().numpy(), (1 - alpha) * 1e8 * layer.neurons.scale
    change, products, additions, signals = np.zeros((NEURONS, INPUTS)), 0, 0, 0
    for sample, label in zip(x.numpy(), y, strict=True):
        voltage, vector, trace = np.zeros(NEURONS), np.zeros((NEURONS, INPUTS)), np.zeros((NEURONS, INPUTS))
        counts = np.zeros(NEURONS)
        for spikes in sample:
            voltage = alpha * voltage + gain * (weight @ spikes)
            psi = 0.3 * np.maximum(0, 1 - abs(voltage - 15e-3) / 15e-3) / 15e-3
            for j in range(NEURONS):
                for i in range(INPUTS):
                    vector[j, i] = alpha * vector[j, i]
                    products += 1
                    if spikes[i]:
                        vector[j, i] += gain
                        additions += 1
                    trace[j, i] += psi[j] * vector[j, i]
                    products += 1
            counts += voltage > 15e-3
            voltage -= 15e-3 * (voltage > 15e-3)
        logits = readout @ counts
        error = np.exp(logits) / np.exp(logits).sum() - np.eye(CLASSES)[label]
        for j in range(NEURONS):
            signal = 0.0
            for k in range(CLASSES):
                signal += readout[k, j] * error[k]
                signals += 1
            for i in range(INPUTS):
                change[j, i] -= signal * trace[j, i] / SAMPLES
                products += 1
    return change, products / SAMPLES, additions / SAMPLES, signals / SAMPLES


def test_a_program_that_counts_its_own_products_makes_the_same_changes_with_as_many():
    model = built(
        SpikingMLP(BARE_LIF, hidden=(NEURONS,), dt="7 ms", steps=8, duration="56 ms"), Triangle(0.3, 1.0, 15e-3)
    )
    x, y = data(8)
    change, products, additions, signals = by_loops(model, x, y)
    found = EProp().updates(model, x, y, cross_entropy, {}, seeded())[0]["hidden1.linear.weight"].numpy()
    assert abs(change).max() > 0
    np.testing.assert_allclose(found, change, rtol=0, atol=1e-10 * abs(change).max())  # two orders of one float64 sum
    biases = NEURONS * (2 * 8 + 1)  # each a synapse to which something comes in every step
    derivatives = 8 * NEURONS * model.hidden1.multiplications_per_step
    counted = learning(EProp(), model, x)
    assert counted["hidden1", "MAC"][0] == pytest.approx(products + biases + signals + derivatives)
    assert counted["hidden1", "AC"][1] == pytest.approx(additions + 8 * NEURONS)
    assert counted["hidden1", "AC"][0] == 8 * NEURONS * (INPUTS + 1)
    assert counted["readout", "MAC"] == (NEURONS * CLASSES, NEURONS * CLASSES)


def test_states_recurrence_a_leak_and_an_error_in_every_step_are_counted():
    entries, substeps = 3, 2
    recipe = SpikingRNN(
        ADAPTIVE_LIF, hidden=(NEURONS,), dt="7 ms", steps=entries, duration="42 ms", learnable=("tau_m",)
    )
    model, (x, _) = built(recipe), data(entries)
    assert model.hidden1.neurons.substeps == substeps
    steps, rule = entries * substeps, EProp(readout_tau="30 ms", error="every step")
    counted = learning(rule, model, x)
    # v by v and theta by theta; the spike by both; the read-out's leak; and the signal, in every step
    synapses = NEURONS * (INPUTS + 1 + NEURONS)
    learned = NEURONS  # time constants
    hidden = steps * (2 + 2 + 1 + 1) * (synapses + learned)
    derivatives = steps * NEURONS * model.hidden1.multiplications_per_step
    heard = steps * NEURONS * CLASSES
    assert counted["hidden1", "MAC"] == (hidden + derivatives + heard,) * 2
    assert counted["readout", "MAC"] == (heard + steps * NEURONS,) * 2
    spikes = model.hidden1(x).detach()
    own = spikes.sum() / SAMPLES
    late = spikes[:, -substeps:].sum() / SAMPLES  # spikes of the last entry, which nothing hears any more
    arrived = x.sum() / SAMPLES * NEURONS + entries * NEURONS + (own - late) * NEURONS + entries * NEURONS
    assert counted["hidden1", "AC"] == pytest.approx((steps * (synapses + learned), float(arrived) * substeps))


def test_an_answer_costs_what_the_network_says_and_the_leak_of_the_read_out():
    model, (x, _) = built(SpikingMLP(LIF, hidden=(NEURONS,), dt="7 ms", steps=8, duration="56 ms")), data(8)
    plain = table(EProp().operations(model, x, {}, training=False))
    assert plain == table(model.operations(x, training=False))
    leaky = table(EProp(readout_tau="30 ms").operations(model, x, {}, training=False))
    assert leaky["readout", "MAC"] == (8 * CLASSES, 8 * CLASSES)
    assert {key: value for key, value in leaky.items() if key != ("readout", "MAC")} == plain


def test_a_current_is_multiplied_where_spikes_are_added():
    model, (x, _) = built(SpikingMLP(LIF, hidden=(NEURONS,), dt="7 ms", steps=8, duration="56 ms")), data(8)
    spikes = learning(EProp(), model, x)
    model.reads_current = True
    current = learning(EProp(), model, x)
    arrived = float((x != 0).sum()) / SAMPLES * NEURONS
    assert current["hidden1", "MAC"][1] - spikes["hidden1", "MAC"][1] == pytest.approx(arrived)
    assert current["hidden1", "AC"] == (8 * NEURONS, 8 * NEURONS)  # of the biases


def test_the_order_of_the_sum_is_no_part_of_the_rule():
    model, (x, _) = built(SpikingMLP(LIF, hidden=(NEURONS,), dt="7 ms", steps=8, duration="56 ms")), data(8)
    assert learning(EProp(traces="summed"), model, x) == learning(EProp(traces="online"), model, x)


def test_a_classifier_takes_the_rules_account_before_the_networks():
    X, y = np.random.default_rng(0).random((12, INPUTS)).astype(np.float32), np.arange(12) % CLASSES
    recipe = SpikingMLP(LIF, hidden=(NEURONS,), steps=4, duration="56 ms", dt="7 ms")
    tables = {}
    for rule in (EProp(), ann.Backprop()):
        learner = ann.Classifier(recipe, rule, epochs=0, device="cpu", random_state=0).fit(X, y)
        for training in (False, True):
            found = learner.operations(X, training=training).set_index(["layer", "operation"])
            tables[rule.name, training] = found["dense"].to_dict()
    assert tables["eprop", False] == tables["backprop", False]
    steps, synapses = 8, NEURONS * (INPUTS + 1)
    more = tables["eprop", True]["hidden1", "MAC"] - tables["backprop", True]["hidden1", "MAC"]
    assert more == synapses * (2 * steps + 1) + NEURONS * CLASSES


def test_a_rule_that_only_answers_again_pays_for_answers_of_a_spiking_network_and_no_gradient():
    X, y = np.random.default_rng(0).random((12, INPUTS)).astype(np.float32), np.arange(12) % CLASSES
    recipe = SpikingMLP(LIF, hidden=(NEURONS,), steps=4, duration="56 ms", dt="7 ms")
    rule = ann.rules.WeightPerturbation(directions=2)
    learner = ann.Classifier(recipe, rule, epochs=0, device="cpu", random_state=0).fit(X, y)
    answer, update = (learner.operations(X, training=training) for training in (False, True))
    assert update["effective"].tolist() == pytest.approx((3 * answer["effective"]).tolist())  # of float sums
