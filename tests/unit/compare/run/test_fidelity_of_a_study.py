"""A study keeps the fidelity certificate of what its learners simulate; nothing is asked twice, no fault stops it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bio.fidelity import read_certificate
from bio.neurons import LIF
from compare.catalogue import load_plugin
from compare.cli._app import answer
from compare.definitions import _told, definitions_of, find_definitions
from compare.experiment import Experiment
from compare.run import Event, run
from compare.specs import build
from compare.store import Study

PLUGIN = Path(__file__).parent / "spiking_learners.py"


def experiment(*learners: str) -> Experiment:
    return Experiment(
        question="Which?", tasks=["xor"], seeds=1, inputs=["clean"], plugins=[PLUGIN],
        learners={name: {"type": name} for name in learners},
    )  # fmt: skip


def kept(study: Study) -> dict[str, Any]:
    return json.loads((study.path / "fidelity.json").read_text())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Where cells of all studies of this file lie."""
    folder = tmp_path_factory.mktemp("cache") / "fidelity"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("compare._certification.cell_folder", lambda: folder)
        yield folder


@pytest.fixture(scope="module")
def certified(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, list[Event]]:
    events: list[Event] = []
    folder = tmp_path_factory.mktemp("certified") / "study"
    return run(experiment("naming", "silent"), folder, progress=events.append), events


def test_every_engine_is_compared_for_the_definition_that_a_learner_names(certified: tuple[Study, list[Event]]) -> None:
    told = kept(certified[0])
    (definition,) = told["definitions"]
    assert (definition["name"], definition["kind"], definition["learners"]) == ("my_lif", "neuron", ["naming"])
    engines = {cell["engine"] for cell in told["cells"]}
    assert engines == {"native", "tensor network", "tensor", "fused", "fused, training"}
    assert {cell["kind"] for cell in told["cells"]} == {"open loop", "closed loop"}
    assert {told["verdicts"][cell["key"]] for cell in told["cells"]} == {"agrees"}
    assert {cell["digest"] for cell in told["cells"]} == {definition["digest"]}
    assert told["left_out"] == []


def test_the_file_is_a_certificate_that_validate_reads_and_about_exactly_this_definition(
    certified: tuple[Study, list[Event]],
) -> None:
    certificate = read_certificate(certified[0].path / "fidelity.json")
    assert certificate.faults == ()
    assert certificate.size == "small"
    load_plugin(PLUGIN)
    naming = experiment("naming").learner_specs["naming"]
    (mine,) = find_definitions({"learners": {"naming": naming}, "device": "cpu"})["definitions"]
    assert len(certificate.about([build(mine["spec"], "neuron")]).cells) == len(certificate.cells) == 7
    assert certificate.about([LIF]).cells == ()


def test_progress_tells_of_it_beside_the_runs(certified: tuple[Study, list[Event]]) -> None:
    _, events = certified
    told = [event for event in events if event.kind.startswith("certif")]
    assert [event.kind for event in told] == ["certifying", "certified"]
    assert {event.run["definition"] for event in told} == {"my_lif"}
    assert told[-1].message == "7 of 7 comparisons with Brian2 agree"
    assert events[0].counts["planned"] == 2
    assert (events[-1].kind, events[-1].counts["done"]) == ("finished", 2)


def test_another_study_of_the_same_definition_asks_no_engine_again(
    certified: tuple[Study, list[Event]], cache: Path, tmp_path: Path
) -> None:
    cells = kept(certified[0])["cells"]
    for cell in cells:  # only who reads these files can give such numbers
        path = cache / f"{cell['key']}.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "held": 123456}))
    other = kept(run(experiment("naming"), tmp_path / "study"))
    assert [cell["key"] for cell in other["cells"]] == [cell["key"] for cell in cells]
    assert {cell["held"] for cell in other["cells"]} == {123456}


def test_the_same_call_again_starts_no_worker(certified: tuple[Study, list[Event]], monkeypatch: Any) -> None:
    before = (certified[0].path / "fidelity.json").stat().st_mtime_ns
    monkeypatch.setattr("compare.run.Worker", None)
    run(experiment("naming", "silent"), certified[0].path)
    assert (certified[0].path / "fidelity.json").stat().st_mtime_ns == before


def test_a_study_that_was_stopped_goes_on_with_the_questions_that_are_left(
    certified: tuple[Study, list[Event]], tmp_path: Path, monkeypatch: Any
) -> None:
    study = run(experiment("naming", "silent"), tmp_path / "study", fidelity=False)
    assert not (study.path / "fidelity.json").exists()
    told = kept(certified[0])
    told["cells"] = [{**cell, "held": 7} for cell in told["cells"] if cell["kind"] == "open loop"]
    told["left_out"] = ["my_lif: not asked yet"]
    (study.path / "fidelity.json").write_text(json.dumps(told))
    again = kept(run(experiment("naming", "silent"), study.path))
    assert {cell["kind"]: cell["held"] == 7 for cell in again["cells"]} == {"open loop": True, "closed loop": False}
    assert again["left_out"] == []


def test_a_learner_that_cannot_say_what_it_simulates_is_named_and_the_others_are_asked(
    cache: Path, certified: tuple[Study, list[Event]], tmp_path: Path
) -> None:
    study = run(experiment("naming", "raising"), tmp_path / "study")
    told = kept(study)
    assert told["left_out"] == ["the definitions of raising: LookupError: lost the list"]
    assert [one["name"] for one in told["definitions"]] == ["my_lif"]
    assert set(study.index.status) == {"done"}


def test_a_worker_that_dies_of_the_question_leaves_a_sentence_and_the_runs(cache: Path, tmp_path: Path) -> None:
    study = run(experiment("dying"), tmp_path / "study")
    (sentence,) = kept(study)["left_out"]
    assert sentence.startswith("the definitions of all learners: The worker process was killed by SIGKILL: ")
    assert set(study.index.status) == {"done"}


def test_the_command_line_leaves_it_out_when_asked_and_makes_it_up_later(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compare.catalogue._plugins", {})
    file, out = tmp_path / "silent.toml", tmp_path / "study"
    file.write_text(
        'question = "Which?"\nseeds = 1\ntasks = ["xor"]\ninputs = ["clean"]\n[learners.one]\ntype = "silent"\n'
    )
    words = ["run", str(file), "--out", str(out), "--plugin", str(PLUGIN)]
    assert answer([*words, "--no-fidelity"]) == 0
    assert Study(out).fidelity is None
    written = (out / "runs").stat().st_mtime_ns
    assert answer(words) == 0
    assert (out / "runs").stat().st_mtime_ns == written
    found = Study(out).fidelity
    assert found is not None
    assert found["is_current"]


def test_a_study_without_neurons_has_a_certificate_of_nothing(cache: Path, tmp_path: Path) -> None:
    told = kept(run(experiment("silent"), tmp_path / "study"))
    assert (told["cells"], told["definitions"], told["left_out"]) == ([], [], [])


def test_a_definition_among_the_arguments_counts_where_a_learner_says_nothing() -> None:
    import ann
    import bio
    from bio.plasticity import HEBB

    class Holder:
        def __init__(self, neuron: bio.NeuronModel, rule: Any) -> None:
            self.neuron, self.rule = neuron, rule

    def classifier(model: Any) -> ann.Classifier:
        return ann.Classifier(model, ann.Backprop())

    assert definitions_of(Holder(LIF, HEBB)) == [LIF]  # no engine runs a rule of rates
    assert definitions_of(classifier(bio.SpikingMLP())) == [LIF]
    assert definitions_of(classifier(ann.MLP())) == []
    assert definitions_of(classifier(bio.SnnTorchMLP())) == []


def test_a_definition_keeps_its_digest_on_the_way_to_a_worker() -> None:
    from bio.fidelity import neuron_models, plasticity_rules
    from bio.fidelity._questions import definition_digest

    for one in (*neuron_models(), *plasticity_rules()):
        told = json.loads(json.dumps(_told(one)))
        again = build(told["spec"], told["kind"])
        assert again == one
        assert definition_digest(again) == definition_digest(one)
