"""The ledger says what was matched and what was not, from a study on disk."""

import copy

import pytest

from compare.fairness import ASPECTS, ledger


@pytest.fixture
def study(synthetic_study):
    return synthetic_study


def changed(study, label, **facts):
    """The study with other facts in one learner's descriptions. A dotted fact lies deeper."""
    other = copy.copy(study)
    other.__dict__["_all"] = copy.deepcopy(study._all)
    for run in other._all:
        if run.label == label and run.status == "done":
            for path, value in facts.items():
                *inner, last = path.split("__")
                place = run.facts if inner[:1] == ["run"] else run.description
                for key in inner:
                    place = place if key == "run" else place[key]
                place[last] = value
    return other


def row(table, aspect, learner):
    found = table[(table["aspect"] == aspect) & (table["learner"] == learner)]
    assert len(found) == 1
    return found.iloc[0]


def test_every_learner_has_a_row_for_every_aspect(study):
    table = ledger(study)
    assert list(table.columns) == ["aspect", "learner", "value", "status", "sentence"]
    labels = [learner["label"] for learner in study.plan["learners"]]
    for aspect in ASPECTS:
        assert set(table.loc[table["aspect"] == aspect, "learner"]) == set(labels), aspect
    assert set(table["status"]) <= {"ok", "amber", "red"}
    assert (table["sentence"].str.len() > 10).all()
    assert list(dict.fromkeys(table["aspect"])) == list(ASPECTS)


@pytest.mark.parametrize(("factor", "status"), [(1.0, "ok"), (1.019, "ok"), (1.021, "amber"), (0.5, "amber")])
def test_parameters_within_two_percent_of_the_median_are_matched(study, factor, status):
    trained = ["logistic regression", "CNN", "surrogate LIF", "STDP (Diehl & Cook)", "Hebbian (Sanger)"]
    other = study
    for label in trained:
        other = changed(other, label, parameters=10_000)
    other = changed(other, "MLP", parameters=round(10_000 * factor))
    found = row(ledger(other), "parameters", "MLP")
    assert found["status"] == status
    assert found["value"] == f"{round(10_000 * factor):,}"
    assert "10,000" in found["sentence"]


def test_controls_are_not_held_to_the_size_of_learners_and_do_not_set_it(study):
    table = ledger(changed(study, "shuffled labels", parameters=7))
    assert row(table, "parameters", "shuffled labels")["status"] == "ok"
    reference = row(ledger(study), "parameters", "MLP")["sentence"]
    assert row(table, "parameters", "MLP")["sentence"] == reference


def test_a_learner_that_sees_fewer_examples_is_amber_with_the_ratio(study):
    found = row(ledger(changed(study, "MLP", training__examples=2500)), "examples seen", "MLP")
    assert found["status"] == "amber"
    assert "0.25 times the median" in found["sentence"]


def test_everybody_is_untuned_and_that_is_amber(study):
    table = ledger(study)
    tuning = table[table["aspect"] == "tuning"]
    assert set(tuning["status"]) == {"amber"}
    assert set(tuning["value"]) == {"untuned defaults"}
    assert "Set by the experiment: model; all else is a default" in tuning["sentence"].iloc[0]


def test_a_failed_run_is_red_with_its_message_and_a_refusal_amber(study):
    found = row(ledger(study), "runs", "surrogate LIF")
    assert (found["status"], found["value"]) == ("red", "2 of 3")
    assert "1 failed. RuntimeError: The loss is NaN" in found["sentence"]
    refused = row(ledger(study, input="clean"), "runs", "untrained STDP, linear")
    assert refused["status"] == "amber"
    assert "1 refused" in refused["sentence"]


def test_another_encoder_than_the_studys_is_red(study):
    other = changed(study, "MLP", run__encoder_spec={"type": "regular", "duration": "350 ms"})
    assert row(ledger(other), "encoded input", "MLP")["status"] == "red"
    assert row(ledger(study), "encoded input", "MLP")["status"] == "ok"


def test_spikes_of_its_own_on_the_clean_input_are_amber(study):
    other = changed(study, "STDP (Diehl & Cook)", reads="spikes of its own from clean values, 63.75 Hz at 1")
    assert row(ledger(other), "clean input", "STDP (Diehl & Cook)")["status"] == "amber"
    assert row(ledger(other), "clean input", "MLP")["status"] == "ok"


def test_another_read_out_is_amber_but_not_for_the_control_of_that_learner(study):
    table = ledger(study)
    assert row(table, "read-out", "STDP (Diehl & Cook)")["status"] == "amber"
    assert row(table, "read-out", "untrained STDP, vote")["status"] == "ok"


def test_other_time_steps_are_amber_and_name_the_others(study):
    found = row(ledger(changed(study, "STDP (Diehl & Cook)", time_steps=350)), "time steps", "STDP (Diehl & Cook)")
    assert found["status"] == "amber"
    assert "350 time steps; other networks run 25" in found["sentence"]
    assert row(ledger(study), "time steps", "surrogate LIF")["status"] == "ok"
    assert row(ledger(study), "time steps", "MLP")["value"] == "none"


def test_another_engine_says_that_times_compare_engines(study):
    found = row(ledger(study), "engine", "STDP (Diehl & Cook)")
    assert (found["status"], found["value"]) == ("amber", "numba")
    assert "Most learners run on torch" in found["sentence"]


def test_the_information_a_rule_uses_is_as_declared(study):
    assert row(ledger(study), "information used", "STDP (Diehl & Cook)")["value"] == "pre, post"
    silent = changed(study, "MLP", rule__signals=[])
    assert row(ledger(silent), "information used", "MLP")["status"] == "amber"


def test_each_departure_is_an_amber_row_of_its_own(study):
    table = ledger(changed(study, "MLP", departures=["Sees each image twice.", "Skips zeros."]))
    found = table[(table["aspect"] == "departures") & (table["learner"] == "MLP")]
    assert found["sentence"].tolist() == ["Sees each image twice.", "Skips zeros."]
    assert set(found["status"]) == {"amber"}
    assert row(table, "departures", "PCA")["status"] == "ok"


def test_a_learner_that_tells_nothing_is_said_to_tell_nothing(study):
    found = row(ledger(changed(study, "MLP", parameters=None)), "parameters", "MLP")
    assert (found["status"], found["value"]) == ("amber", "-")
