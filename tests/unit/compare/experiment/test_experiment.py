"""An experiment from a file and from Python is the same, and its runs have keys that say what they are."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

import ann
from bio.encoders.poisson import Poisson
from compare import Experiment
from compare._checks import seeds_note
from compare.errors import ConfigurationError
from compare.tasks.digits import Digits

TEXT = """question = "Does a hidden layer help?"
seeds = 2
tasks = ["xor", { type = "digits", size = 8 }]
contrasts = [["MLP", "logistic"]]

[learners."MLP"]
type = "classifier"
epochs = 1
model = { type = "mlp", hidden = [5] }
rule = { type = "backprop", learning_rate = 1e-2 }

[learners.logistic]
type = "classifier"
model = "logistic"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "depth.toml"
    path.write_text(TEXT)
    return path


def in_python(**changes: Any) -> Experiment:
    settings: dict[str, Any] = {
        "question": "Does a hidden layer help?",
        "tasks": ["xor", Digits(size=8)],
        "learners": {
            "MLP": ann.Classifier(ann.MLP(hidden=(5,)), ann.Backprop(learning_rate=0.01), epochs=1),
            "logistic": ann.Classifier(ann.Logistic()),
        },
        "seeds": [0, 1],
        "contrasts": [("MLP", "logistic")],
    }
    return Experiment(**{**settings, **changes})


def keys(experiment: Experiment) -> set[str]:
    return {run.key for run in experiment.plan()}


def test_a_file_and_python_give_the_same_runs(file: Path) -> None:
    assert Experiment.from_toml(file).plan() == in_python().plan()


def test_there_is_one_run_for_each_learner_task_input_and_seed() -> None:
    runs = in_python().plan()
    assert len({(run.label, run.task, run.input, run.seed) for run in runs}) == 2 * 2 * 2 * 2
    assert len({run.key for run in runs}) == 16
    assert all((run.encoder_spec is None) == (run.input == "clean") for run in runs)


def test_seeds_are_outermost_so_that_a_stopped_study_is_balanced() -> None:
    assert [run.seed for run in in_python().plan()] == [0] * 8 + [1] * 8


@pytest.mark.parametrize(
    "change",
    [
        {"device": "auto"},
        {"question": "Another?"},
        {"margin": 0.05},
        {"contrasts": []},
        {"verdict_input": "clean"},
        {"encoding": Poisson()},
        {"encoding": {"type": "poisson", "duration": "350*ms"}},
        {"seeds": 2},
        {"metric": "f1"},
    ],
    ids=str,
)
def test_what_cannot_change_a_result_is_not_in_the_key(change: dict[str, Any]) -> None:
    assert keys(in_python(**change)) == keys(in_python())


def test_a_renamed_learner_keeps_its_runs() -> None:
    learners = dict(zip(("a", "b"), in_python().learners.values(), strict=True))
    assert keys(in_python(learners=learners, contrasts=[])) == keys(in_python())


def test_more_seeds_keep_the_old_runs() -> None:
    assert keys(in_python()) < keys(in_python(seeds=3))


def test_another_encoding_changes_the_encoded_runs_only() -> None:
    other = in_python(encoding=Poisson(duration="100 ms"))
    kept = keys(other) & keys(in_python())
    assert kept == {run.key for run in in_python().plan() if run.input == "clean"}


@pytest.mark.parametrize(
    "change",
    [
        {"observe": [0, 7]},
        {"tasks": ["digits"], "learners": {"MLP": ann.Classifier(ann.MLP(hidden=(5,)))}, "contrasts": []},
        {"learners": {"MLP": ann.Classifier(ann.MLP(hidden=(5,)), epochs=2)}, "contrasts": []},
    ],
    ids=["observe", "task option", "learner option"],
)
def test_what_changes_a_result_is_in_the_key(change: dict[str, Any]) -> None:
    assert not keys(in_python(**change)) & keys(in_python())


def test_a_new_version_of_a_component_makes_its_runs_new(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys(in_python())
    monkeypatch.setattr(ann.MLP, "version", 99, raising=False)
    assert len(keys(in_python()) & before) == 8, "only the runs of the MLP are new"


def test_the_plan_is_json_and_says_what_was_given(file: Path) -> None:
    plan = json.loads(json.dumps(Experiment.from_toml(file).as_plan_dict()))
    assert plan["learners"][1]["given"] == {"type": "classifier", "model": "logistic"}
    assert plan["learners"][1]["spec"]["epochs"] == 20
    assert [task["name"] for task in plan["tasks"]] == ["xor", "digits"]
    assert plan["tasks"][1]["facts"]["shape"] == [1, 8, 8]
    assert (plan["seeds"], plan["verdict_input"], plan["contrasts"]) == ([0, 1], "encoded", [["MLP", "logistic"]])
    assert len(plan["runs"]) == 16


def test_the_text_that_was_given_is_kept(file: Path) -> None:
    assert Experiment.from_toml(file).to_toml() == TEXT


def test_what_python_defined_can_be_written_as_toml_and_run_from_there(tmp_path: Path) -> None:
    path = tmp_path / "written.toml"
    path.write_text(in_python().to_toml())
    assert Experiment.from_toml(path).plan() == in_python().plan()


def test_a_margin_is_a_fraction_only_where_a_score_is_one() -> None:
    values = {"r": {"type": "regressor", "model": "linear"}}
    assert in_python(tasks=["line"], learners=values, contrasts=[], margin=2.5).margin == 2.5
    with pytest.raises(ConfigurationError, match="a number of 0 or more"):
        in_python(tasks=["line"], learners=values, contrasts=[], margin=-1)


def test_two_tasks_of_one_type_are_told_apart_by_their_options() -> None:
    assert list(in_python(tasks=[Digits(size=8), Digits()]).task_specs) == ["digits_size_8", "digits_size_28"]
    speakers = [{"type": "spoken_digits", "split": "leave one speaker out", "speaker": s} for s in ("theo", "lucas")]
    assert list(in_python(tasks=speakers).task_specs) == ["spoken_digits_speaker_theo", "spoken_digits_speaker_lucas"]


def test_refusals_are_known_before_running(tmp_path: Path) -> None:
    experiment = in_python(
        learners={"CNN": ann.Classifier(ann.CNN()), "logistic": ann.Classifier(ann.Logistic())}, contrasts=[]
    )
    asked = {
        (label, task): learner.refuses(experiment.facts[task])
        for label, learner in experiment.learners.items()
        for task in experiment.task_specs
    }
    assert experiment.refusals() == {place: sentence for place, sentence in asked.items() if sentence}
    assert set(experiment.refusals()) == {("CNN", "xor")}, "a point has no height and width to convolve over"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("learners.MLP.epochs=7", {"MLP": 7, "logistic": 20}),
        ("MLP.epochs = 7", {"MLP": 7, "logistic": 20}),
        ('learners."logistic".epochs=7', {"MLP": 1, "logistic": 7}),
    ],
)
def test_a_change_by_label_reaches_that_learner(file: Path, change: str, expected: dict[str, int]) -> None:
    experiment = Experiment.from_toml(file, overrides=[change])
    assert {label: spec["epochs"] for label, spec in experiment.learner_specs.items()} == expected


def test_a_change_by_part_reaches_every_learner_that_names_it(file: Path) -> None:
    experiment = Experiment.from_toml(file, overrides=["rule.learning_rate=3e-4", 'encoding.duration="100 ms"'])
    assert experiment.learner_specs["MLP"]["rule"]["learning_rate"] == 3e-4
    assert experiment.learner_specs["logistic"]["rule"] is None
    assert experiment.encoder_spec["duration"] == "100 ms"


def test_a_change_may_reach_into_a_list_and_into_a_part_that_was_only_named(file: Path) -> None:
    experiment = Experiment.from_toml(
        file, overrides=["tasks.0.noise=0.3", "logistic.rule=backprop", "rule.momentum=0"]
    )
    assert experiment.task_specs["xor"]["noise"] == 0.3
    assert experiment.learner_specs["logistic"]["rule"]["momentum"] == 0.0


def test_a_changed_experiment_is_kept_as_it_was_run(file: Path) -> None:
    text = Experiment.from_toml(file, overrides=["seeds=1", "MLP.epochs=7"]).to_toml()
    table = tomllib.loads(text)
    assert (table["seeds"], table["learners"]["MLP"]["epochs"]) == ([0], 7)


@pytest.mark.parametrize(
    ("seeds", "note"),
    [
        (range(10), None),
        (range(2), "2 seeds: values are shown, no ranking (3 needed, 10 advised). Add: X --seeds 10"),
        (range(1), "1 seed: values are shown, no ranking"),
        (range(5), "5 seeds: small differences cannot be told apart (10 advised)"),
    ],
)
def test_too_few_seeds_are_allowed_and_said(seeds: Any, note: str | None) -> None:
    said = seeds_note(seeds, "X")
    assert said == note if note is None else str(said).startswith(note)


def test_a_metric_of_ones_own_travels_to_the_workers_that_compute_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compare.cli.new import skeleton

    monkeypatch.setattr("compare.catalogue._plugins", {})
    path = tmp_path / "travelling_kappa.py"
    path.write_text(skeleton("metric", "travelling_kappa"))
    used = in_python(metric="travelling_kappa", plugins=[path]).used_plugins()
    assert [plugin.path for plugin in used] == [path]
    shown_only = in_python(plugins=[path]).used_plugins()  # every metric is computed, also one that no verdict is about
    assert [plugin.path for plugin in shown_only] == [path]
