"""The same experiment leaves the same records bit for bit, whatever the number of jobs, observed or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from records import comparable

from compare.experiment import Experiment
from compare.store import Study

MLP = {"type": "mlp", "hidden": [8]}
SPIKING = {"type": "spiking_mlp", "neuron": "lif", "hidden": [8], "steps": 25}
LEARNERS: dict[str, Any] = {
    "MLP": {"type": "classifier", "epochs": 2, "model": MLP},
    "surrogate LIF": {"type": "classifier", "epochs": 1, "model": SPIKING},
    "Hebbian": {"type": "classifier", "epochs": 1, "model": MLP, "rule": "sanger"},
    "shuffled labels": {"type": "shuffled_labels", "learner": {"type": "classifier", "epochs": 1, "model": MLP}},
    "STDP": {"type": "diehl_cook", "neurons": 10, "passes": 1},
}


def study_of(folder: Path, *, jobs: int = 1, **changes: Any) -> Study:
    given: dict[str, Any] = {"question": "Is it the same?", "tasks": ["xor"], "seeds": 2, "learners": LEARNERS}
    return Experiment(**{**given, **changes}).run(folder, jobs=jobs, fidelity=False)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """One run at a time."""
    return study_of(tmp_path_factory.mktemp("alone"))


def test_all_runs_are_done(alone: Study) -> None:
    assert alone.index.status.tolist() == ["done"] * 20, alone.index.message.tolist()


def test_the_same_seeds_with_two_jobs_give_the_same_records(alone: Study, tmp_path: Path) -> None:
    once, again = comparable(alone), comparable(study_of(tmp_path, jobs=2))
    assert once.keys() == again.keys()
    for key in once:
        differing = [name for name in once[key] | again[key] if once[key].get(name) != again[key].get(name)]
        assert differing == [], alone.index.set_index("key").loc[key].to_dict()


def test_other_seeds_give_other_records(alone: Study) -> None:
    """Else the tests above would also pass if nothing were drawn at all."""
    for label in LEARNERS:
        first, second = (alone.runs(label=label, input="encoded", seed=seed)[0].weights() for seed in (0, 1))
        assert any(first[name].tobytes() != second[name].tobytes() for name in first), label


def test_a_run_alone_gives_what_it_gives_among_others(alone: Study, tmp_path: Path) -> None:
    """A worker serves many runs; what it did before must leave no trace."""
    one = study_of(tmp_path, learners={"MLP": LEARNERS["MLP"]}, seeds=[1], inputs=["clean"])
    assert len(one.index) == 1
    ((key, record),) = comparable(one).items()
    assert record == comparable(alone)[key]


def test_observing_changes_nothing_that_is_learned(alone: Study, tmp_path: Path) -> None:
    """The key, the curve and what was seen before training differ; all else is the same bits."""
    unobserved = study_of(tmp_path, observe=())
    places = unobserved.index.set_index("key")[["label", "input", "seed"]]
    observed = {
        tuple(place): key for key, *place in alone.index[["key", "label", "input", "seed"]].itertuples(index=False)
    }
    with_curve = comparable(alone)
    for key, record in comparable(unobserved).items():
        place = tuple(places.loc[key])
        twin = with_curve[observed[place]]
        same = [name for name in record if not name.startswith(("metrics.", "run.json key", "config.toml"))]
        assert [name for name in same if record[name] != twin[name]] == [], place
        extra = {name for name in twin if name not in record}
        assert extra, place
        assert all("initial" in name for name in extra), place
        assert final_numbers(record) == final_numbers(twin), place


def final_numbers(record: dict[str, Any]) -> list[tuple[str, float]]:
    """The test metrics and the validation accuracy after training."""
    names = ("split", "examples_seen", "metric", "value")
    rows = list(zip(*(record[f"metrics.{name}"] for name in names), strict=True))
    last = record["run.json examples_seen"]
    return [(metric, value) for split, seen, metric, value in rows if split in ("test", "validation") and seen == last]
