"""Logistic regression: its boundary is its answers', scikit-learn's, and near the best there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from compare.step_by_step.boundary import TASKS, best_accuracy


@pytest.mark.parametrize("name", TASKS)
def test_weights_and_bias_give_the_probabilities_that_the_learner_gave(gathered: dict[str, Any], name: str) -> None:
    told = gathered["boundary"][name]
    drive = np.array(told["points"]) @ np.array(told["w"]) + told["b"]
    np.testing.assert_allclose(told["probability"], 1 / (1 + np.exp(-drive)), atol=1e-5)  # float32 outputs


@pytest.mark.parametrize("name", TASKS)
def test_the_boundary_lies_where_scikit_learns_lies(gathered: dict[str, Any], name: str) -> None:
    told, split = gathered["boundary"][name], TASKS[name].load()
    other = LogisticRegression(C=np.inf, max_iter=1000).fit(*split.train)
    mine, theirs = np.array([*told["w"], told["b"]]), np.array([*other.coef_[0], *other.intercept_])
    # Training stops short of the minimum, so lengths differ; the line itself is close to the converged one.
    assert mine @ theirs / np.linalg.norm(mine) / np.linalg.norm(theirs) > 0.99
    assert abs(told["test_accuracy"] - other.score(*split.test)) < 0.01


def test_on_clouds_it_comes_close_to_what_any_classifier_can_expect(gathered: dict[str, Any]) -> None:
    told = gathered["boundary"]["blobs"]
    noise = np.sqrt(0.05 * 0.95 / told["test"])
    assert told["best_accuracy"] - 0.01 - 3 * noise < told["test_accuracy"] < told["best_accuracy"] + 3 * noise


def test_the_best_accuracy_is_that_of_the_nearest_centre() -> None:
    task = replace(TASKS["blobs"], test=40_000)
    X, y = task.load().test
    nearest = np.linalg.norm(X[:, None] - task.centres(), axis=-1).argmin(1)  # type: ignore[union-attr]
    noise = np.sqrt(0.05 * 0.95 / 40_000)
    assert np.mean(nearest == y) == pytest.approx(best_accuracy(task), abs=4 * noise)  # type: ignore[arg-type]


def test_no_line_does_well_on_moons_which_a_curve_parts(gathered: dict[str, Any]) -> None:
    from sklearn.neighbors import KNeighborsClassifier

    split = TASKS["moons"].load()
    curve = KNeighborsClassifier(5).fit(*split.train).score(*split.test)
    assert gathered["boundary"]["moons"]["test_accuracy"] < 0.9 < 0.95 < curve
