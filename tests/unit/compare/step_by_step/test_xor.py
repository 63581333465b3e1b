"""Exclusive or: a hidden layer solves it, a line cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from compare.step_by_step.xor import ANSWERS, CORNERS, HIDDEN, MLP, REGRESSION, learner, most_right_by_a_line


def test_the_mlp_solves_the_truth_table_in_at_least_nine_of_ten_networks(gathered: dict[str, Any]) -> None:
    found = gathered["xor"]["learners"][MLP]
    assert len(found["right"]) == len(set(gathered["xor"]["seeds"])) == 10
    assert found["solved"] == sum(right == 4 for right in found["right"]) >= 9


def test_logistic_regression_solves_it_never_and_gets_three_of_four_at_best(gathered: dict[str, Any]) -> None:
    found = gathered["xor"]["learners"][REGRESSION]
    assert found["solved"] == 0
    assert max(found["most_right"]) == 3 == gathered["xor"]["most_by_a_line"]
    assert max(found["right"]) <= 3


def test_logistic_regressions_loss_ends_at_its_minimum_the_answer_one_half(gathered: dict[str, Any]) -> None:
    found = gathered["xor"]["learners"][REGRESSION]
    np.testing.assert_allclose(found["loss"], np.log(2), atol=1e-4)  # flat there: second order in what is left
    np.testing.assert_allclose(found["field"], 0.5, atol=0.02)


def test_no_line_of_twenty_thousand_drawn_ones_gets_more_right_than_the_search_over_all_ways() -> None:
    chance = np.random.default_rng(0)
    w, b = chance.normal(size=(20_000, 2)), chance.normal(size=(20_000, 1))
    answers = (w @ CORNERS.T + b > 0).astype(int)
    assert len(np.unique(answers, axis=0)) == 14, "a line can part four corners in 14 ways (Cover 1965)"
    assert (answers == ANSWERS).sum(1).max() == most_right_by_a_line() == 3


def test_the_networks_are_those_of_the_plan() -> None:
    mlp, regression = (learner(kind, 3).set_params(epochs=0).fit(CORNERS, ANSWERS) for kind in (MLP, REGRESSION))
    assert mlp.weights()["hidden1.linear.weight"].shape == (HIDDEN, 2)
    assert HIDDEN == 10
    assert set(regression.weights()) == {"output.linear.weight", "output.linear.bias"}
    assert mlp._learning_rule().optimiser == "adam"


def test_the_field_is_what_the_first_network_answers(gathered: dict[str, Any]) -> None:
    xor = gathered["xor"]
    first = learner(MLP, xor["seeds"][0]).fit(CORNERS, ANSWERS)
    np.testing.assert_allclose(first.predict_proba(CORNERS)[:, 1], xor["learners"][MLP]["truth_table"], atol=1e-9)
    row, column = 5, 20
    place = np.array([[xor["axis"][column], xor["axis"][row]]], np.float32)
    answer = first.predict_proba(place)[0, 1]
    assert answer == pytest.approx(xor["learners"][MLP]["field"][row][column], abs=1e-5)  # batches round apart


def test_a_seed_below_nothing_is_refused() -> None:
    from compare.step_by_step import collect

    with pytest.raises(ValueError, match="a seed is a whole number of 0 or more"):
        collect(-1)
