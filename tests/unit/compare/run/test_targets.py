"""Tasks of values and of answers at every step: each is judged by its own score, and angles are kept while learning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compare._judging import Judge
from compare.contract import Facts
from compare.experiment import Experiment
from compare.run import run
from compare.scores import Score, score_in
from compare.store import Study
from compare.tasks import CopyMemory, Line

COPY = CopyMemory(delay=3, length=4, train=120, validation=30, test=40)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A regressor and a sequence classifier on a task of each; each refuses the other's."""
    experiment = Experiment(
        question="Which?",
        tasks=[Line(), COPY],
        learners={
            "regressor": {"type": "regressor", "model": {"type": "mlp", "hidden": [8]}, "epochs": 2},
            "sequences": {"type": "sequence_classifier", "model": {"type": "gru", "hidden": [8]}, "epochs": 1},
        },
        inputs=["clean"],
        seeds=1,
        observe=[0, 100],
    )
    return run(experiment, tmp_path_factory.mktemp("targets") / "study")


def test_a_learner_refuses_a_kind_of_target_that_it_does_not_serve(study: Study) -> None:
    told = {(row.label, row.task): row.status for row in study.index.itertuples()}
    assert told == {
        ("regressor", "line"): "done", ("sequences", "line"): "refused",
        ("regressor", "copy_memory"): "refused", ("sequences", "copy_memory"): "done",
    }  # fmt: skip


def test_values_are_judged_by_their_squared_error_from_the_first_observation_on(study: Study) -> None:
    kept = study.runs(task="line")[0]
    arrays, table = kept.arrays(), kept.metrics()
    error = float(np.mean((arrays.test_prediction.to_numpy() - arrays.test_target.to_numpy()) ** 2))
    scores = table[table["split"] == "test"].set_index("metric")["value"]
    assert scores["mean_squared_error"] == pytest.approx(error, rel=1e-6)  # float32 in the file
    assert scores["root_mean_squared_error"] == pytest.approx(np.sqrt(error), rel=1e-6)
    assert "accuracy" not in scores
    curve = table[table["split"] == "validation"]
    assert set(curve["metric"]) == {"mean_squared_error"}
    assert set(curve["unit"]) == {"target²"}
    assert curve["examples_seen"].min() == 0
    assert score_in(study.plan, "line") == Score("mean_squared_error", "target²", "lower", percent=False)


def test_answers_at_every_step_count_as_so_many_samples(study: Study) -> None:
    kept = study.runs(task="copy_memory")[0]
    arrays, table = kept.arrays(), kept.metrics()
    assert arrays.test_prediction.dims == ("test", "step")
    assert arrays.test_score.shape == (40, 11, 9)
    right = float(np.mean(arrays.test_prediction.to_numpy() == arrays.test_target.to_numpy()))
    scores = table[table["split"] == "test"].set_index("metric")["value"]
    assert scores["accuracy"] == right
    assert "expected_calibration_error" in scores
    assert score_in(study.plan, "copy_memory") == Score()


def test_the_stimuli_of_such_tasks_are_kept_with_their_targets(study: Study) -> None:
    assert study.stimuli("line").label.dims == ("class_",)
    assert study.stimuli("copy_memory").label.dims == ("class_", "step")


def test_the_angle_of_each_layers_update_is_kept_as_it_learns(study: Study) -> None:
    table = study.runs(task="line")[0].metrics()
    angles = table[table["metric"].str.startswith("gradient_angle.")]
    assert set(angles["metric"]) == {"gradient_angle.hidden1", "gradient_angle.output"}
    assert angles["examples_seen"].min() == 0
    assert angles["value"].max() < 1e-3  # degrees: backprop goes along the gradient
    chance = table.set_index("metric").loc["gradient_angle_chance.hidden1", "value"].iloc[0]
    assert chance == pytest.approx(np.degrees(np.arcsin(1 / np.sqrt(8))))  # 8 weights


class Copies:
    """Gives back what it is shown, and makes the samples it was taught."""

    def __init__(self, X: np.ndarray) -> None:
        self.X = X

    def predict(self, X: np.ndarray) -> np.ndarray:
        return X

    def sample(self, n: int, *, random_state: int) -> np.ndarray:
        return self.X[:n]


def test_samples_are_judged_in_the_features_of_one_classifier_of_the_task(tmp_path: Path) -> None:
    facts = Facts("none", ("channel", "height", "width"), (1, 28, 28), 10, None)
    judge = Judge(facts, {"type": "digits"}, seed=3)
    from compare.tasks import Digits

    X, y = Digits().load(0).test
    found = dict(row[:2] for row in judge.validation(Copies(X), (X, y)))
    assert found == {"frechet_distance": pytest.approx(0.0, abs=1e-6), "reconstruction_error": 0.0}
    noise = Copies(np.random.default_rng(0).random(X.shape).astype(np.float32))
    assert dict(row[:2] for row in judge.validation(noise, (X, y)))["frechet_distance"] > 10
