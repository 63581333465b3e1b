"""The certificate catches what engines get wrong: each fault is planted into a program or into generated source."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

import bio.engines.native.simulator as native
from bio.engines.compiled import compiled_module
from bio.engines.native import Simulator
from bio.engines.tensor import TensorNeuron
from bio.fidelity import SMALL, Cell, Question, questions
from bio.fidelity import _cells as cells
from bio.fidelity import _chaos as chaos
from bio.fidelity._engines import ENGINES, _neurons, reference
from bio.fidelity._networks import current_trial, network_trial, rule_trial
from bio.fidelity._trial import Outcome, Trial, run_trial
from bio.neurons import ADEX, LIF
from bio.plasticity import PAIR_STDP, TRIPLET_STDP
from bio.program import compile_program
from bio.synapse_program import SynapseProgram

# Shorter than a certificate: a fault that needs more spikes than these to show would be a weak certificate's luck.
TRIALS: dict[str, Callable[[], Trial]] = {
    "open loop": lambda: network_trial(LIF, 1e-4, 0.1, 60, 20, coupled=False),
    "closed loop": lambda: network_trial(LIF, 1e-4, 0.1, 60, 20, coupled=True),
    # What arrives in the step of a spike is lost on a held variable, so only others show when the reset comes.
    "open loop of adex": lambda: network_trial(ADEX, 1e-4, 0.1, 60, 20, coupled=False),
    "closed loop of adex": lambda: network_trial(ADEX, 1e-4, 0.1, 60, 20, coupled=True),
    "plasticity": lambda: rule_trial(PAIR_STDP, 0.2, 40, one_delay=True),
    "plasticity of triplets": lambda: rule_trial(TRIPLET_STDP, 0.2, 40, one_delay=True),
    "open loop of currents": lambda: current_trial(LIF, 1e-4, 0.1, 40),
}


@cache
def trial_and_reference(name: str) -> tuple[Trial, Outcome]:
    trial = TRIALS[name]()
    return trial, reference(trial)


def judged(monkeypatch: pytest.MonkeyPatch, name: str, run: Callable[[Trial], Outcome]) -> Cell:
    """The certificate's cell about an engine that is run in another way."""
    trial, expected = trial_and_reference(name)
    for room in (cells, chaos):
        monkeypatch.setattr(room, "reference", lambda _: expected)
        monkeypatch.setattr(room, "rearranged", lambda _: expected)
    kind = name.partition(" of ")[0]
    engine = replace(ENGINES["tensor" if name == "open loop of currents" else "native"], run=run)
    question = Question(kind, "lif", LIF.method, name, "digest", (engine,), lambda _: trial)
    (cell,) = cells.answer(question, SMALL, [engine])
    return cell


def run_native(trial: Trial) -> Outcome:
    return run_trial(trial, Simulator(trial.network, trial.dt_s))


# Faults in source


def reset_before_synapses(source: str) -> str:
    call = re.search(r"\n +\w+_reset\(K.*\)", source)
    assert call is not None
    arrivals = re.search(r"\n +inputs_from = inputs_at", source)
    assert arrivals is not None
    reset = call.group().strip()
    without = source.replace(call.group(), call.group().replace(reset, "pass"))
    margin = arrivals.group()[: -len(arrivals.group().lstrip())]
    return without.replace(arrivals.group(), margin + reset + arrivals.group())


def delay_off_by_one(source: str) -> str:
    return re.sub(r"slot = \(now - (\w+(?:\[d\])?)\)", r"slot = (now - \1 + 1)", source)


def trace_decays_once_too_often(source: str) -> str:
    return re.sub(r"\n( +)(learning_advance\(.*\))", r"\n\1\2\n\1\2", source)


def on_post_before_arrivals(source: str) -> str:
    call = re.search(r"\n( +)if learn:\n +for k in range\(_n_targets\):\n +learning_on_post\(.*\)", source)
    assert call is not None
    slot = re.search(r"\n +slot = \(now - ", source)
    assert slot is not None
    return source.replace(call.group(), "").replace(slot.group(), call.group() + slot.group())


SOURCES = {
    "reset before synapses, open loop": ("open loop of adex", reset_before_synapses),
    "reset before synapses, closed loop": ("closed loop of adex", reset_before_synapses),
    "a drawn delay off by one": ("closed loop", delay_off_by_one),
    "a uniform delay off by one": ("plasticity", delay_off_by_one),
    "a trace decays once too often": ("plasticity", trace_decays_once_too_often),
    "the target's spike before arrivals": ("plasticity", on_post_before_arrivals),
}


@pytest.mark.parametrize("fault", SOURCES)
def test_a_fault_in_generated_source_is_caught(fault, monkeypatch):
    name, plant = SOURCES[fault]

    def faulty(source: str):
        changed = plant(source)
        assert changed != source
        return compiled_module(changed)

    monkeypatch.setattr(native, "compiled_module", faulty)
    assert judged(monkeypatch, name, run_native).verdict == "differs"


# Faults in programs

PROGRAMS = {
    "a conditional write ignored": lambda program: replace(program, held=()),
    "a refractory step too many": lambda program: replace(program, refractory_steps=program.refractory_steps + 1),
    "a refractory step too few": lambda program: replace(program, refractory_steps=program.refractory_steps - 1),
    "the flagged variable moves while refractory": lambda program: replace(program, hold=program.integrate),
    "no reset": lambda program: replace(program, reset=()),
    "states that move by a millionth too much": lambda program: compile_program(LIF, program.dt_s * (1 + 1e-6)),
}


SPIKES = [fault for fault in PROGRAMS if "millionth" not in fault]  # and in a closed loop only these count


@pytest.mark.parametrize(("name", "fault"), [("open loop", fault) for fault in PROGRAMS] +
                         [("closed loop", fault) for fault in SPIKES])  # fmt: skip
def test_a_fault_in_a_neurons_program_is_caught(name, fault, monkeypatch):
    monkeypatch.setattr(native, "compile_program", lambda model, dt_s: PROGRAMS[fault](compile_program(model, dt_s)))
    assert judged(monkeypatch, name, run_native).verdict == "differs"


@pytest.mark.parametrize("fault", [fault for fault in PROGRAMS if fault != "a conditional write ignored"])
def test_a_fault_in_a_neuron_by_itself_is_caught(fault, monkeypatch):
    def run(trial: Trial) -> Outcome:
        return _neurons(trial, lambda program: TensorNeuron(PROGRAMS[fault](program)))

    assert judged(monkeypatch, "open loop of currents", run).verdict == "differs"


def trace_set_before_it_is_read(program: SynapseProgram) -> SynapseProgram:
    return replace(program, on_post=program.on_post[::-1])


def decays_over_a_step_too_much(program: SynapseProgram) -> SynapseProgram:
    return replace(program, dt_s=program.dt_s * (1 + 1e-6))


@pytest.mark.parametrize("plant", [trace_set_before_it_is_read, decays_over_a_step_too_much])
def test_a_fault_in_a_rules_program_is_caught(plant, monkeypatch):
    compile_synapse = native.compile_synapse
    monkeypatch.setattr(native, "compile_synapse", lambda *given: plant(compile_synapse(*given)))
    assert judged(monkeypatch, "plasticity of triplets", run_native).verdict == "differs"


@pytest.mark.parametrize("name", TRIALS)
def test_without_a_fault_nothing_is_caught(name, monkeypatch):
    run = ENGINES["tensor"].run if name == "open loop of currents" else run_native
    cell = judged(monkeypatch, name, run)
    assert cell.matched == cell.spikes > 100
    assert cell.verdict == "too few spikes"  # these trials are shorter than a certificate's: nothing else is wrong


def test_a_real_certificates_questions_are_longer_than_these():
    (about,) = [one for one in questions([LIF], [], SMALL) if one.kind == "closed loop"]
    assert about.make(1).steps >= 2 * trial_and_reference("closed loop")[0].steps
